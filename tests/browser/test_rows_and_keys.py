"""Blocks moved, duplicated and removed, and everything by key."""

import pytest
from playwright.sync_api import expect

from .charting import add_block, block, field, saved, write

pytestmark = pytest.mark.browser


def test_blocks_are_moved_duplicated_and_removed_by_key(page, editor):
    editor("order")
    nmr = block(page, "97112").first
    write(nmr, "In your words", "Late step to the left")
    write(nmr, "4 · Response", "Reached 17 of 24")
    other = add_block(page, "97110")
    codes = page.locator("article.block:not(.is-removed) h3 b[data-code]")
    expect(field(other, "Therapist’s minutes")).to_be_focused()
    page.keyboard.press("Alt+Shift+Equal")
    expect(field(other, "Therapist’s minutes")).to_have_value("1")
    page.keyboard.press("Alt+Shift+ArrowUp")
    expect(codes).to_have_text(["97110", "97112"])
    expect(field(other, "Therapist’s minutes")).to_be_focused()
    expect(page.locator("#row-said")).to_contain_text("number 1 of 2")

    # A duplicate takes what was meant and nothing that was done or seen.
    field(nmr, "In your words").focus()
    page.keyboard.press("Alt+Shift+d")
    expect(codes).to_have_text(["97110", "97112", "97112"])
    copy = page.locator("article.block").nth(2)
    expect(field(copy, "In your words")).to_have_value("Late step to the left")
    expect(field(copy, "Therapist’s minutes")).to_have_value("")
    expect(field(copy, "4 · Response")).to_have_value("")
    expect(page.locator("#row-said")).to_contain_text("Minutes, cues and response are today’s")
    field(other, "Therapist’s minutes").focus()
    page.keyboard.press("Alt+Shift+Delete")
    expect(codes).to_have_text(["97112", "97112"])
    page.keyboard.press("Alt+Shift+z")
    expect(codes).to_have_text(["97110", "97112", "97112"])
    saved(page)
    page.reload()
    expect(codes).to_have_text(["97110", "97112", "97112"])
    expect(field(page.locator("article.block").nth(2), "In your words")).to_have_value(
        "Late step to the left"
    )


def test_the_keys_are_shown_and_a_question_mark_can_still_be_typed(page, editor):
    editor("order")
    place = field(page, "What comes next")
    place.fill("")
    place.press("?")
    expect(place).to_have_value("?")
    sheet = page.get_by_role("dialog", name="Keys")
    expect(sheet).to_be_hidden()
    page.locator("main#main").focus()
    page.keyboard.press("?")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("Alt+Shift+1")
    expect(field(page, "What the patient reports")).to_be_focused()
    page.keyboard.press("Alt+Shift+s")
    expect(page.get_by_role("heading", name="Sign this note")).to_be_visible()
