"""Nothing typed is lost, and nothing moves under the hands: autosave as the person typing sees it."""

import re
import time

import pytest
from playwright.sync_api import expect

from .charting import add_block, block, field, finding, save_state, saved, write
from .conftest import sign_in

pytestmark = pytest.mark.browser

SENTENCES = (
    "Walked to the mailbox twice and stopped once on the way back. ",
    "Left foot feels heavier after noon, not in the morning. ",
    "Slept through both nights and took the stairs with one hand on the rail. ",
    "Asks whether the step at the porch can be practised again. ",
)

# Who has focus, the caret, the words before it and where the field is on the screen.
TYPING = """() => {
  const at = document.activeElement;
  const top = Math.round(at.getBoundingClientRect().top);
  return { id: at.id, value: at.value, start: at.selectionStart, end: at.selectionEnd, top };
}"""


def is_save(answer) -> bool:
    return answer.request.method == "POST" and re.search(r"/notes/[0-9a-f-]{36}/$", answer.url) is not None


def test_typing_goes_on_through_several_saves_and_keeps_value_caret_and_place(page, editor):
    editor("typing")
    saves = []
    page.on("response", lambda answer: is_save(answer) and saves.append(answer.status))
    place = field(page, "What the patient reports")
    write(page, "What the patient reports", "")
    saved(page)
    typed, top = "", page.evaluate(TYPING)["top"]
    for sentence in SENTENCES:
        before = len(saves)
        page.keyboard.type(sentence, delay=2)
        typed += sentence
        # Between sentences the person thinks, long enough for a save, and types on.
        with page.expect_response(is_save):
            pass
        page.keyboard.type("and ")
        typed += "and "
        now = page.evaluate(TYPING)
        assert now == {**now, "value": typed, "start": len(typed), "end": len(typed), "top": top}
        assert len(saves) > before
    expect(place).to_be_focused()
    # Typing in the middle: the caret stays there.
    place.press("Home")
    page.keyboard.type("Today: ")
    saved(page)
    line = place.input_value()
    assert "Today: " in line
    at = page.evaluate(TYPING)
    assert at["start"] == at["end"] == line.index("Today: ") + len("Today: ")
    assert set(saves) == {200}
    page.reload()
    expect(place).to_have_value(line)


def test_words_typed_before_the_scripts_have_come_are_saved_without_another_key(page, editor):
    editor("typing")
    late = []
    page.route("**/htmx.min*.js", lambda route: late.append(route))
    page.goto(page.url, wait_until="commit")
    place = field(page, "What the patient reports")
    place.fill("Typed while the page was still on its way")
    assert page.evaluate("window.htmx === undefined")
    with page.expect_response(is_save) as answer:
        late[0].continue_()
    assert answer.value.status == 200
    saved(page)
    page.unroute("**/htmx.min*.js")
    page.reload()
    expect(place).to_have_value("Typed while the page was still on its way")


def test_blocks_are_added_during_a_save_removed_and_put_back_with_their_words(page, editor):
    editor("rows")
    slow = []

    def hold(route):
        slow.append(route)
        if len(slow) > 1:
            route.continue_()

    page.route(re.compile(r"/notes/[0-9a-f-]{36}/$"), hold)
    write(page, "What the patient reports", "No falls since Monday")
    expect(save_state(page)).to_have_text("Saving…")
    added = add_block(page, "97110")
    expect(field(added, "Therapist’s minutes")).to_be_focused()
    page.keyboard.type("12")
    slow[0].continue_()
    saved(page)
    write(added, "Purpose", "Endurance for the walk to the bus")
    expect(added.locator(".says")).to_contain_text("12 min")

    added.get_by_role("button", name="Remove this block").click()
    expect(added.get_by_text("Removed:")).to_be_visible()
    expect(added.get_by_role("button", name="Put it back")).to_be_focused()
    saved(page)
    expect(page.get_by_role("region", name="Units")).not_to_contain_text("97110")
    page.reload()
    expect(added.get_by_text("Removed:")).to_be_visible()
    added.get_by_role("button", name="Put it back").click()
    saved(page)
    expect(page.get_by_role("region", name="Units")).to_contain_text("97110 · 12 min")

    second = add_block(page, "97112")
    write(second, "Therapist’s minutes", "9")
    second.get_by_text("Another cue").click()
    cue = second.locator(".cue").nth(1)
    cue.locator("label.chip", has_text="Auditory").click()
    write(cue, "What you did", "Counted the steps aloud")
    page.get_by_role("button", name="+ TUG").click()
    write(page.locator(".measure").last, "Today", "16.8")
    saved(page)
    page.reload()
    expect(field(added, "Purpose")).to_have_value("Endurance for the walk to the bus")
    expect(field(added, "Therapist’s minutes")).to_have_value("12")
    expect(field(second, "Therapist’s minutes")).to_have_value("9")
    expect(field(second.locator(".cue").nth(1), "What you did")).to_have_value("Counted the steps aloud")
    expect(second.locator(".cue").nth(1).get_by_label("Auditory")).to_be_checked()
    expect(field(page.locator(".measure").last, "Today")).to_have_value("16.8")
    expect(field(page, "What the patient reports")).to_have_value("No falls since Monday")


