"""The verifier finds every way of changing the record that trust.md lists, and never cries wolf."""

import datetime as dt
import json
import os
import sqlite3
import subprocess
import uuid

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.db import connection

from apps.audit import append_only, clock, verbs
from apps.audit.events import record
from apps.audit.models import Event
from apps.episodes.models import Goal
from apps.ledger import chain, checkpoint, last_checkpoint, projections, rows, seals, signing_key
from apps.ledger.models import AuditSeal, ChainHead, Checkpoint, LedgerEntry
from apps.ledger.verify import Verdict, verify
from apps.notes import chart as charts
from apps.notes import projection
from apps.notes import record as record_of
from apps.notes.kinds import CONTENTS, NoteKind, prompts_of
from apps.notes.models import Block, MeasureTaken, Note, Status

from . import forging

pytestmark = pytest.mark.django_db
CLINIC = str(uuid.UUID(int=0xC11, version=4))
FLIPS = 8
"""In each column here; `make trust` (R7) flips 60."""


@pytest.fixture
def outside(tmp_path, settings):
    """A key, and a file of checkpoints that nobody on the server can reach."""
    settings.LEDGER_KEY_FILE = tmp_path / "key.json"
    settings.LEDGER_CHECKPOINT_FILE = tmp_path / "checkpoints.jsonl"
    signing_key.make(settings.LEDGER_KEY_FILE)
    return settings.LEDGER_CHECKPOINT_FILE


def witnessed(outside, *clinics):
    key = signing_key.load(outside.with_name("key.json"))
    for clinic in clinics:
        checkpoint.make(str(clinic), key=key, path=outside)


def found(outside=None, *, clinic=CLINIC, levels=(1, 2, 3, 4), **more):
    """The verdict, and every sentence about one clinic and about the whole."""
    report = verify(clinic=str(clinic), checkpoints=[outside] if outside else [], levels=levels, **more)
    return report.verdict, " | ".join(finding.words for finding in report.all_findings)


def of_chain(clinic=CLINIC):
    return found(clinic=clinic, levels=(1, 2))


# --- Clean records --------------------------------------------------------------------------------------


def test_clean_entries_give_no_false_alarm(outside):
    """Three hundred here; `make trust` (R7) asks 5,000 on both databases."""
    forging.in_bulk(CLINIC, forging.odd_texts(300))
    witnessed(outside, CLINIC)
    report = verify(clinic=CLINIC, checkpoints=[outside], levels=(1, 2, 3, 4))
    assert report.all_findings == []
    assert (report.verdict, report.exit_status) == (Verdict.INTACT, 0)
    assert report.chains[0].entries == 300 and report.chains[0].unwitnessed == 0


def test_odd_words_come_back_as_they_were_and_verify(outside):
    texts = list(forging.odd_texts(40))
    entries = forging.appended(CLINIC, len(texts), words=texts.__getitem__)
    for entry, text in zip(entries, texts, strict=True):
        assert chain.read(LedgerEntry.objects.get(pk=entry.pk))["words"] == text
    assert of_chain() == (Verdict.INTACT, "")


def test_the_demo_clinic_is_intact_on_every_level_but_the_roles_of_postgresql(clinic, outside):
    clinic.note_signed_by(clinic.tess)
    clock.set_to(clock.now() + dt.timedelta(hours=1))
    call_command("checkpoint_ledger")
    report = verify(checkpoints=[outside])
    wrong = [each for each in report.all_findings if each.level != 5 or connection.vendor == "sqlite"]
    assert wrong == []
    signed = Note.objects.filter(status=Status.SIGNED).count()
    assert sum(each.compared for each in report.chains) >= signed > 20
    assert AuditSeal.objects.exists()


def test_the_verifier_reads_a_number_of_entries_as_a_stream(outside, django_assert_max_num_queries):
    forging.in_bulk(CLINIC, (f"words {number}" for number in range(1500)))
    with django_assert_max_num_queries(3):
        assert of_chain()[0] == Verdict.INTACT


# --- One bit --------------------------------------------------------------------------------------------


def test_one_flipped_bit_is_found_in_whatever_column():
    entries = forging.appended(CLINIC, 24)
    forging.without_triggers()
    for column in rows.COLUMNS:
        able = [entry.pk for entry in entries if column != "ref_hash" or entry.ref_hash]
        flipper, tried, caught = forging.BitFlipper(column), 0, 0
        for _attempt in range(FLIPS * 80):
            with forging.undone():
                if flipper.flip(flipper.dice.choice(able)):
                    tried += 1
                    caught += found(clinic="", levels=(1, 2))[0] == Verdict.TAMPERED
            if tried == FLIPS:
                break
        assert (column, caught, tried) == (column, FLIPS, FLIPS)


# --- Taking out, putting in, moving ---------------------------------------------------------------------


@pytest.fixture
def twelve(outside):
    entries = forging.appended(CLINIC, 12)
    witnessed(outside, CLINIC)
    forging.without_triggers()
    return entries


