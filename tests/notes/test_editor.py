"""The editor's page and its saves: what a person gets back, with and without scripts."""

import re
import uuid
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.audit import verbs
from apps.audit.models import Event
from apps.notes import actions
from apps.notes.models import Block, MeasureTaken, Note

from .as_browser import fields_of

HTMX = {"HX-Request": "true"}


@pytest.fixture
def draft(clinic):
    return clinic.draft_by(clinic.tess)


@pytest.fixture
def dana(clinic, client):
    client.force_login(clinic.tess)
    return client


def url(note, name="note"):
    return reverse(name, args=[note.pk])


def as_typed(client, note, **changes):
    """What the page would send, with `changes`; None takes a field out."""
    sent = fields_of(client.get(url(note)))
    sent.update({name: value if isinstance(value, list) else [value] for name, value in changes.items()})
    return {name: values for name, values in sent.items() if values != [None]}


def save(client, note, *, htmx=True, **changes):
    return client.post(url(note), as_typed(client, note, **changes), headers=HTMX if htmx else {})


def rows_of(note):
    return {
        "note": Note.objects.filter(pk=note.pk).values().get(),
        "blocks": list(Block.objects.filter(note=note).order_by("pk").values()),
        "measures": list(MeasureTaken.objects.filter(note=note).order_by("pk").values()),
    }


# --- Who gets which page --------------------------------------------------------------------------------


def test_a_person_on_the_visit_gets_the_editor(draft, dana):
    assert b'id="note-form"' in dana.get(url(draft)).content


def test_a_colleague_reads_the_draft_and_gets_no_field(clinic, draft, client):
    client.force_login(clinic.sam)
    page = client.get(url(draft)).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert "Stepped in time in 22 of 32 trials" in main
    assert "<textarea" not in main and "note-form" not in main


def test_a_signed_note_is_a_document_even_for_its_author(clinic, dana):
    note = clinic.note_signed_by(clinic.tess)
    page = dana.get(url(note)).content.decode()
    assert "Electronically signed" in page and "<textarea" not in page


def test_a_discarded_draft_says_so_and_shows_no_field(clinic, draft, dana):
    actions.discard(note=draft, by=clinic.tess, reason="Wrong visit.")
    page = dana.get(url(draft)).content.decode()
    assert "Wrong visit." in page and "note-form" not in page


def test_opening_a_note_is_recorded_once(draft, dana):
    dana.get(url(draft))
    events = Event.objects.filter(verb=verbs.NOTE_OPENED, target=str(draft.pk))
    assert events.count() == 1
    assert events.get().patient == str(draft.visit.patient_id)


def test_saving_is_no_opening(draft, dana):
    sent = as_typed(dana, draft)
    before = Event.objects.count()
    dana.post(url(draft), sent, headers=HTMX)
    assert Event.objects.count() == before


# --- What a save answers with -----------------------------------------------------------------------------


def test_the_page_sends_back_what_is_stored_and_changes_nothing(draft, dana):
    before = rows_of(draft)
    assert save(dana, draft).status_code == 200
    after = rows_of(draft)
    for one in (before["note"], after["note"]):
        del one["revision"], one["saved_at"]
    assert after == before


def test_a_save_answers_with_findings_units_and_the_revision(draft, dana):
    answer = save(dana, draft, plan="Go on.").content.decode()
    draft.refresh_from_db()
    assert draft.plan == "Go on."
    assert f'id="revision" name="revision" value="{draft.revision}"' in answer
    assert re.search(r'class="n">3</span> units from 40 timed minutes', answer)
    assert "Readiness" in answer and "Saved at" in answer


def hidden_only(answer):
    text = answer.content.decode()
    assert "<textarea" not in text and "<select" not in text and "contenteditable" not in text
    fields = re.findall(r"<input\b[^>]*>", text)
    # What to keep of two texts is chosen beside the note, in a form of nobody.
    fields = [one for one in fields if 'type="radio" name="merge-' not in one]
    assert [one for one in fields if 'type="hidden"' not in one] == []
    return {re.search(r'name="([^"]*)"', one)[1] for one in fields}


