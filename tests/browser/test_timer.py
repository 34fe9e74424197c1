"""The timer in the editor, and the page opened for a presentation."""

import re

import pytest
from playwright.sync_api import expect

from .charting import block, field, saved

pytestmark = pytest.mark.browser


def test_a_timer_counts_survives_a_reload_and_writes_only_when_told(page, editor):
    editor("timer")
    nmr = block(page, "97112").first
    minutes = field(nmr, "Therapist’s minutes")
    minutes.fill("20")
    box = nmr.locator("[data-timer-box]")
    expect(box.locator("[data-timer=pause]")).to_be_hidden()
    page.keyboard.press("Alt+Shift+m")
    expect(box).to_have_attribute("data-state", "running")
    expect(box.get_by_role("timer")).to_have_text(re.compile(r"^0:\d[1-9]$"))
    saved(page)
    page.reload()
    expect(box).to_have_attribute("data-state", "running")
    # As if it had begun 23 minutes and 10 seconds earlier.
    hidden = nmr.locator("input[name$='.timer']")
    hidden.evaluate("field => { field.value = `${Number(field.value.slice(0, -1)) - 1390}-`; }")
    minutes.focus()
    page.keyboard.press("Alt+Shift+e")
    use = box.locator("[data-timer=use]")
    expect(use).to_be_focused()
    expect(use).to_have_text("Put 23 min in place of 20 min")
    saved(page)
    expect(minutes).to_have_value("20")
    page.keyboard.press("Enter")
    expect(minutes).to_have_value("23")
    expect(field(nmr, "Start")).to_have_value("")
    saved(page)
    page.reload()
    expect(minutes).to_have_value("23")
    expect(box.get_by_text("Timed:")).to_contain_text("23 min")


def test_a_presentation_opens_the_page_for_it_and_writes_nothing(page, editor):
    editor("presentation")
    field(page, "What the patient reports").fill("Typed before")
    page.get_by_role("button", name="Parkinson", exact=True).click()
    expect(page.get_by_text("Opened for: Parkinson")).to_be_visible()
    nmr = block(page, "97112")
    expect(nmr).to_have_count(1)
    expect(field(nmr, "Therapist’s minutes")).to_be_focused()
    expect(field(nmr, "Environment")).to_be_visible()
    expect(field(nmr, "Surface")).to_be_hidden()
    expect(field(page, "What the patient reports")).to_have_value("Typed before")
    words = nmr.locator("textarea, [type=text]")
    filled = words.evaluate_all("all => all.filter(one => one.value).map(one => one.name)")
    assert [name.rpartition(".")[2] for name in filled] == ["modifiers"]