def test_a_deleted_entry_in_the_middle_is_missed(twelve):
    LedgerEntry.objects.filter(clinic=CLINIC, seq=5).delete()
    assert of_chain() == (Verdict.TAMPERED, "Entry 5 is missing.")


def test_several_deleted_entries_are_missed_together(twelve):
    LedgerEntry.objects.filter(clinic=CLINIC, seq__in=(1, 2, 7, 8, 9)).delete()
    assert of_chain()[1] == "Entries 1 to 2 are missing. | Entries 7 to 9 are missing."


def renumber(after):
    for entry in LedgerEntry.objects.filter(clinic=CLINIC, seq__gt=after).order_by("seq"):
        LedgerEntry.objects.filter(pk=entry.pk).update(seq=entry.seq - 1)


def test_deleting_and_renumbering_is_found(twelve):
    LedgerEntry.objects.filter(clinic=CLINIC, seq=5).delete()
    renumber(5)
    forging.roll_head(CLINIC)
    verdict, words = of_chain()
    assert verdict == Verdict.TAMPERED
    assert words.startswith("Entry 5 was changed: its words are whole")


def test_deleting_renumbering_and_hashing_each_anew_without_the_links_is_found(twelve):
    LedgerEntry.objects.filter(clinic=CLINIC, seq=5).delete()
    renumber(5)
    for entry in LedgerEntry.objects.filter(clinic=CLINIC, seq__gte=5):
        LedgerEntry.objects.filter(pk=entry.pk).update(hash=chain.entry_hash(entry))
    forging.roll_head(CLINIC)
    verdict, words = of_chain()
    assert verdict == Verdict.TAMPERED
    assert words.startswith("Entry 5 does not follow entry 4")


def test_swapped_entries_are_found(twelve):
    for number, other in ((6, 1000), (7, 6), (1000, 7)):
        LedgerEntry.objects.filter(clinic=CLINIC, seq=number).update(seq=other)
    verdict, words = of_chain()
    assert verdict == Verdict.TAMPERED
    assert "Entry 6 was changed" in words and "Entry 7 was changed" in words


def test_words_swapped_between_two_entries_are_found(twelve):
    one, other = twelve[3], twelve[4]
    for entry, from_ in ((one, other), (other, one)):
        LedgerEntry.objects.filter(pk=entry.pk).update(
            payload=from_.payload, salt=from_.salt, payload_hash=from_.payload_hash
        )
    assert "Entry 4 was changed" in of_chain()[1]


def test_an_entry_added_past_the_head_is_found(twelve):
    head = ChainHead.objects.get(clinic=CLINIC)
    forging.appended(CLINIC, 1, refer=False)
    ChainHead.objects.filter(clinic=CLINIC).update(seq=head.seq, hash=head.hash)
    verdict, words = of_chain()
    assert verdict == Verdict.TAMPERED
    assert "What follows entry 12 was not added by Midline" in words


def test_a_head_that_names_another_entry_is_found(twelve):
    ChainHead.objects.filter(clinic=CLINIC).update(hash="0" * 64)
    assert "another entry 12" in of_chain()[1]


def test_a_truncated_record_whose_head_remembers_is_found(twelve):
    LedgerEntry.objects.filter(clinic=CLINIC, seq__gt=9).delete()
    assert of_chain() == (
        Verdict.TRUNCATED,
        "The end of the record is missing: its head says entry 12, it ends at 9.",
    )


def test_a_truncated_record_whose_head_forgot_is_found_by_the_witness_and_by_nothing_else(twelve, outside):
    forging.cut(CLINIC, 9)
    assert of_chain()[0] == Verdict.INTACT
    verdict, words = found(outside)
    assert verdict == Verdict.TRUNCATED
    assert "checkpoint 1 witnessed entry 12" in words and "ends at 9" in words


def test_a_record_that_is_gone_whole_is_found_without_naming_its_clinic(twelve, outside):
    forging.cut(CLINIC, 0)
    ChainHead.objects.filter(clinic=CLINIC).delete()
    verdict, words = found(outside, clinic="")
    assert verdict == Verdict.TRUNCATED
    assert "the record ends at nothing" in words


def test_a_record_rewritten_whole_is_found_by_the_witness_and_by_nothing_else(twelve, outside):
    LedgerEntry.objects.filter(clinic=CLINIC, seq=3).update(payload='{"words":"other"}')
    forging.rehash(CLINIC)
    assert of_chain()[0] == Verdict.INTACT
    verdict, words = found(outside)
    assert verdict == Verdict.TAMPERED
    assert "entry 12 is not the one that checkpoint 1 witnessed" in words


def test_a_rewrite_is_placed_between_the_checkpoints_around_it(outside):
    for _ in range(3):
        forging.appended(CLINIC, 4, refer=False)
        witnessed(outside, CLINIC)
    forging.without_triggers()
    LedgerEntry.objects.filter(clinic=CLINIC, seq=6).update(payload='{"words":"other"}')
    forging.rehash(CLINIC)
    words = found(outside)[1]
    assert "entry 8 is not the one that checkpoint 2 witnessed" in words
    assert "Doubt everything after entry 4" in words