def test_no_answer_to_a_save_holds_a_field_that_somebody_may_be_typing_in(draft, dana):
    Block.objects.filter(note=draft).update(modifiers="")
    sent = as_typed(dana, draft)
    # In the order in which an author meets them: saved, not storable, saved elsewhere, refused.
    answers = [
        dana.post(url(draft), sent, headers=HTMX),
        save(dana, draft, total_minutes="1_5"),
        dana.post(url(draft), {**sent, "plan": "Other"}, headers=HTMX),
        dana.post(url(draft), {"revision": "99", "blocks": str(uuid.uuid4())}, headers=HTMX),
    ]
    Note.objects.filter(pk=draft.pk).update(status="signed")
    answers.append(dana.post(url(draft), sent, headers=HTMX))
    assert [answer.status_code for answer in answers] == [200, 200, 409, 409, 422]
    names = set().union(*(hidden_only(answer) for answer in answers))
    assert names <= {"revision", "csrfmiddlewaretoken", "key", "units"}


def test_a_finding_appears_and_goes(draft, dana):
    first = draft.blocks.get(code="97112")
    without = save(dana, draft, **{f"blocks.{first.pk}.response": ""}).content.decode()
    assert f'data-path="blocks.{first.pk}.response"' in without
    with_it = save(dana, draft, **{f"blocks.{first.pk}.response": "Stepped in time in 22 of 32 trials."})
    assert f'data-path="blocks.{first.pk}.response"' not in with_it.content.decode()


@pytest.mark.parametrize(
    ("first", "second", "units"),
    [(24, 23, 3), (20, 18, 3), (24, 16, 3), (7, 7, 1), (7, 0, 0), (8, 8, 1), (15, 15, 2)],
)
def test_minutes_become_units_as_one_types(first, second, units, draft, dana):
    guided, other = draft.blocks.get(code="97112"), draft.blocks.get(code="97110")
    answer = save(
        dana,
        draft,
        **{
            f"blocks.{guided.pk}.minutes_therapist": str(first),
            f"blocks.{other.pk}.minutes_therapist": str(second),
        },
    )
    assert f'class="n">{units}</span>' in answer.content.decode()


def test_what_cannot_be_stored_is_said_at_its_field_and_the_rest_is_kept(draft, dana):
    answer = save(dana, draft, total_minutes="1_5", plan="Kept")
    assert '<li data-path="total_minutes">Write whole minutes' in answer.content.decode()
    draft.refresh_from_db()
    assert (draft.plan, draft.total_minutes) == ("Kept", 40)


def test_a_save_by_another_window_shows_both_texts_and_overwrites_nothing(draft, dana):
    mine = as_typed(dana, draft, plan="Words of this window")
    save(dana, draft, plan="Words of the other window")
    for headers in (HTMX, {}):
        answer = dana.post(url(draft), mine, headers=headers)
        text = unescape(answer.content.decode())
        assert answer.status_code == 409
        assert "Words of this window" in text and "Words of the other window" in text
        assert Note.objects.get(pk=draft.pk).plan == "Words of the other window"
    # Without scripts the page itself is shown again, with what was typed still in its field.
    assert fields_of(answer)["plan"] == ["Words of this window"]


def test_a_conflict_is_shown_beside_the_note_and_never_in_a_field(draft, dana):
    mine = as_typed(dana, draft, plan="Mine")
    save(dana, draft, plan="Theirs")
    answer = dana.post(url(draft), mine, headers=HTMX)
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#beside", "innerHTML")


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "plain"])
def test_a_save_to_a_signed_note_is_refused_and_changes_nothing(headers, draft, dana):
    mine = as_typed(dana, draft, plan="Changed")
    Note.objects.filter(pk=draft.pk).update(status="signed")
    before = rows_of(draft)
    answer = dana.post(url(draft), mine, headers=headers)
    assert answer.status_code == 422
    assert "Signed words never change" in answer.content.decode()
    assert rows_of(draft) == before


