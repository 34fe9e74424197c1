"""What a person does in the editor, in words: write into a field, add a block, wait until it is saved."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

NMR = {
    "In your words": "Late stepping response to the left with the trunk held stiff",
    "What it limits": "Cannot turn at the sink without holding the counter",
    "2 · Task": "Lateral stepping onto floor targets with quarter turns, lead leg changed each set",
    "Position": "Standing, feet under the hips",
    "Surface": "Firm floor, then 2-inch foam",
    "Environment": "Corner of the gym with two people passing",
    "Challenge": "Target called out half a second before the step",
    "Dosage": "4 sets of 6 steps to each side",
    "What you did": "Light tap at the left hip just before the weight came over it",
    "Error it addressed": "Left hip dropped and the trunk leaned right",
    "What was seen after it": "Hip stayed level in 5 of the next 6 steps",
    "4 · Response": "Reached the target in 17 of 24 steps; two losses of balance, both recovered with a step",
    "Progression or regression": "Foam added after the second set, because 5 of 6 steps were on target",
    "Why distinct": "Timing of the step, where the other minutes were for load on the hip in side-lying",
}
"""Everything that can be written into a guided block, by the beginning of its label."""

EXERCISE = {
    "Purpose": "Endurance of the hip abductors for single-leg stance",
    "What was done": "Side-lying abduction with a 2 lb cuff, then standing hip hikes at the rail",
    "Dosage": "3 sets of 10, 40 s rest",
    "Response": "Left side stopped at 8 in the last set at 7/10 effort",
}


def field(scope: Page | Locator, label: str) -> Locator:
    """The field whose label begins with these words."""
    # By the label's words and not by role: computing every name of this page takes a browser long.
    begins = re.compile(rf"^\s*{re.escape(label)}")
    page = scope if isinstance(scope, Page) else scope.page
    fields = scope.locator("div[data-field]", has=page.locator("label", has_text=begins))
    return fields.locator("input:not([type=hidden]), textarea, select").first


def write(scope: Page | Locator, label: str, words: str) -> None:
    """Write over what is there: a first word key by key, and the rest at once, as dictation does."""
    place = field(scope, label)
    place.click()
    place.press("ControlOrMeta+a")
    place.press("Backspace")
    first, rest = words[:12], words[12:]
    place.page.keyboard.type(first)
    if rest:
        place.page.keyboard.insert_text(rest)
    expect(place).to_have_value(words)


def add_block(page: Page, code: str) -> Locator:
    before = page.locator("article.block").count()
    page.get_by_role("button", name=f"+ {code} ").first.click()
    expect(page.locator("article.block")).to_have_count(before + 1)
    return page.locator(f"#{page.locator('article.block').last.get_attribute('id')}")


def block(page: Page, code: str) -> Locator:
    return page.get_by_role("article", name=code)


def chip(scope: Locator, words: str) -> None:
    scope.locator("label.chip", has_text=re.compile(rf"^\s*{re.escape(words)}\s*$")).first.click()


def write_guided(block: Locator, minutes: str) -> None:
    write(block, "Therapist’s minutes", minutes)
    chip(block, "Balance")
    chip(block, "Motor control")
    chip(block, "Tactile")
    chip(block, "Improved")
    for label, words in NMR.items():
        write(block, label, words)
    field(block, "Assistance before").select_option(label="Contact guard")
    field(block, "Assistance after").select_option(label="Supervision or stand-by")


def write_exercise(block: Locator, minutes: str) -> None:
    write(block, "Therapist’s minutes", minutes)
    for label, words in EXERCISE.items():
        write(block, label, words)


KEPT = """async () => {
  const found = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.cookie];
  for (const { name } of await indexedDB.databases()) found.push(`database ${name}`);
  for (const name of await caches.keys()) {
    found.push(`cache ${name}`);
    for (const { url } of await (await caches.open(name)).keys()) found.push(url);
  }
  return found.join(" ");
}"""


def kept_by_the_browser(page: Page) -> str:
    """All that the page's origin has in local and session storage, databases and caches."""
    return page.evaluate(KEPT)


def save_state(page: Page) -> Locator:
    return page.locator("#save-state")


def saved(page: Page) -> None:
    """Wait until the server has everything that was typed."""
    expect(save_state(page)).to_have_class("saved")
    expect(save_state(page)).to_contain_text("Saved at")


def finding(page: Page, words: str) -> Locator:
    return page.locator("#readiness li.f", has_text=words)


def units(page: Page) -> Locator:
    return page.get_by_role("region", name="Units")


def line_of(page: Page, code: str) -> Locator:
    """The row of a code in the units' working."""
    return units(page).get_by_role("row", name=re.compile(rf"^{code} "))


def expect_units(page: Page, total: str, lines: dict[str, str]) -> None:
    expect(units(page)).to_contain_text(total)
    for code, number in lines.items():
        expect(line_of(page, code).get_by_role("cell").last).to_have_text(number)