def test_an_entry_names_the_checkpoint_before_it_and_is_a_witness_without_the_file(twelve, outside):
    after = forging.appended(CLINIC, 1)[0]
    made = checkpoint.latest(CLINIC)
    assert last_checkpoint.read(chain.read(after)) == last_checkpoint.LastCheckpoint(
        1, 12, twelve[-1].hash, made.at
    )
    assert last_checkpoint.read(chain.read(twelve[-1])) is None
    assert of_chain()[0] == Verdict.INTACT
    LedgerEntry.objects.filter(clinic=CLINIC, seq=3).update(payload='{"words":"other"}')
    forging.rehash(CLINIC)
    assert of_chain() == (
        Verdict.TAMPERED,
        "The record was rewritten: entry 13 names checkpoint 1, made when another entry 12 stood there.",
    )


def test_typed_words_that_look_like_a_checkpoint_name_none(twelve):
    named = json.loads(LedgerEntry.objects.get(clinic=CLINIC, seq=12).payload)
    like = '"last_checkpoint":{"at":"","hash":"%s","number":9,"schema":"%s","seq":2}'
    like %= ("a" * 64, last_checkpoint.SCHEMA)
    entry = forging.appended(CLINIC, 1, words=lambda number: like)[0]
    assert last_checkpoint.in_bytes(like.encode()) == (9, 2, b"a" * 64)
    assert last_checkpoint.in_bytes(entry.payload.encode())[0] == 1
    assert named["last_checkpoint"] is None and of_chain()[0] == Verdict.INTACT


def test_an_entry_that_names_a_checkpoint_tells_that_both_copies_of_it_were_cut(twelve, outside):
    forging.appended(CLINIC, 1)
    Checkpoint.objects.filter(clinic=CLINIC).delete()
    outside.write_text(outside.read_text().splitlines()[0] + "\n")
    verdict, words = found(outside)
    assert verdict == Verdict.TRUNCATED
    assert "lost their end: an entry names checkpoint 1" in words


def test_a_record_cut_and_continued_is_found(twelve, outside):
    forging.cut(CLINIC, 9)
    forging.appended(CLINIC, 6, refer=False)
    verdict, words = found(outside)
    assert verdict == Verdict.TAMPERED
    assert "an older copy of it was restored and continued" in words


def test_words_taken_out_with_a_redaction_entry_are_a_redaction_and_not_an_alarm(twelve, outside):
    LedgerEntry.objects.filter(clinic=CLINIC, seq=4).update(payload="", salt="")
    assert "taken out, and no entry records" in of_chain()[1]
    chain.append(
        clinic=CLINIC,
        kind="redact",
        document=twelve[3].document,
        document_type="plan",
        payload={"order": "made up"},
        ref_hash=twelve[3].hash,
    )
    report = verify(clinic=CLINIC, checkpoints=[outside], levels=(1, 2, 3, 4))
    assert (report.verdict, report.exit_status) == (Verdict.REDACTED, 0)
    assert report.all_findings[0].words.startswith("Entry 4 was redacted, as entry 13 records.")


def test_a_redaction_does_not_excuse_other_changes_of_the_entry(twelve):
    LedgerEntry.objects.filter(clinic=CLINIC, seq=4).update(payload="", kind="void")
    chain.append(
        clinic=CLINIC,
        kind="redact",
        document=twelve[3].document,
        document_type="plan",
        payload={},
        ref_hash=twelve[3].hash,
    )
    assert of_chain()[0] == Verdict.TAMPERED


def test_what_is_found_names_the_entry_and_nothing_that_was_charted(clinic, outside):
    note = clinic.note_signed_by(clinic.tess)
    witnessed(outside, clinic.riverside.pk)
    forging.without_triggers()
    Note.objects.filter(pk=note.pk).update(subjective="Mabel said something else")
    entry = LedgerEntry.objects.get(document=note.pk)
    LedgerEntry.objects.filter(pk=entry.pk).update(payload=entry.payload.replace("subjective", "subjectivf"))
    report = verify(clinic=str(clinic.riverside.pk), checkpoints=[outside])
    said = json.dumps([finding.words for finding in report.all_findings])
    assert f"entry {entry.seq}" in said.lower()
    patient = note.visit.patient
    for secret in ("Mabel", patient.family_name, patient.mrn, note.assessment):
        assert secret not in said


# --- Working copies -------------------------------------------------------------------------------------


@pytest.fixture
def signed(clinic, outside):
    note = clinic.note_signed_by(clinic.tess)
    witnessed(outside, clinic.riverside.pk)
    return note


def copies_of(clinic):
    return found(clinic=clinic.riverside.pk, levels=(1, 2, 3))


def test_notes_are_among_the_working_copies_that_are_compared():
    assert {"note"} <= {copy.name for copy in projections.registered()}