def test_the_same_save_sent_twice_is_stored_once(draft, dana):
    sent = {**as_typed(dana, draft, plan="Once"), "operation": str(uuid.uuid4())}
    first, second = (dana.post(url(draft), sent, headers=HTMX) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert Note.objects.get(pk=draft.pk).revision == draft.revision + 1


def test_a_save_answered_again_gives_its_own_revision_and_not_that_of_a_later_save(draft, dana):
    mine = as_typed(dana, draft, plan="Mine", operation=str(uuid.uuid4()))
    first = dana.post(url(draft), mine, headers=HTMX).content.decode()
    save(dana, draft, plan="Saved elsewhere since")
    again = dana.post(url(draft), mine, headers=HTMX).content.decode()
    revision = re.compile(r'name="revision" value="(\d+)"')
    assert revision.search(again)[1] == revision.search(first)[1]
    # So the window meets the other's words before it could overwrite them.
    assert (
        dana.post(
            url(draft), mine | {"operation": [""], "revision": [revision.search(again)[1]]}, headers=HTMX
        ).status_code
        == 409
    )


def test_a_save_shows_rows_goal_and_measure_as_a_fresh_reading_would(draft, dana):
    block, measure = draft.blocks.get(code="97112"), draft.measures.first()
    goal = block.goal.plan.goals.exclude(pk=block.goal_id).first()
    new = str(uuid.uuid4())
    sent = as_typed(
        dana, draft, **{f"blocks.{block.pk}.goal": str(goal.pk), f"measures.{measure.pk}.value": "44"}
    )
    sent["blocks"] = [new, *sent["blocks"]]
    sent |= {
        f"blocks.{new}.code": ["97110"],
        f"blocks.{new}.goal": [str(goal.pk)],
        "operation": [str(uuid.uuid4())],
    }
    answer = dana.post(url(draft), sent, headers=HTMX).content.decode()
    shown = dana.get(url(draft)).content.decode()
    for part in re.findall(r'<div id="says-[^>]*>(.*?)</div>', answer, re.S):
        assert part.strip() in shown
    assert str(draft.blocks.first().pk) == new


def test_somebody_signed_out_is_told_so_without_a_redirect(draft, client):
    answer = client.post(url(draft), {"revision": "1"}, headers=HTMX)
    assert (answer.status_code, answer["HX-Trigger"], answer.content) == (401, "signed-out", b"")


# --- Answers beside the note ------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "plain"])
def test_an_answer_to_a_question_that_is_not_asked_is_refused(headers, draft, dana):
    answer = dana.post(url(draft, "note-answer"), {"key": "NMR101:made-up", "value": "yes"}, headers=headers)
    assert answer.status_code == 422
    assert "no longer asked" in answer.content.decode()
    assert Note.objects.get(pk=draft.pk).answers == {}


def test_the_method_can_be_chosen_and_taken_back(draft, dana):
    for method in ("ama", ""):
        assert dana.post(url(draft, "note-answer"), {"method": method}, headers=HTMX).status_code == 200
        assert Note.objects.get(pk=draft.pk).method_choice == method


def test_an_answer_does_not_touch_the_revision_that_the_form_will_send(draft, dana):
    answer = dana.post(url(draft, "note-answer"), {"method": "ama"}, headers=HTMX)
    assert 'name="revision"' not in answer.content.decode()
    assert Note.objects.get(pk=draft.pk).revision == draft.revision


# --- Without scripts --------------------------------------------------------------------------------------


def press(client, note, **button):
    answer = client.post(url(note), {**as_typed(client, note), **button})
    assert answer.status_code == 302, answer.content.decode()[:500]
    return answer


def test_saving_leads_back_to_the_note(draft, dana):
    assert press(dana, draft, save="1")["Location"] == url(draft)


def test_the_sign_button_saves_and_leads_to_the_sign_page(draft, dana):
    answer = dana.post(url(draft), {**as_typed(dana, draft, plan="Kept"), "sign": "1"})
    assert answer["Location"] == url(draft, "note-sign")
    assert Note.objects.get(pk=draft.pk).plan == "Kept"


def test_a_block_is_added_at_the_end_with_the_disciplines_modifier_and_no_minutes(draft, dana):
    press(dana, draft, add="97530")
    new = list(draft.blocks.all())[-1]
    assert (new.code, new.modifiers, new.one_on_one) == ("97530", "GP", True)
    assert (new.minutes_therapist, new.minutes_assistant, new.minutes_together) == (None, None, None)


def test_a_code_that_does_not_exist_adds_nothing(draft, dana):
    press(dana, draft, add="00000")
    assert draft.blocks.count() == 2


def test_a_measure_is_added_empty(draft, dana):
    press(dana, draft, add_measure="tug")
    new = list(draft.measures.all())[-1]
    assert (new.key, new.value, new.words) == ("tug", None, "")


def test_a_block_is_removed_and_put_back_with_its_words(draft, dana):
    block = draft.blocks.get(code="97112")
    kept = Block.objects.filter(pk=block.pk).values().get()
    press(dana, draft, remove=f"blocks.{block.pk}")
    assert Block.objects.get(pk=block.pk).is_removed
    press(dana, draft, put_back=f"blocks.{block.pk}")
    assert Block.objects.filter(pk=block.pk).values().get() == kept


def test_a_button_pressed_earlier_is_not_pressed_again_by_htmx(draft, dana):
    # htmx sends the last button with every later request.
    dana.post(url(draft), {**as_typed(dana, draft), "add": "97530"}, headers=HTMX)
    assert draft.blocks.count() == 2


def test_with_a_field_that_cannot_be_stored_the_page_comes_back_with_what_was_typed(draft, dana):
    answer = dana.post(url(draft), {**as_typed(dana, draft, total_minutes="1_5", plan="Kept"), "sign": "1"})
    assert answer.status_code == 422
    assert fields_of(answer)["total_minutes"] == ["1_5"]
    assert "Write whole minutes" in answer.content.decode()
    assert Note.objects.get(pk=draft.pk).plan == "Kept"


def test_a_draft_is_discarded_with_a_reason_and_not_without(draft, dana):
    assert dana.post(url(draft, "note-discard"), {"reason": " "}).status_code == 422
    assert dana.post(url(draft, "note-discard")).status_code == 422
    assert Note.objects.get(pk=draft.pk).is_draft
    assert dana.post(url(draft, "note-discard"), {"reason": "Wrong visit."}).status_code == 302
    assert Note.objects.get(pk=draft.pk).status == "discarded"


# --- How much it asks of the database -----------------------------------------------------------------------

EDITOR, SAVE, SIGN_PAGE = 29, 11, 21
"""Queries of today, so that one more is a decision and not an accident."""


def queries(call):
    with CaptureQueriesContext(connection) as seen:
        assert call().status_code == 200
    return len([one for one in seen.captured_queries if "SAVEPOINT" not in one["sql"]])


def test_the_number_of_queries_is_known_and_does_not_grow_with_the_note(draft, dana):
    def counted(note):
        sent = as_typed(dana, note, plan=f"Changed {uuid.uuid4()}")
        # Every block is changed, so that a query per block would show.
        for name in list(sent):
            if name.endswith(".response"):
                sent[name] = ["Changed as well"]
        sent["operation"] = [str(uuid.uuid4())]
        return (
            queries(lambda: dana.get(url(note))),
            queries(lambda: dana.post(url(note), sent, headers=HTMX)),
            queries(lambda: dana.get(url(note, "note-sign"))),
        )

    draft.blocks.filter(code="97110").delete()
    with_one = counted(draft)
    for _ in range(4):
        press(dana, draft, add="97112")
    assert draft.blocks.count() == 5
    assert counted(draft) == with_one
    assert with_one == (EDITOR, SAVE, SIGN_PAGE)
