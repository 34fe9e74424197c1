"""What was planned last time: brought by a press, tinted until changed or confirmed, never over typing."""

import pytest
from playwright.sync_api import expect

from .charting import add_block, field, finding, saved, write

pytestmark = pytest.mark.browser


def tinted(page):
    return page.locator("#block-rows .field.is-inherited")


def test_planned_blocks_come_with_a_press_and_are_confirmed_with_another(page, editor):
    editor("carried")
    panel = page.get_by_role("region", name="Planned on")
    expect(panel).to_contain_text("11/13")
    panel.get_by_role("button", name="Bring planned blocks from 11/13").click()
    block = page.locator("article.block").first
    expect(block.locator(".m input")).to_be_focused()
    assert tinted(page).count() >= 5
    expect(field(block, "4 · Response")).to_have_value("")
    expect(field(block, "Dosage")).to_have_value("")
    saved(page)
    expect(finding(page, "Taken over from an earlier note").first).to_be_visible()
    page.reload()
    before = tinted(page).count()
    assert before >= 5

    # One key confirms the field in which one is, and typing makes words one's own.
    field(page.locator("article.block").first, "In your words").press("Alt+y")
    expect(tinted(page)).to_have_count(before - 1)
    write(page.locator("article.block").first, "What it limits", "Seen today, in other words")
    expect(tinted(page)).to_have_count(before - 2)
    page.keyboard.press("Alt+Shift+Y")
    for other in page.locator("[data-confirm-block]:visible").all():
        other.click()
    expect(tinted(page)).to_have_count(0)
    saved(page)
    expect(finding(page, "Taken over from an earlier note")).to_have_count(0)
    page.reload()
    expect(tinted(page)).to_have_count(0)
    page.get_by_role("link", name="Sign", exact=True).click()
    expect(page.locator(".doc-origins")).to_contain_text("Taken over from the note of 11/13/2026")


def test_one_field_comes_into_an_empty_field_and_never_over_typed_words(page, editor):
    editor("carried-part")
    block = add_block(page, "97112")
    write(block, "2 · Task", "Typed today")
    panel = page.get_by_role("region", name="Planned on")
    panel.locator("summary").first.click()
    panel.locator("[data-bring-field=deficit]").first.click()
    expect(field(block, "In your words")).not_to_have_value("")
    expect(page.locator("#block-rows > article")).to_have_count(1)
    panel.locator("[data-bring-field=activity]").first.click()
    expect(field(block, "2 · Task")).to_have_value("Typed today")
    expect(page.locator("#block-rows > article")).to_have_count(2)
    saved(page)