NOTE_CHANGES = {
    "subjective": "other words",
    "assessment": "other words",
    "plan": "",
    "home_program": "other",
    "caregiver_training": "other",
    "communication": "other",
    "adverse_event": "other",
    "adverse_event_action": "other",
    "total_minutes": 99,
    "starts_at": dt.time(3, 3),
    "ends_at": dt.time(3, 4),
    "systolic_before": 201,
    "oxygen_after": 71,
    "holds_billing": True,
    "discipline": "OT",
    "status": "draft",
}
NAMED = {"starts_at": "start", "ends_at": "end", "holds_billing": "billing hold"}


def test_a_changed_working_copy_is_found_and_the_signed_words_said_to_be_intact(clinic, signed):
    entry = LedgerEntry.objects.get(document=signed.pk)
    for name, value in NOTE_CHANGES.items():
        with forging.undone():
            Note.objects.filter(pk=signed.pk).update(**{name: value})
            assert copies_of(clinic) == (
                Verdict.TAMPERED,
                f"The working copy of note {signed.pk} was changed "
                f"({NAMED.get(name, name.replace('_', ' '))}); "
                f"the signed words in entry {entry.seq} are intact.",
            )


BLOCK_CHANGES = {
    "code": "97110",
    "minutes_therapist": 59,
    "minutes_assistant": 58,
    "minutes_together": 57,
    "one_on_one": False,
    "starts_at": dt.time(2, 2),
    "ends_at": dt.time(2, 3),
    "modifiers": "KX",
    "units_billed": 9,
    "deficit_domains": ["coordination", "posture", "balance", "proprioception", "kinesthetic", "x"],
    "deficit": "other",
    "limits": "other",
    "activity": "other",
    "position_used": "other",
    "surface": "other",
    "environment": "other",
    "challenge": "other",
    "dosage": "other",
    "cues": [{"kind": "verbal", "action": "other"}],
    "assistance_before": "independent",
    "assistance_after": "total",
    "response": "other",
    "progression": "other",
    "distinct": "other",
    "purpose": "other",
    "description": "other",
}


def test_a_changed_block_is_found(clinic, signed):
    block = signed.blocks.filter(code="97112", is_removed=False).get()
    for name, value in BLOCK_CHANGES.items():
        assert getattr(block, name) != value
        with forging.undone():
            Block.objects.filter(pk=block.pk).update(**{name: value})
            verdict, words = copies_of(clinic)
        assert verdict == Verdict.TAMPERED, name
        assert name.replace("_at", " at").replace("_", " ") in words and "block " in words


def signed_as(kind, signed):
    """Another note about the visit, of any kind, signed under that kind's type of document."""
    note = Note.objects.get(pk=signed.pk)
    note.pk, note.kind = uuid.uuid4(), kind
    prompts = [prompt.key for prompt in prompts_of(kind) if not prompt.is_date]
    note.sections = {key: f"Words under {key}." for key in prompts} | {"of no prompt": "kept, and not signed"}
    goal = charts.load(note).goals[0]
    note.goal_reports = {str(goal.pk): {"status": Goal.Status.values[0], "words": "Said about it."}}
    if kind == NoteKind.TREATMENT:
        note.discipline = "OT"  # of a treatment note there is one already
    note.save(force_insert=True)
    payload = record_of.payload_of(charts.with_surroundings(Note.objects).get(pk=note.pk))
    payload["signature"] = {"user": str(note.signed_by_id)}
    chain.append(
        clinic=note.clinic_id,
        kind="sign",
        document=note.pk,
        document_type=CONTENTS[kind].document_type,
        payload=payload,
    )
    return note


def test_every_kind_of_note_is_compared_without_a_false_alarm(clinic, signed):
    for kind in NoteKind.values:
        with forging.undone():
            compare_a_note_of(kind, clinic, signed)


def compare_a_note_of(kind, clinic, signed):
    note = signed_as(kind, signed)
    Note.objects.filter(pk=note.pk).update(holds_billing=payload_of(note)["review"]["holds_billing"])
    assert copies_of(clinic) == (Verdict.INTACT, "")
    if kind != NoteKind.TREATMENT:
        with forging.undone():
            Note.objects.filter(pk=note.pk).update(kind=NoteKind.TREATMENT, discipline="OT")
            assert "kind" in copies_of(clinic)[1]
    if payload_of(note)["sections"]:
        key = payload_of(note)["sections"][0]["key"]
        with forging.undone():
            Note.objects.filter(pk=note.pk).update(sections={**note.sections, key: "other words"})
            assert f"({key.replace('_', ' ')})" in copies_of(clinic)[1]
    reports = {goal: {**report, "words": "other"} for goal, report in note.goal_reports.items()}
    if payload_of(note)["goal_reports"]:
        Note.objects.filter(pk=note.pk).update(goal_reports=reports)
        assert "(goal reports)" in copies_of(clinic)[1]


def payload_of(note):
    return chain.read(LedgerEntry.objects.get(document=note.pk))


