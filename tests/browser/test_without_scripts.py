"""The same addresses with plain forms: every button of the editor saves, and then does what it says."""

import pytest
from playwright.sync_api import expect

from .charting import block, chip, field

pytestmark = pytest.mark.browser

WORDS = {
    "In your words": "Late stepping response to the left",
    "What it limits": "Cannot turn at the sink without holding on",
    "2 · Task": "Lateral stepping onto floor targets",
    "What you did": "Tap at the left hip before the weight came over it",
    "Error it addressed": "Left hip dropped",
    "What was seen after it": "Hip stayed level in 5 of 6 steps",
    "4 · Response": "Reached the target in 17 of 24 steps",
}


def test_a_note_is_charted_and_signed_without_scripts(browse):
    page = browse("dana", java_script_enabled=False)
    page.goto("/")
    page.get_by_role("button", name="Start note of Kingsley, Robin").click()
    field(page, "What the patient reports").fill("No falls")
    page.get_by_role("button", name="+ 97112").first.click()
    expect(field(page, "What the patient reports")).to_have_value("No falls")
    nmr = block(page, "97112")
    field(nmr, "Therapist’s minutes").fill("24")
    for label, words in WORDS.items():
        field(nmr, label).fill(words)
    chip(nmr, "Balance")
    chip(nmr, "Tactile")
    chip(nmr, "Improved")
    field(nmr, "Goal").select_option(index=1)
    save = (
        page.locator("noscript")
        .get_by_role("button", name="Save")
        .or_(page.locator(".form-actions").get_by_role("button", name="Save"))
    )
    save.first.click()
    expect(page.get_by_role("region", name="Units")).to_contain_text("2 units from 24 timed minutes")

    # Removed with its words, and put back with them.
    nmr.get_by_role("button", name="Remove this block").click()
    expect(nmr.get_by_text("Removed:")).to_be_visible()
    expect(page.get_by_role("region", name="Units")).not_to_contain_text("97112")
    nmr.get_by_role("button", name="Put it back").click()
    for label, words in WORDS.items():
        expect(field(nmr, label)).to_have_value(words)

    page.get_by_role("button", name="+ Berg").click()
    field(page, "Today").fill("45")
    field(page, "Your judgement").fill("Steps start earlier, and the hip still needs a tap")
    field(page, "What comes next").fill("Turns with a tray")
    # What cannot be stored is marked, and what can be is stored.
    field(page, "Total treatment minutes").fill("1_5")
    save.first.click()
    expect(page.locator(".invalid-feedback")).to_contain_text("digits 0 to 9")
    expect(field(page, "What comes next")).to_have_value("Turns with a tray")
    field(page, "Total treatment minutes").fill("24")
    page.get_by_role("complementary").get_by_role("button", name="Sign").click()
    expect(page.get_by_role("heading", name="Sign this note")).to_be_visible()
    expect(page.locator(".note-document")).to_contain_text("Turns with a tray")
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("Signed", exact=True)).to_be_visible()
    for words in WORDS.values():
        expect(page.locator(".note-document")).to_contain_text(words)


def test_a_patient_and_a_diagnosis_are_found_without_scripts(browse, places):
    page = browse("dana", java_script_enabled=False)
    page.goto("/patients/")
    page.get_by_label("Find by name").fill("norwood")
    page.get_by_role("search").last.get_by_role("button", name="Find").click()
    expect(page.get_by_role("link", name="Norwood, Robin")).to_be_visible()
    expect(page.get_by_role("link", name="Oakham, Robin")).to_have_count(0)
    page.goto(f"/patients/{places['patients']['search']}/diagnoses/add/")
    page.get_by_label("Search by code or words").fill("G20")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("radio", name="G20.A1")).to_be_visible()
