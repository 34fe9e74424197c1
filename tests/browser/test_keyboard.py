"""From the day's list to a signed note without a mouse, and never in doubt about where one is."""

import pytest
from playwright.sync_api import expect

from .charting import EXERCISE, NMR, saved

pytestmark = pytest.mark.browser

# Too short to be asked about, should another test's note say the same.
SAID = {label: " ".join(words.split()[:8]) for label, words in {**NMR, **EXERCISE}.items()}

# What has focus, as a person would call it, and whether it can be seen: a ring around it or around its label,
# inside the window and under nothing that sticks to it.
STOP = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return { name: "", ring: true, seen: true };
  const label = at.closest("label") || (at.labels && at.labels[0]);
  const words = at.matches("input, select, textarea") && label ? label : at;
  const name = (at.getAttribute("aria-label") || words.textContent).replace(/\\s+/g, " ").trim();
  const shown = (at.closest(".chip") && at.nextElementSibling) || at;
  const style = getComputedStyle(shown);
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const box = shown.getBoundingClientRect();
  const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
  const y = Math.min(Math.max(box.top + box.height / 2, 1), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const whole = at.closest(".chip") || at;
  const seen = box.bottom > 0 && box.top < innerHeight && whole.contains(top);
  return { name, ring, seen, block: !!at.closest("article.block") };
}"""


def tab_to(page, words: str, *, stops: list | None = None, most: int = 120) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stops is not None and stop.get("block"):
            stops.append(stop)
        if stop["name"].startswith(words):
            return
    raise AssertionError(f"Tab did not come to {words!r}")


def test_a_note_is_charted_and_signed_by_keyboard_alone(page):
    stops: list[dict] = []

    def fill(label: str, words: str) -> None:
        tab_to(page, label, stops=stops)
        page.keyboard.insert_text(words)

    def press(label: str, key: str) -> None:
        tab_to(page, label, stops=stops)
        page.keyboard.press(key)

    page.goto("/")
    press("Start note of Jessup, Robin", "Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Jessup, Robin")
    # A note just started is begun at its first field.
    expect(page.get_by_label("What the patient reports")).to_be_focused()
    page.keyboard.insert_text("Slept well and walked to the corner")
    press("+ Berg", "Enter")
    page.keyboard.insert_text("45")
    press("+ 97112", "Enter")
    # The new block takes the focus, in its minutes.
    expect(page.locator("article.block .m input")).to_be_focused()
    page.keyboard.type("24")
    press("Balance", "Space")
    fill("In your words", SAID["In your words"])
    fill("What it limits", SAID["What it limits"])
    press("Goal", "ArrowDown")
    fill("2 · Task", SAID["2 · Task"])
    for label in ("Position", "Surface", "Environment", "Challenge", "Dosage"):
        fill(label, SAID[label])
    press("Verbal", "Space")
    page.keyboard.press("ArrowRight")
    fill("What you did", SAID["What you did"])
    fill("Error it addressed", SAID["Error it addressed"])
    press("Improved", "Space")
    fill("What was seen after it", SAID["What was seen after it"])
    fill("4 · Response", SAID["4 · Response"])
    fill("Progression or regression", SAID["Progression or regression"])
    tab_to(page, "Remove this block", stops=stops)
    fill("Total treatment minutes", "24")
    fill("Your judgement", SAID["Response"])
    fill("What comes next", "Take the Berg again on Monday")
    saved(page)

    invisible = [stop["name"] for stop in stops if not stop["ring"]]
    assert invisible == [], f"no ring around: {invisible}"
    covered = [stop["name"] for stop in stops if not stop["seen"]]
    assert covered == [], f"focused out of sight: {covered}"
    assert len(stops) > 30

    press("Sign", "Enter")
    expect(page.get_by_role("heading", name="Sign this note")).to_be_visible()
    press("Sign", "Enter")
    expect(page.get_by_text("Signed", exact=True)).to_be_visible()
    expect(page.locator(".note-document")).to_contain_text(SAID["What you did"])


def test_the_search_is_one_key_away_and_a_menu_gives_focus_back(page):
    page.goto("/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    menu = page.locator("details.menu summary")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(menu).to_be_focused()


def test_the_first_stop_of_a_page_leads_past_the_navigation(page, editor):
    editor("ready")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main#main")).to_be_focused()