def test_every_field_of_a_note_is_compared_or_has_a_reason_not_to_be():
    not_compared = {
        "id": "is how it was found",
        "visit": "its day and patient are compared, which is what it is for",
        "author": "who began it; the one who signed is in the payload",
        "revision": "counts saves",
        "started_at": "not part of what is signed",
        "saved_at": "not part of what is signed",
        "discard_reason": "a signed note has none",
        "presentation": "what was opened for it; it says nothing",
        "signed_at": "when it was signed is the entry's own",
        "unit_choice": "shows in the units, which code worked out",
        "method_choice": "shows in the units, which code worked out",
        "answers": "stand with the findings, which code worked out",
    }
    compared = {"clinic", "kind", "status", "starts_at", "ends_at", "total_minutes", "holds_billing"}
    compared |= {"signed_by", "awaits_cosignature"}
    compared |= {"sections", "goal_reports", *projection.TEXTS, *projection.VITALS, *record_of.IN_THE_ROOM}
    assert {field.name for field in Note._meta.concrete_fields} == compared | set(not_compared)


def test_every_field_of_a_block_is_compared_or_has_a_reason_not_to_be():
    not_compared = {
        "id": "names the block",
        "note": "is how it was found",
        "position": "the order says nothing about what was done",
        "is_removed": "a removed block is not the note's any more",
        "goal": "points to the plan, whose own words may be revised",
        "inherited": "where words came from; the words themselves are compared",
        "timer": "a stopwatch; the minutes that came of it are compared",
    }
    names = {field.name for field in Block._meta.concrete_fields}
    assert names == {*BLOCK_CHANGES, *not_compared}


def add_again(row):
    row.pk = uuid.uuid4()
    row.save(force_insert=True)


ROW_CHANGES = {
    "gone": lambda row: type(row).objects.filter(pk=row.pk).delete(),
    "removed": lambda row: type(row).objects.filter(pk=row.pk).update(is_removed=True),
    "added": add_again,
}


def test_a_row_taken_from_or_put_into_a_working_copy_is_found(clinic, signed):
    for model in (Block, MeasureTaken):
        for how, change in ROW_CHANGES.items():
            with forging.undone():
                change(model.objects.filter(note=signed, is_removed=False).first())
                assert copies_of(clinic)[0] == Verdict.TAMPERED, (model, how)


def test_a_changed_measure_is_found(clinic, signed):
    row = MeasureTaken.objects.filter(note=signed, is_removed=False, value__isnull=False).first()
    for change in ({"value": 3}, {"name": "other"}, {"words": "other"}):
        with forging.undone():
            MeasureTaken.objects.filter(pk=row.pk).update(**change)
            assert f"measure {row.key}" in copies_of(clinic)[1], change


def test_a_note_moved_to_another_patient_or_day_is_found(clinic, signed):
    other = clinic.patients["stroke"]
    assert other != signed.visit.patient
    signed.visit.patient, signed.visit.served_on = other, dt.date(2026, 1, 5)
    signed.visit.save(update_fields=["patient", "served_on"])
    assert "(date of service, patient)" in copies_of(clinic)[1]


def test_a_note_moved_to_another_clinic_is_found_on_both_sides(clinic, signed, outside):
    Note.objects.filter(pk=signed.pk).update(clinic=clinic.lakeside)
    assert "(clinic)" in copies_of(clinic)[1]
    assert "nobody signed it" in found(clinic=clinic.lakeside.pk, levels=(3,))[1]


def test_a_forged_signature_without_an_entry_is_found(clinic, signed):
    draft = clinic.draft_by(clinic.tess)
    Note.objects.filter(pk=draft.pk).update(status=Status.SIGNED)
    assert copies_of(clinic) == (
        Verdict.TAMPERED,
        f"Note {draft.pk} is marked as signed, and nobody signed it: the record holds no signature of it.",
    )


def test_a_second_signature_of_one_note_is_found(clinic, signed):
    entry = LedgerEntry.objects.get(document=signed.pk)
    chain.append(
        clinic=entry.clinic,
        kind="sign",
        document=entry.document,
        document_type="note",
        payload=chain.read(entry),
    )
    assert "was signed more than once" in copies_of(clinic)[1]


def test_a_signature_whose_note_is_gone_is_found(clinic, signed):
    chain.append(
        clinic=clinic.riverside.pk,
        kind="sign",
        document=uuid.uuid4(),
        document_type="note",
        payload=chain.read(LedgerEntry.objects.get(document=signed.pk)),
    )
    assert "that note is gone. The signed words are intact." in copies_of(clinic)[1]


def test_entries_and_notes_cut_together_are_found_by_the_witness(clinic, signed, outside):
    forging.without_triggers()
    entry = LedgerEntry.objects.get(document=signed.pk)
    for model in (Block, MeasureTaken):
        model.objects.filter(note=signed).delete()
    signed.saves.all().delete()
    signed.delete()
    forging.cut(entry.clinic, entry.seq - 1)
    assert copies_of(clinic) == (Verdict.INTACT, "")
    verdict, words = found(outside, clinic=clinic.riverside.pk)
    assert verdict == Verdict.TRUNCATED and f"witnessed entry {entry.seq}" in words


