"""What comes over from the note before: only what was planned, marked until somebody stands behind it."""

import dataclasses
import re
from pathlib import Path

import pytest
from django.urls import reverse

from apps.compliance.facts import CueFacts
from apps.demo import charting
from apps.ledger import chain
from apps.ledger.models import LedgerEntry
from apps.notes import actions, carry, chart, document, facts, record
from apps.notes.models import Block, MeasureTaken, Note, Status

from .as_browser import fields_of

HTMX = {"HX-Request": "true"}


@pytest.fixture
def draft(clinic):
    """An empty note of today, of a patient with signed notes of Dana's."""
    note = clinic.draft_by(clinic.tess, "vestibular", complete=False)
    note.blocks.all().delete()
    return note


@pytest.fixture
def planned(clinic, draft):
    return carry.planned_for(chart.load(draft), clinic.tess)


@pytest.fixture
def dana(clinic, client):
    client.force_login(clinic.tess)
    return client


def url(note):
    return reverse("note", args=[note.pk])


def press(client, note, **button):
    """A press of a button where no script runs."""
    sent = fields_of(client.get(url(note)))
    sent.update({name: [value] for name, value in button.items()})
    answer = client.post(url(note), sent)
    assert answer.status_code == 302
    return list(Block.objects.filter(note=note).order_by("position"))


def save(client, note, **changes):
    sent = fields_of(client.get(url(note)))
    sent.update({name: [value] for name, value in changes.items()})
    answer = client.post(url(note), sent, headers=HTMX)
    assert answer.status_code == 200, answer.content
    return answer


# --- The list ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Note, Block, MeasureTaken])
def test_every_field_has_decided_whether_it_is_carried(model):
    undecided = {field.name for field in model._meta.concrete_fields} - set(carry.DECISIONS[model.__name__])
    assert not undecided, "Say in apps/notes/carry.py whether the next note may take these over."


def test_only_a_blocks_intent_is_carried():
    assert set(carry.CARRIED) == {
        "deficit_domains",
        "deficit",
        "limits",
        "goal",
        "activity",
        "position_used",
        "surface",
        "environment",
        "challenge",
    }
    carried = {
        (model, name)
        for model, fields in carry.DECISIONS.items()
        for name, kind in fields.items()
        if kind == carry.INTENT
    }
    assert {model for model, _ in carried} == {"Block"}


def test_every_carried_field_has_its_labels():
    assert set(carry.LABELS) == set(document.INHERITED) == set(carry.CARRIED)
    assert set(document.MARKS) == set(document.BECAME) == {carry.UNCONFIRMED, carry.CONFIRMED, carry.CHANGED}


def test_nothing_of_the_day_before_is_in_what_is_planned(clinic, planned):
    entry = LedgerEntry.objects.get(hash=planned.hash)
    signed = chain.read(entry)
    offered = " ".join(field.shown for block in planned.blocks for field in block.fields)
    for block in signed["blocks"]:
        for name in ("response", "progression", "distinct", "dosage", "purpose", "description"):
            assert not block[name] or block[name] not in offered, name
        for cue in block["cues"]:
            for field in dataclasses.fields(CueFacts):
                words = cue.get(field.name, "")
                assert len(words) < 12 or words not in offered, field.name


# --- From where -------------------------------------------------------------------------------------------


def test_it_comes_from_the_last_signed_note_of_the_discipline(clinic, draft, planned):
    signed = Note.objects.filter(
        visit__patient=draft.visit.patient_id, discipline="PT", status=Status.SIGNED
    ).order_by("-visit__served_on")
    assert planned.note == str(signed.first().pk)
    assert planned.on == signed.first().visit.served_on
    assert "PT" in planned.by


def test_it_comes_from_the_entry_and_not_from_the_working_copy(clinic, draft, planned):
    words = planned.blocks[0].field("deficit").shown
    Block.objects.filter(pk=planned.blocks[0].id).update(deficit="Somebody edited a row")
    again = carry.planned_for(chart.load(draft), clinic.tess)
    assert again.blocks[0].field("deficit").shown == words


def test_a_person_who_may_not_read_the_note_before_carries_nothing(clinic, draft):
    assert carry.planned_for(chart.load(draft), clinic.una) is None
    assert carry.planned_for(chart.load(draft), clinic.jo) is None


