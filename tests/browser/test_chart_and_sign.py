"""The main job: from the day's list to a signed note and its PDF, as Dana does it."""

import re
import shutil
import subprocess

import pytest
from playwright.sync_api import expect

from .charting import (
    EXERCISE,
    NMR,
    add_block,
    block,
    expect_units,
    field,
    finding,
    kept_by_the_browser,
    save_state,
    saved,
    units,
    write,
    write_exercise,
    write_guided,
)
from .conftest import PEOPLE
from .serving import PASSPHRASE

pytestmark = [pytest.mark.browser, pytest.mark.pdf]

SOAP = {
    "What the patient reports": "Says the left foot caught once on the rug on Tuesday and she did not fall",
    "Your judgement": "Steps start earlier than last week, and tapping is still needed to keep the hip level",
    "What comes next": "Add turns with a tray on Monday and take the Berg again",
    "Home program": "Side steps along the counter, 2 sets of 8, shown back without help",
    "Caregiver training": "Son practised standing guard on the left side twice",
    "Communication": "Told Dr. Ames by telephone that the rug was taken away",
}


def test_a_visit_is_started_charted_signed_and_printed_with_every_typed_word(browse, watch, tmp_path):
    page = browse()

    # Signing in by the form, once in this suite.
    page.goto("/")
    page.get_by_label("E-mail").fill(PEOPLE["dana"])
    page.get_by_label("Pass").fill(PASSPHRASE)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")

    # One step from the list into the note.
    page.get_by_role("button", name="Start note of Abbott, Robin").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Abbott, Robin")
    banner = page.get_by_role("region", name="Patient")
    expect(banner).to_contain_text("Medicare Part B (NGS)")
    expect(banner).to_contain_text("11/20/2026")

    for label in ("What the patient reports", "Your judgement", "What comes next"):
        write(page, label, SOAP[label])
    for label in ("Home program", "Caregiver training", "Communication"):
        write(page, label, SOAP[label])
    page.get_by_role("button", name="+ Berg").click()
    write(page, "Today", "47")
    write(page, "Conditions", "no device, own shoes")

    # A finding appears while the note is incomplete, and goes with the words that it asks for.
    guided = add_block(page, "97112")
    saved(page)
    expect(finding(page, "response").first).to_be_visible()
    write_guided(guided, "24")
    saved(page)
    expect(finding(page, "response")).to_have_count(0)
    write(guided, "Error it addressed", "")
    expect(finding(page, "error").first).to_be_visible()
    write(guided, "Error it addressed", NMR["Error it addressed"])
    saved(page)
    expect(finding(page, "error")).to_have_count(0)

    # 24 + 23 minutes are 3 units, 2 + 1; so are 20 + 18.
    exercise = add_block(page, "97110")
    write_exercise(exercise, "23")
    saved(page)
    expect_units(page, "3 units from 47 timed minutes", {"97112": "2", "97110": "1"})
    expect(units(page).get_by_role("heading")).to_contain_text("CMS method")
    write(guided, "Therapist’s minutes", "20")
    write(exercise, "Therapist’s minutes", "18")
    saved(page)
    expect_units(page, "3 units from 38 timed minutes", {"97112": "2", "97110": "1"})
    units(page).get_by_text("Show the working").click()
    expect(units(page)).to_contain_text("38")

    # More minutes than the blocks explain: a question. No goal chosen: a warning. Neither stops signing.
    write(page, "Total treatment minutes", "40")
    saved(page)
    expect(page.get_by_role("button", name="Sign · 2 to answer")).to_be_visible()

    kept = kept_by_the_browser(page)
    assert "database" not in kept
    assert "cache" not in kept
    for words in [*SOAP.values(), *NMR.values(), *EXERCISE.values(), "Abbott", "Robin"]:
        assert words not in kept, "the browser keeps nothing about a patient"

    another_window = page.context.new_page()
    another_window.goto(page.url)
    editor_url = page.url

    page.get_by_role("button", name="Sign · 2 to answer").click()
    expect(page.get_by_role("heading", name="Sign this note")).to_be_visible()
    preview = page.locator(".note-document")
    typed = [*SOAP.values(), *NMR.values(), *EXERCISE.values(), "no device, own shoes"]
    for words in typed:
        expect(preview).to_contain_text(words)

    # Both answers are asked for beside their question before anything is signed.
    sign = page.get_by_role("button", name="Sign", exact=True)
    sign.click()
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    reason = "The goal for turning is rewritten with Dr. Ames this week"
    why = "Two minutes of the gait analysis are in no block"
    warning = page.locator(".f.warn", has_text="goal")
    warning.get_by_role("textbox").fill(reason)
    question = page.locator(".f.ask", has_text="40")
    question.locator("label.chip", has_text="Yes").click()
    question.get_by_role("textbox").fill(why)
    sign.click()

    expect(page.get_by_text("Signed", exact=True)).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Signed. The note is entry")).to_be_visible()
    assert page.url == editor_url, "the note keeps its address"
    signed = page.locator(".note-document")
    for words in [*typed, reason]:
        expect(signed).to_contain_text(words)

    # The PDF, read as another program reads it.
    address = page.get_by_role("link", name="PDF").get_attribute("href")
    answer = page.context.request.get(address, timeout=60_000)
    assert answer.headers["content-type"] == "application/pdf"
    file = tmp_path / "note.pdf"
    file.write_bytes(answer.body())
    printed = without_space(pdf_words(file))
    numbers = ["Berg", "47", "20 min", "18 min", "40", "97112", "97110", "Dana Ortiz", "DEMO-PT-10422"]
    chosen = ["Balance", "Motor control", "Tactile", "Improved", "Contact guard", "Supervision or stand-by"]
    for words in [*typed, reason, why, *numbers, *chosen, "Abbott, Robin", "11/20/2026"]:
        assert without_space(words) in printed, f"not in the PDF: {words}"

    # Signed is signed: the address shows the document, and the window that was left open cannot save.
    page.goto(editor_url)
    expect(page.locator("#note-form")).to_have_count(0)
    late = "Typed after the signature"
    write(another_window, "What the patient reports", late)
    expect(save_state(another_window)).to_have_text("Not saved: see above the note")
    expect(another_window.locator("#beside")).to_contain_text("signed")
    expect(field(another_window, "What the patient reports")).to_have_value(late)
    page.reload()
    expect(signed).not_to_contain_text(late)