def test_a_copy_whose_entry_was_changed_too_is_not_said_to_have_intact_words(clinic, signed):
    forging.without_triggers()
    entry = LedgerEntry.objects.get(document=signed.pk)
    Note.objects.filter(pk=signed.pk).update(plan="other words")
    LedgerEntry.objects.filter(pk=entry.pk).update(recorded_at="2026-11-20T21:00:01Z")
    words = copies_of(clinic)[1]
    assert "that entry was changed too" in words and "are intact" not in words


def test_a_choice_that_was_reworded_since_is_no_alarm(clinic, signed, monkeypatch):
    from apps.compliance import words

    real = words.table("words")
    reworded = {name: {key: f"{label} (new)" for key, label in rows.items()} for name, rows in real.items()}
    words.choices.cache_clear()
    monkeypatch.setattr(words, "table", lambda name: reworded)
    try:
        assert copies_of(clinic) == (Verdict.INTACT, "")
    finally:
        monkeypatch.undo()
        words.choices.cache_clear()


@pytest.mark.sqlite
def test_a_working_copy_that_cannot_be_read_does_not_stop_the_verifier(clinic, signed):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notes_note SET plan = CAST(%s AS TEXT) WHERE id = %s", [b"\xff\xfe", signed.pk.hex]
        )
    assert "cannot be read" in copies_of(clinic)[1]


# --- The witness ----------------------------------------------------------------------------------------


def test_without_a_witness_the_report_says_what_it_cannot_tell(twelve):
    report = verify(clinic=CLINIC, levels=(1, 2, 4))
    assert (report.verdict, report.exit_status) == (Verdict.CONFIGURATION, 2)
    assert "whether the record was cut short" in report.all_findings[0].words


def test_a_witness_that_cannot_be_read_is_not_taken_for_one_that_agrees(twelve, tmp_path):
    verdict, words = found(tmp_path / "not there")
    assert verdict == Verdict.CONFIGURATION and "cannot be read" in words


def test_a_record_that_no_checkpoint_covers_says_so(outside):
    forging.appended(CLINIC, 2)
    outside.touch()
    verdict, words = found(outside)
    assert verdict == Verdict.CONFIGURATION and "No checkpoint covers this record" in words


def test_a_checkpoint_by_a_wrong_key_is_an_alarm(outside, tmp_path):
    forging.appended(CLINIC, 2)
    witnessed(outside, CLINIC)
    forging.appended(CLINIC, 1, refer=False)
    stranger = signing_key.make(tmp_path / "stranger.json")
    checkpoint.make(CLINIC, key=stranger, path=outside)
    verdict, words = found(outside)
    assert verdict == Verdict.TAMPERED and "no key before it vouched" in words


def test_a_file_by_another_key_than_the_pinned_one_is_an_alarm(twelve, outside):
    assert found(outside)[0] == Verdict.INTACT
    verdict, words = found(outside, first_key="00" * 8)
    assert verdict == Verdict.TAMPERED and "the first key is" in words


def test_a_file_of_checkpoints_that_lost_its_end_or_middle_is_found(outside):
    for _ in range(3):
        forging.appended(CLINIC, 2, refer=False)
        witnessed(outside, CLINIC)
    whole = outside.read_text().splitlines(keepends=True)
    outside.write_text("".join(whole[:-1]))
    assert found(outside)[0] == Verdict.TRUNCATED
    outside.write_text("".join(whole[:2] + whole[3:]))
    verdict, words = found(outside)
    assert verdict == Verdict.TAMPERED and "Checkpoint 2 is missing" in words
    outside.write_text(whole[0])
    assert found(outside)[0] == Verdict.TRUNCATED
    outside.write_text("".join(whole))
    assert found(outside)[0] == Verdict.INTACT


def backup(path):
    """A copy of the database as the test's own transaction sees it, as a backup would leave it."""
    copy = sqlite3.connect(path)
    for line in connection.connection.iterdump():
        if line not in ("BEGIN TRANSACTION;", "COMMIT;"):
            copy.execute(line)
    copy.commit()
    copy.close()
    return path


def scheduled(database, checkpoints):
    """What the schedule says of a restored database: exit status and words."""
    answer = subprocess.run(
        [project.BASE_DIR / "bin" / "witness", "--once"],
        env={
            "PATH": os.environ["PATH"],
            "DEBUG": "on",
            "DATABASE_URL": f"sqlite:///{database}",
            "LEDGER_CHECKPOINT_FILE": str(checkpoints),
            "LEDGER_KEY_FILE": str(checkpoints.with_name("key.json")),
        },
        capture_output=True,
        text=True,
    )
    return answer.returncode, answer.stdout + answer.stderr