def test_what_another_script_writes_is_saved_like_typing(page, editor):
    editor("rows")
    place = field(page, "What comes next")
    place.evaluate("""field => {
      field.value = "Written by a script";
      field.dispatchEvent(new CustomEvent("midline:changed", { bubbles: true }));
    }""")
    saved(page)
    page.reload()
    expect(place).to_have_value("Written by a script")


def test_two_windows_show_both_texts_and_the_person_decides(page, editor):
    editor("windows")
    other = page.context.new_page()
    other.goto(page.url)
    write(other, "Your judgement", "Written in the other window")
    saved(other)
    write(page, "Your judgement", "Written in this window")
    conflict = page.locator("#conflict")
    expect(conflict).to_contain_text("Saved elsewhere")
    row = conflict.get_by_role("row", name=re.compile("Assessment"))
    expect(row).to_contain_text("Written in the other window")
    expect(row).to_contain_text("Written in this window")
    expect(save_state(page)).to_have_text("Not saved: see above the note")
    expect(field(page, "Your judgement")).to_have_value("Written in this window")
    other.reload()
    expect(field(other, "Your judgement")).to_have_value("Written in the other window")

    conflict.get_by_role("button", name="Save what is chosen").click()
    saved(page)
    expect(conflict).to_have_count(0)
    other.reload()
    expect(field(other, "Your judgement")).to_have_value("Written in this window")

    # The other way: what is saved there is shown, and what was here is dropped without a question.
    write(page, "Your judgement", "Saved from here again")
    saved(page)
    write(other, "Your judgement", "To be dropped")
    other.get_by_role("link", name="Drop what is here").click()
    expect(field(other, "Your judgement")).to_have_value("Saved from here again")


def test_of_two_texts_the_person_keeps_what_they_choose_field_by_field(page, editor):
    editor("merge")
    nmr = block(page, "97112")
    other = page.context.new_page()
    other.goto(page.url)
    theirs = block(other, "97112")
    write(other, "Your judgement", "Judged there")
    write(other, "What comes next", "Planned there")
    write(theirs, "4 · Response", "Seen there")
    theirs.locator("label.chip", has_text="Vestibular").first.click()
    theirs.get_by_text("Another cue").click()
    write(theirs.locator(".cue").nth(1), "What you did", "Counted there")
    saved(other)
    write(page, "Your judgement", "Judged here")
    conflict = page.locator("#conflict")
    expect(conflict).to_be_visible()

    def keep(label: str, which: str) -> None:
        group = conflict.get_by_role("group", name=re.compile(rf"Keep of {label}"))
        group.get_by_role("radio", name=which).check()

    keep("Assessment", "both")
    keep("97112 Response", "there")
    keep("97112 What is impaired", "there")
    keep("97112 cue 2 Cue", "there")
    # Typing on asks the server again, and the choices stay.
    with page.expect_response(is_save):
        write(page, "What comes next", "Planned here")
    expect(conflict.get_by_role("group", name=re.compile("Keep of Plan"))).to_be_visible()
    expect(
        conflict.get_by_role("group", name=re.compile("Keep of Assessment")).get_by_label("both")
    ).to_be_checked()
    expect(field(page, "Your judgement")).to_have_value("Judged here")
    conflict.get_by_role("button", name="Save what is chosen").click()
    saved(page)
    page.reload()
    expect(field(page, "Your judgement")).to_have_value("Judged here\nJudged there")
    expect(field(page, "What comes next")).to_have_value("Planned here")
    expect(field(nmr, "4 · Response")).to_have_value("Seen there")
    expect(nmr.get_by_label("Vestibular")).to_be_checked()
    expect(field(nmr.locator(".cue").nth(1), "What you did")).to_have_value("Counted there")