def test_a_patient_without_a_signed_note_has_nothing_to_carry(clinic, dana):
    note = clinic.draft_by(clinic.tess, "sclerosis", complete=False)
    Note.objects.filter(visit__patient=note.visit.patient_id, status=Status.SIGNED).delete()
    assert carry.planned_for(chart.load(note), clinic.tess) is None
    assert b'id="carry"' not in dana.get(url(note)).content


def test_a_goal_of_another_plan_is_left_behind(clinic, draft):
    charted = chart.load(draft)
    signed = {
        "plan_of_care": {"starts_on": "2001-01-01", "goals": [{"number": 1, "words": "(another goal)"}]}
    }
    assert carry.planned_goal(1, signed, charted) is None
    goal = charted.goals[0]
    signed["plan_of_care"]["goals"] = [{"number": goal.number, "words": goal.words}]
    assert carry.planned_goal(goal.number, signed, charted).value == str(goal.pk)


def test_a_chip_that_is_no_choice_any_more_is_left_behind():
    assert carry.planned_domains(["(an old word)"]) is None
    assert carry.planned_domains(["Balance", "(an old word)"]).value == ["balance"]


# --- Bringing ---------------------------------------------------------------------------------------------


def test_the_page_shows_what_would_come_before_it_comes(dana, draft, planned):
    page = dana.get(url(draft)).content.decode()
    day = f"{planned.on:%m/%d}"
    assert f"Bring planned blocks from {day}" in page
    assert Block.objects.filter(note=draft).count() == 0


def test_all_planned_blocks_come_with_one_press(dana, draft, planned):
    blocks = press(dana, draft, bring="all")
    assert [block.code for block in blocks] == [block.code for block in planned.blocks]
    for block, was in zip(blocks, planned.blocks, strict=True):
        for field in was.fields:
            assert carry.value_of(block, field.name) == (
                field.value if isinstance(field.value, list) else field.value.strip()
            )
        assert (block.response, block.dosage, block.cues, block.minutes_therapist) == ("", "", [], None)
        assert block.assistance_before == block.progression == block.distinct == block.purpose == ""


def test_bringing_all_twice_brings_no_block_twice(dana, draft, planned):
    first = press(dana, draft, bring="all")
    assert len(press(dana, draft, bring="all")) == len(first)


def test_one_block_comes_alone(dana, draft, planned):
    (block,) = press(dana, draft, bring=planned.blocks[0].id)
    assert block.inherited["deficit"]["block"] == planned.blocks[0].id


def test_one_field_comes_into_the_block_that_is_there(clinic, dana, draft, planned):
    (block,) = press(dana, draft, add="97112")
    (block,) = press(dana, draft, bring=f"{planned.blocks[0].id}.activity")
    assert block.activity == planned.blocks[0].field("activity").value
    assert list(block.inherited) == ["activity"] and block.deficit == ""


def test_a_field_that_somebody_filled_is_never_replaced(dana, draft, planned):
    (block,) = press(dana, draft, add="97112")
    save(dana, draft, **{f"blocks.{block.pk}.activity": "Typed today"})
    blocks = press(dana, draft, bring=f"{planned.blocks[0].id}.activity")
    assert [each.activity for each in blocks] == ["Typed today", planned.blocks[0].field("activity").value]


def test_a_page_cannot_make_up_an_origin(dana, draft, planned):
    (block,) = press(dana, draft, add="97112")
    save(
        dana,
        draft,
        **{
            f"blocks.{block.pk}.brought": f"response:{planned.blocks[0].id},deficit:{block.pk},deficit:x",
            f"blocks.{block.pk}.confirmed": "response,deficit",
        },
    )
    block.refresh_from_db()
    assert block.inherited == {}


@pytest.mark.parametrize("value", ["x", "all.x", ".", "a.b.c", "\x00", "é" * 300])
def test_a_button_with_a_value_of_its_own_does_nothing(dana, draft, value):
    assert press(dana, draft, bring=value) == []
    assert press(dana, draft, confirm=value) == []


# --- Marked until confirmed or changed ----------------------------------------------------------------------


def open_questions(note):
    return [f for f in charting.judged(Note.objects.get(pk=note.pk)).open if f.code == "NOT516"]


def test_what_was_brought_is_tinted_and_asked_about(dana, draft):
    blocks = press(dana, draft, bring="all")
    page = dana.get(url(draft)).content.decode()
    assert page.count("is-inherited") >= len(blocks) * 3
    assert len(open_questions(draft)) == len(blocks)