@pytest.mark.sqlite
def test_a_restored_backup_is_found_and_a_restored_copy_of_today_is_not(clinic, outside, tmp_path):
    old = backup(tmp_path / "old.sqlite3")
    signed = clinic.note_signed_by(clinic.tess)
    witnessed(outside, clinic.riverside.pk, clinic.lakeside.pk)
    today = backup(tmp_path / "today.sqlite3")
    status, said = scheduled(today, outside)
    assert status == 0 and "INTACT. The record is what was signed." in said.splitlines(), said
    status, said = scheduled(old, outside)
    seq = LedgerEntry.objects.get(document=signed.pk).seq
    assert status == 1 and "No checkpoint was signed there." in said
    assert f"checkpoint 1 witnessed entry {seq} at" in said and f"the record ends at {seq - 1}" in said


# --- Guards ---------------------------------------------------------------------------------------------


def guards():
    return found(clinic="", levels=(5,))


def triggers():
    return [
        (table, name)
        for table in append_only.guarded()
        for name in append_only.trigger_names(table, "sqlite")
    ]


@pytest.mark.sqlite
def test_on_sqlite_all_guards_stand(db):
    assert guards() == (Verdict.INTACT, "")


@pytest.mark.sqlite
def test_a_dropped_trigger_is_missed_by_name(db):
    for table, name in triggers():
        with forging.undone():
            with connection.cursor() as cursor:
                cursor.execute(f'DROP TRIGGER "{name}"')
            verdict, words = guards()
        assert verdict == Verdict.CONFIGURATION
        assert f"The table {table} has lost its trigger {name}" in words


@pytest.mark.sqlite
@pytest.mark.parametrize("body", ["SELECT 1", "SELECT RAISE(IGNORE)"])
def test_a_trigger_of_the_right_name_that_refuses_nothing_is_found(db, body):
    name = "ledger_ledgerentry_refuses_update"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute(f'CREATE TRIGGER "{name}" BEFORE UPDATE ON "ledger_ledgerentry" BEGIN {body}; END')
    assert f"The trigger {name} no longer refuses" in guards()[1]


@pytest.mark.sqlite
def test_a_connection_that_lets_a_replace_walk_past_is_found(db):
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers=OFF")
    try:
        assert "recursive_triggers is off" in guards()[1]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers=ON")