def test_signing_out_in_the_middle_costs_no_word(page, editor):
    editor("session")
    page.context.clear_cookies()
    write(page, "Your judgement", "Typed after the session had ended")
    dialog = page.get_by_role("dialog", name="You are signed out")
    expect(dialog).to_be_visible()
    expect(field(page, "Your judgement")).to_have_value("Typed after the session had ended")
    dialog.get_by_role("button", name="I have signed in: save").click()
    expect(dialog).to_contain_text("You are not signed in yet.")
    with page.context.expect_page() as opened:
        dialog.get_by_role("link", name="Sign in in a new tab").click()
    expect(opened.value.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    sign_in(page.context, "dana")
    dialog.get_by_role("button", name="I have signed in: save").click()
    expect(dialog).to_be_hidden()
    saved(page)
    page.reload()
    expect(field(page, "Your judgement")).to_have_value("Typed after the session had ended")


def test_somebody_else_who_signs_in_cannot_save_into_the_note(page, editor):
    editor("stranger")
    page.context.clear_cookies()
    write(page, "Your judgement", "Typed by Dana")
    dialog = page.get_by_role("dialog", name="You are signed out")
    expect(dialog).to_be_visible()
    sign_in(page.context, "sam")
    dialog.get_by_role("button", name="I have signed in: save").click()
    expect(dialog).to_contain_text("Somebody else is signed in.")
    expect(field(page, "Your judgement")).to_have_value("Typed by Dana")
    # Sam sees the draft as it was saved, and nothing to type into.
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("#note-form")).to_have_count(0)
    expect(other.locator(".note-document")).not_to_contain_text("Typed by Dana")
    page.context.clear_cookies()
    sign_in(page.context, "dana")
    dialog.get_by_role("button", name="I have signed in: save").click()
    expect(dialog).to_be_hidden()
    saved(page)


@pytest.mark.parametrize("trouble", ["500", "503", "offline"])
def test_while_the_server_is_away_the_page_says_so_and_then_saves(page, editor, watch, trouble):
    editor("trouble")
    watch.expected += [rf"^{trouble} ", "ERR_FAILED", "console: htmx:"]
    away = re.compile(r"/notes/[0-9a-f-]{36}/$")

    def refuse(route):
        route.abort() if trouble == "offline" else route.fulfill(status=int(trouble), body="")

    page.route(away, refuse)
    words = f"Typed while the server answered: {trouble}"
    write(page, "Your judgement", words)
    expect(save_state(page)).to_have_text("Not saved, retrying")
    # Typing on is possible, and takes nothing of the news away.
    place = field(page, "What comes next")
    write(page, "What comes next", words)
    expect(save_state(page)).to_have_text("Not saved, retrying")
    page.unroute(away)
    saved(page)
    expect(place).to_be_focused()
    page.reload()
    expect(field(page, "Your judgement")).to_have_value(words)
    expect(place).to_have_value(words)


def test_leaving_with_unsaved_words_warns_and_after_a_save_does_not(page, editor, watch):
    editor("leaving")
    watch.expected += [r"^503 "]
    page.route(re.compile(r"/notes/[0-9a-f-]{36}/$"), lambda route: route.fulfill(status=503, body=""))
    write(page, "Your judgement", "Not saved yet")
    expect(save_state(page)).to_have_text("Not saved, retrying")
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    with page.expect_event("dialog"):
        page.get_by_role("link", name="Midline").click()
    assert asked == ["beforeunload"]
    expect(field(page, "Your judgement")).to_have_value("Not saved yet")
    page.unroute_all()
    saved(page)
    page.get_by_role("link", name="Midline").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")
    assert asked == ["beforeunload"]


def test_closing_the_window_right_after_typing_still_saves(page, editor):
    editor("empty")
    write(page, "Communication", "Left a message with the daughter")
    address = page.url
    again = page.context.new_page()
    page.close(run_before_unload=False)
    deadline = time.monotonic() + 10
    again.goto(address)
    while field(again, "Communication").input_value() == "" and time.monotonic() < deadline:
        again.reload()
    expect(field(again, "Communication")).to_have_value("Left a message with the daughter")


def test_a_field_that_cannot_be_stored_says_so_and_stops_no_other(page, editor):
    editor("refusals")
    nmr = block(page, "97112")
    minutes = field(nmr, "Therapist’s minutes")
    for wrong in ("1_5", "٣", "-3", "999"):
        write(nmr, "Therapist’s minutes", wrong)
        expect(minutes).to_have_attribute("aria-invalid", "true")
        expect(nmr.locator(".invalid-feedback")).to_contain_text(re.compile("digits 0 to 9|from 0 to 480"))
        expect(save_state(page)).to_contain_text("except 1 field")
    write(page, "What comes next", "Kept all the same")
    expect(save_state(page)).to_have_class("saved")
    page.reload()
    expect(field(page, "What comes next")).to_have_value("Kept all the same")
    expect(minutes).to_have_value("15")
    write(nmr, "Therapist’s minutes", "1_5")
    expect(nmr.locator(".invalid-feedback")).to_be_visible()
    write(nmr, "Therapist’s minutes", "16")
    expect(nmr.locator(".invalid-feedback")).to_have_count(0)
    saved(page)


def test_a_finding_leads_to_its_field_even_where_it_is_folded_away(page, editor):
    editor("refusals")
    nmr = block(page, "97112")
    nmr.get_by_text("Who gave the minutes").click()
    write(nmr, "Modifiers", "")
    saved(page)
    nmr.get_by_text("Who gave the minutes").click()
    expect(field(nmr, "Modifiers")).to_be_hidden()
    finding(page, "modifier").first.get_by_role("link", name="Go to field").click()
    expect(field(nmr, "Modifiers")).to_be_visible()
    expect(field(nmr, "Modifiers")).to_be_focused()
