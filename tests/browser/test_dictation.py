"""Words that are not typed: dictated, or composed by an input method. None is lost, no save gets in the way.

What an operating system does when it dictates arrives in Chromium as a composition (`imeSetComposition`)
that is changed several times before it is committed (`insertText`).
"""

import pytest
from playwright.sync_api import expect

from .charting import field, save_state, saved

pytestmark = pytest.mark.browser

WATCH = """area => {
  window.seen = [];
  for (const name of ["compositionstart", "compositionend"]) {
    area.addEventListener(name, () => window.seen.push(name));
  }
}"""


def test_dictation_goes_on_through_the_saves_and_every_word_arrives(page, editor):
    editor("dictation")
    area = field(page, "What the patient reports")
    area.fill("Before: ")
    saved(page)
    area.evaluate(WATCH)
    area.focus()
    page.keyboard.press("ControlOrMeta+End")
    device = page.context.new_cdp_session(page)

    def hears(words):
        at = len(words)
        device.send("Input.imeSetComposition", {"text": words, "selectionStart": at, "selectionEnd": at})

    hears("two")
    # The save of the half-heard word goes out, is answered, and leaves the composition open.
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.ok):
        hears("too near")
    saved(page)
    expect(area).to_be_focused()
    hears("two near-falls")
    assert page.evaluate("window.seen") == ["compositionstart"]
    device.send("Input.insertText", {"text": "two near-falls"})
    device.send("Input.insertText", {"text": ", both /caught\non the counter – Zürich 五"})
    assert page.evaluate("window.seen") == ["compositionstart", "compositionend"]
    words = "Before: two near-falls, both /caught\non the counter – Zürich 五"
    expect(area).to_have_value(words)
    saved(page)
    page.reload()
    expect(field(page, "What the patient reports")).to_have_value(words)


def test_words_dictated_while_a_slow_save_is_under_way_are_saved_after_it(page, editor):
    editor("dictation")
    area = field(page, "What comes next")
    area.fill("")
    saved(page)
    held = []
    page.route("**/notes/*/", lambda route: held.append(route) if not held else route.fallback())
    area.focus()
    device = page.context.new_cdp_session(page)
    device.send("Input.insertText", {"text": "First part."})
    expect(save_state(page)).to_have_text("Saving…")
    device.send("Input.imeSetComposition", {"text": " Second", "selectionStart": 7, "selectionEnd": 7})
    held[0].continue_()
    device.send("Input.insertText", {"text": " Second part."})
    expect(area).to_have_value("First part. Second part.")
    saved(page)
    page.reload()
    expect(field(page, "What comes next")).to_have_value("First part. Second part.")


def test_every_place_for_words_is_a_plain_labelled_text_field(page, editor):
    editor("dictation")
    odd = page.evaluate(
        """() => [...document.querySelectorAll("#note-form :is(textarea, [type=text]), [contenteditable]")]
          .filter(one => !one.labels?.length || one.isContentEditable || one.spellcheck === false)
          .map(one => one.id || one.outerHTML)"""
    )
    assert odd == []


def test_the_note_is_copied_with_one_press_and_holds_what_was_just_typed(browse, editor):
    page = browse("dana", permissions=["clipboard-read", "clipboard-write"])
    editor("dictation", on=page)
    field(page, "Your judgement").fill("Typed a moment ago")
    page.locator("[data-copy-note]").click()
    expect(page.locator("#copied")).to_contain_text("Copied")
    text = page.evaluate("navigator.clipboard.readText()")
    assert "DRAFT – not signed" in text and "Typed a moment ago" in text