@pytest.fixture
def serving_role(db):
    """A role with what docker/grants.sql gives the one that serves. Roles, too, are rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE midline_test_app LOGIN")
        tables = ", ".join(append_only.guarded())
        cursor.execute(f"GRANT SELECT, INSERT ON {tables} TO midline_test_app")
    return "midline_test_app"


@pytest.mark.postgres
def test_on_postgresql_a_role_that_only_adds_and_reads_is_right(serving_role):
    assert f"role {serving_role} " not in guards()[1]


@pytest.mark.postgres
def test_on_postgresql_an_owner_who_serves_is_found(db):
    assert "the app serves as the owner" in guards()[1]


def guards_after(statement):
    """What is said when the statement was run, which is then undone."""
    with forging.undone():
        with connection.cursor() as cursor:
            cursor.execute(statement)
        return guards()[1]


@pytest.mark.postgres
def test_a_privilege_too_much_is_found(serving_role):
    for table in append_only.guarded():
        for privilege in ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER"):
            said = guards_after(f"GRANT {privilege} ON {table} TO {serving_role}")
            assert f"The role {serving_role} may {privilege} on {table}" in said


@pytest.mark.postgres
def test_a_grant_that_was_removed_is_found(serving_role):
    for table in append_only.guarded():
        said = guards_after(f"REVOKE INSERT ON {table} FROM {serving_role}")
        assert f"The role {serving_role} may not INSERT on {table}" in said


@pytest.mark.postgres
@pytest.mark.parametrize(
    "how", ["DROP TRIGGER {name} ON {table}", "ALTER TABLE {table} DISABLE TRIGGER {name}"]
)
def test_on_postgresql_a_trigger_dropped_or_switched_off_is_missed_by_name(db, how):
    for table in append_only.guarded():
        for name in append_only.trigger_names(table, "postgresql"):
            said = guards_after(how.format(name=name, table=table))
            assert f"The table {table} has lost its trigger {name}" in said


@pytest.mark.postgres
def test_on_postgresql_a_function_that_refuses_nothing_is_found(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION midline_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RETURN NEW; END $$"
        )
    assert "ledger_ledgerentry_refuses_change no longer refuses" in guards()[1]


# --- The audit trail ------------------------------------------------------------------------------------


@pytest.fixture
def sealed(clinic, outside):
    for _ in range(3):
        for person in (clinic.tess, clinic.sam):
            record(verbs.CHART_OPENED, by=person, clinic=clinic.riverside, opened=["chart", 1])
        clock.set_to(clock.now() + dt.timedelta(hours=1))
        seals.seal()
    witnessed(outside, clinic.riverside.pk, clinic.lakeside.pk)
    forging.without_triggers()
    return outside


def audit(outside):
    return found(outside, clinic="", levels=(4, 6))


CHANGES = {
    "at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
    "verb": "note opened",
    "actor": "somebody",
    "actor_name": "Somebody Else",
    "clinic": "",
    "patient": "other",
    "target_type": "x",
    "target": "y",
    "outcome": "denied",
    "details": {"opened": [1, "chart"]},
}


def test_a_sealed_trail_gives_no_alarm(sealed):
    assert audit(sealed) == (Verdict.INTACT, "")


def test_a_changed_event_is_found(sealed):
    event = Event.objects.filter(verb=verbs.CHART_OPENED).last()
    for name, value in CHANGES.items():
        with forging.undone():
            Event.objects.filter(pk=event.pk).update(**{name: value})
            verdict, words = audit(sealed)
        assert verdict == Verdict.TAMPERED and "is not what it was" in words, name


def test_every_column_of_an_event_is_sealed():
    names = {field.name for field in Event._meta.concrete_fields}
    assert names == {"id", *CHANGES} == set(seals.FIELDS)


def test_a_deleted_event_and_one_put_in_later_are_found(sealed):
    with forging.undone():
        Event.objects.order_by("id")[5].delete()
        assert "are there" in audit(sealed)[1]
    event = Event.objects.order_by("id")[5]
    Event.objects.filter(pk=event.pk).delete()
    event.verb = verbs.SIGNED_IN
    event.save(force_insert=True)
    assert "is not what it was" in audit(sealed)[1]


def test_seals_taken_out_are_found(sealed):
    last = AuditSeal.objects.order_by("-number").first()
    with forging.undone():
        AuditSeal.objects.filter(number=2).delete()
        assert "seal 2 is missing" in audit(sealed)[1]
    AuditSeal.objects.filter(number=last.number).delete()
    assert "a checkpoint names a seal that is not there" in audit(sealed)[1]


def test_a_changed_seal_is_found(sealed):
    seal = AuditSeal.objects.get(number=2)
    for name in ("after", "through", "count", "root", "prev_hash", "sealed_at", "hash"):
        value = getattr(seal, name)
        if isinstance(value, int):
            changed = value + 1
        else:
            changed = ("1" if value[0] == "0" else "0") + value[1:]
        with forging.undone():
            AuditSeal.objects.filter(pk=seal.pk).update(**{name: changed})
            assert audit(sealed)[0] == Verdict.TAMPERED, name


# --- The command ----------------------------------------------------------------------------------------


def run(capsys, *arguments):
    """Exit status and what was said."""
    try:
        call_command("verify_ledger", *arguments)
    except SystemExit as exit:
        return exit.code, capsys.readouterr().out
    return 0, capsys.readouterr().out


def test_the_command_says_intact_and_exits_with_0(twelve, capsys):
    status, said = run(capsys, "--clinic", CLINIC, "--levels", "1234")
    assert status == 0
    assert said.startswith("INTACT. The record is what was signed.")
    assert "checkpoint 1 of" in said and "up to entry 12" in said


def test_the_command_names_the_entry_and_exits_with_1(twelve, capsys):
    LedgerEntry.objects.filter(clinic=CLINIC, seq=7).update(payload="{}")
    status, said = run(capsys, "--clinic", CLINIC)
    assert status == 1
    assert said.startswith("TAMPERED.")
    assert "The words of entry 7 were changed after they were signed." in said


def test_the_command_exits_with_2_where_something_is_not_set_up(twelve, capsys, settings):
    settings.LEDGER_CHECKPOINT_FILE = ""
    status, said = run(capsys, "--clinic", CLINIC, "--levels", "1234")
    assert status == 2
    assert "NO CHANGE FOUND, BUT SOMETHING IS NOT SET UP" in said


def test_a_clinic_that_is_not_there_is_not_intact(outside, capsys):
    outside.touch()
    status, said = run(capsys, "--clinic", str(uuid.uuid4()), "--levels", "1234")
    assert status == 2 and "There is no record of a clinic" in said


def test_the_command_takes_a_file_of_ones_own(twelve, outside, tmp_path, capsys):
    mine = tmp_path / "mine.jsonl"
    mine.write_bytes(outside.read_bytes())
    outside.write_text("")
    forging.cut(CLINIC, 9)
    assert run(capsys, "--clinic", CLINIC, "--checkpoint", str(mine), "--levels", "1234")[0] == 1


def test_the_command_speaks_json(twelve, outside, capsys):
    LedgerEntry.objects.filter(clinic=CLINIC, seq=7).delete()
    status, said = run(capsys, "--clinic", CLINIC, "--json", "--levels", "1234")
    data = json.loads(said)
    assert (data["verdict"], data["exit_status"], status) == ("tampered", 1, 1)
    assert data["findings"][0] == {
        "verdict": "tampered",
        "level": "links",
        "words": "Entry 7 is missing.",
        "clinic": CLINIC,
        "seq": 7,
        "document": "",
    }
    assert data["clinics"][0]["entries"] == 11


def test_a_thousand_findings_are_counted_and_fifty_listed(outside, capsys):
    forging.in_bulk(CLINIC, ("words" for _ in range(1000)))
    forging.without_triggers()
    LedgerEntry.objects.filter(clinic=CLINIC).update(payload="{}")
    said = run(capsys, "--clinic", CLINIC, "--levels", "12")[1]
    assert "and 950 findings more" in said
    assert "The words of entry 1 were" in said
