"""Patients and diagnoses are found while one types."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_patients_are_found_by_name_mrn_and_birth_date_while_one_types(page, watch):
    page.goto("/patients/")
    find = page.get_by_label("Find by name, MRN or date of birth")
    expect(find).to_be_focused()
    norwood, oakham = (page.get_by_role("link", name=f"{name}, Robin") for name in ("Norwood", "Oakham"))
    for words in ("norw", "T-1013", "01/14/1950", "robin norwood"):
        find.fill("")
        page.keyboard.type(words)
        expect(norwood).to_be_visible()
        expect(oakham).to_have_count(0)
        expect(page.get_by_role("status").filter(has_text="1")).to_be_visible()
        expect(find).to_be_focused()
        expect(find).to_have_value(words)
    find.fill("nobody of this name")
    expect(page.get_by_text("Nobody found")).to_be_visible()
    find.fill("")
    expect(page.get_by_role("row").nth(5)).to_be_visible()
    assert page.url.endswith("/patients/"), "what was searched is never in the address"

    # What cannot be done is said where the person is, and goes when it can be done again.
    watch.expected += ["^403 ", "ERR_FAILED", "console: htmx:"]
    said = page.locator("#messages")
    page.route("**/patients/search/", lambda route: route.abort())
    find.fill("n")
    expect(said).to_contain_text("Midline did not answer")
    page.unroute("**/patients/search/")
    find.fill("norw")
    expect(norwood).to_be_visible()
    expect(said).to_be_empty()
    page.context.clear_cookies()
    find.fill("norwo")
    expect(said).to_contain_text("This form has expired")
    expect(find).to_have_value("norwo")


def test_ctrl_k_finds_patients_and_pages_from_anywhere_by_keys_alone(page):
    page.goto("/rules/")
    search = page.get_by_label("Find a rule")
    search.focus()
    page.keyboard.press("Control+k")
    words = page.get_by_role("combobox", name="Name, MRN, date of birth, or a page")
    expect(words).to_be_focused()
    expect(page.get_by_role("option", name="Worklist")).to_be_visible()
    # What was found goes when it is closed, and focus is where it was.
    page.keyboard.press("Escape")
    expect(search).to_be_focused()
    expect(page.locator("#palette-found > *")).to_have_count(0)
    page.keyboard.press("Control+k")
    page.keyboard.type("worklsit")
    expect(page.get_by_role("option", selected=True)).to_have_text("Worklist")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/worklist/$"))
    page.wait_for_load_state()  # a key that is pressed before the page has its scripts is the browser's
    page.keyboard.press("Control+k")
    page.keyboard.type("robin")
    expect(page.get_by_role("option").nth(2)).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    words.fill("norwodo")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Norwood, Robin")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Norwood, Robin")
    assert "norwo" not in page.url


def test_a_patient_of_another_clinic_is_not_found(browse):
    page = browse("una")
    page.goto("/patients/")
    page.get_by_label("Find by name").fill("Norwood")
    expect(page.get_by_text("Nobody found")).to_be_visible()


def test_a_diagnosis_is_found_by_words_and_by_code_and_added(page, places):
    chart = f"/patients/{places['patients']['search']}/"
    page.goto(f"{chart}diagnoses/add/")
    search = page.get_by_label("Search by code or words")
    search.press_sequentially("parkinson dyskinesia")
    expect(page.get_by_role("radio", name="G20.A1")).to_be_visible()
    search.fill("")
    search.press_sequentially("h81.1")
    expect(page.get_by_role("radio", name="H81.11")).to_be_visible()
    expect(page.get_by_role("radio", name="G20.A1")).to_have_count(0)
    expect(search).to_be_focused()
    page.get_by_role("radio", name="H81.11").check()
    page.get_by_role("group", name="Kind").get_by_role("radio", name="Medical").check()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("region", name="Diagnoses")).to_contain_text("H81.11")