def pdf_words(file) -> str:
    # -raw follows the order in which the page was written, so a cell's lines stay together.
    tool = shutil.which("pdftotext")
    return subprocess.run([tool, "-raw", str(file), "-"], capture_output=True, text=True, check=True).stdout


def without_space(words: str) -> str:
    return re.sub(r"\s+", "", words)


def test_a_tied_unit_goes_where_the_clinician_says(page):
    page.goto("/")
    page.get_by_role("button", name="Start note of Birchwood, Robin").click()
    for code in ("97112", "97110"):
        write(add_block(page, code), "Therapist’s minutes", "23")
    saved(page)
    expect(units(page)).to_contain_text("3 units from 46 timed minutes")
    units(page).get_by_role("button", name="97110", exact=True).click()
    expect(units(page)).to_contain_text("You gave the tied unit to 97110")
    expect_units(page, "3 units", {"97112": "1", "97110": "2"})
    units(page).get_by_role("button", name="Choose again").click()
    units(page).get_by_role("button", name="97112", exact=True).click()
    expect_units(page, "3 units", {"97112": "2", "97110": "1"})
    # Minutes that break the tie end the question, and the choice with it.
    write(block(page, "97112"), "Therapist’s minutes", "25")
    saved(page)
    expect_units(page, "3 units from 48 timed minutes", {"97112": "2", "97110": "1"})


def test_where_the_payers_method_is_unknown_both_are_shown_and_one_is_chosen(page, editor):
    editor("method")
    expect(page.get_by_role("region", name="Patient")).to_contain_text("Capitol Employees Health Trust")
    write(block(page, "97112"), "Therapist’s minutes", "20")
    write(add_block(page, "97110"), "Therapist’s minutes", "20")
    saved(page)
    expect(units(page)).to_contain_text("Method not known")
    expect(units(page).get_by_role("row", name=re.compile("CMS"))).to_be_visible()
    expect(units(page).get_by_role("row", name=re.compile("AMA"))).to_be_visible()
    units(page).get_by_role("button", name="AMA midpoint").click()
    expect(units(page)).to_contain_text("You chose")
    expect(units(page)).to_contain_text("2 units from 40 timed minutes")
    units(page).get_by_role("button", name="Choose again").click()
    units(page).get_by_role("button", name="CMS total time").click()
    expect(units(page)).to_contain_text("3 units from 40 timed minutes")