def test_a_press_confirms_a_field_and_another_the_whole_block(dana, draft, planned):
    block = press(dana, draft, bring=planned.blocks[0].id)[0]
    (block,) = press(dana, draft, confirm=f"blocks.{block.pk}.deficit")
    assert carry.states(block)["deficit"] == carry.CONFIRMED
    assert set(carry.states(block).values()) == {carry.CONFIRMED, carry.UNCONFIRMED}
    (block,) = press(dana, draft, confirm=f"blocks.{block.pk}")
    assert set(carry.states(block).values()) == {carry.CONFIRMED}
    assert open_questions(draft) == []
    assert "is-inherited" not in dana.get(url(draft)).content.decode()


def test_a_changed_word_is_the_authors_own_and_keeps_its_origin(dana, draft, planned):
    (block,) = press(dana, draft, bring=planned.blocks[0].id)
    save(dana, draft, **{f"blocks.{block.pk}.deficit": "Seen today, in other words"})
    block.refresh_from_db()
    assert carry.states(block)["deficit"] == carry.CHANGED
    assert block.inherited["deficit"]["entry"] == planned.entry


def test_an_emptied_field_inherits_nothing(dana, draft, planned):
    (block,) = press(dana, draft, bring=planned.blocks[0].id)
    save(dana, draft, **{f"blocks.{block.pk}.deficit": " "})
    block.refresh_from_db()
    assert "deficit" not in carry.states(block)


def test_no_is_no_way_past_the_question(clinic, dana, draft, planned):
    press(dana, draft, bring=planned.blocks[0].id)
    (question,) = open_questions(draft)
    assert question.choices == ("yes",)
    actions.answer(note=draft, by=clinic.tess, answers={question.key: {"value": "no", "reason": ""}})
    assert len(open_questions(draft)) == 1
    actions.answer(note=draft, by=clinic.tess, answers={question.key: {"value": "yes", "reason": ""}})
    assert open_questions(draft) == []


def test_rules_hear_of_every_unconfirmed_path(dana, draft, planned):
    (block,) = press(dana, draft, bring=planned.blocks[0].id)
    stated = facts.of(chart.load(Note.objects.get(pk=draft.pk)))
    assert stated.unconfirmed == tuple(f"blocks.{block.pk}.{name}" for name in carry.states(block))


# --- In the record ----------------------------------------------------------------------------------------


def test_the_origin_is_signed_with_the_words_and_printed(dana, draft, planned):
    (block,) = press(dana, draft, bring=planned.blocks[0].id)
    press(dana, draft, confirm=f"blocks.{block.pk}.activity")
    save(dana, draft, **{f"blocks.{block.pk}.deficit": "Seen today, in other words"})
    payload = record.payload_of(charting.read(draft))
    said = {origin["field"]: origin for origin in payload["blocks"][0]["inherited"]}
    assert said["activity"]["state"] == "confirmed"
    assert said["deficit"]["state"] == "changed"
    assert said["limits"]["state"] == "unconfirmed"
    assert {(o["entry"], o["hash"], o["by"]) for o in said.values()} == {
        (planned.entry, planned.hash, planned.by)
    }
    printed = document.document_of(payload)
    assert {origin.mark for origin in printed.origins} == {"†", "‡", "§"}
    for origin in printed.origins:
        assert f"entry {planned.entry}, signed by {planned.by}" in origin.words
    rows = {row.label: row.mark for row in (*printed.blocks[0].opening, *printed.blocks[0].rows)}
    assert rows["Task"] == "†" and "‡" in rows["Deficit"] and rows["Limits"] == "§"
    page = dana.get(reverse("note-sign", args=[draft.pk])).content.decode()
    assert "Taken over from the note of" in page and '<sup class="doc-mark">†</sup>' in page


def test_confirming_after_the_preview_was_shown_has_to_be_read_again(clinic, dana, draft, planned):
    (block,) = press(dana, draft, bring=planned.blocks[0].id)
    before = record.preview_digest(record.payload_of(charting.read(draft)))
    press(dana, draft, confirm=f"blocks.{block.pk}")
    assert record.preview_digest(record.payload_of(charting.read(draft))) != before


def test_a_note_signed_before_there_were_origins_still_reads(clinic):
    note = clinic.note_signed_by(clinic.tess)
    entry = document.signed_entry(note)
    payload = chain.read(entry)
    for block in payload["blocks"]:
        del block["inherited"]
    assert document.document_of(payload, entry).origins == ()


def test_the_docs_hold_the_list():
    page = (Path(__file__).parents[2] / "docs/carry-forward.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_]+)`", page))
    assert set(carry.CARRIED) <= named
