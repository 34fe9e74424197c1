"""Phrases in the editor: by a slash, the button or a finding; undone by the browser, and blank by blank."""

import pytest
from playwright.sync_api import expect

from .charting import add_block, field, finding, saved

pytestmark = pytest.mark.browser


def options(page):
    return page.locator("#phrase-list [role=option]:visible")


def test_a_slash_opens_the_list_and_tab_goes_from_blank_to_blank(page, editor):
    editor("phrases")
    block = add_block(page, "97112")
    cue = field(block, "What you did")
    cue.click()
    page.keyboard.type("First /")
    expect(options(page).first).to_be_visible()
    expect(cue).to_have_attribute("aria-activedescendant", options(page).first.get_attribute("id"))
    page.keyboard.type("correct")
    expect(options(page)).to_have_count(1)
    chosen = options(page).get_attribute("data-words")
    page.keyboard.press("Enter")
    expect(options(page)).to_have_count(0)
    expect(cue).to_have_value(f"First {chosen}")
    page.keyboard.type("Tactile")
    page.keyboard.press("Tab")
    page.keyboard.type("the left hip")
    saved(page)
    expect(finding(page, "A blank is left to fill")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("the drop")
    expect(cue).to_have_value("First Tactile cues to the left hip to correct the drop")
    saved(page)
    expect(finding(page, "A blank is left to fill")).to_have_count(0)
    page.keyboard.press("Tab")
    expect(cue).not_to_be_focused()


def test_a_phrase_is_undone_by_the_browser_and_a_slash_in_a_word_opens_nothing(page, editor):
    editor("phrases")
    place = field(page, "What the patient reports")
    place.fill("")
    place.click()
    page.keyboard.type("7/10 w/o pain")
    expect(options(page)).to_have_count(0)
    page.keyboard.type(" /")
    expect(options(page).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(options(page)).to_have_count(0)
    expect(place).to_have_value("7/10 w/o pain /")
    page.keyboard.press("Backspace")
    page.locator("#phrases-open").click()
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#phrase-list [aria-selected=true]").inner_text()
    page.keyboard.press("Enter")
    expect(place).to_have_value(f"7/10 w/o pain {chosen}")
    page.keyboard.press("ControlOrMeta+z")
    expect(place).to_have_value("7/10 w/o pain ")
    saved(page)


def test_a_finding_leads_to_the_phrases_of_its_field(page, editor):
    editor("phrases")
    link = page.locator(
        "#readiness [data-phrases-for$='.deficit'], #readiness [data-phrases-for$='.response']"
    ).first
    link.click()
    expect(options(page).first).to_be_visible()
    page.keyboard.press("Enter")
    saved(page)
    expect(finding(page, "A blank is left to fill").first).to_be_visible()
