"""What can happen to a note, as a whole table: every move × every status × every person."""

import itertools
import pathlib
import uuid

import pytest
from django.core.management import call_command
from django.db import transaction

from apps.accounts.models import Credential
from apps.audit.refused import Refused
from apps.demo import charting
from apps.episodes.models import PlanVersion
from apps.ledger import amendments as later_words
from apps.notes import actions, amendments, lifecycle, record, reviewing
from apps.notes.forms import DraftValues
from apps.notes.models import Note, Status

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Written from the issue, not from lifecycle.MOVES. The note is of a visit of Tess (PT), Marcus (PTA) and Jo
# (student); Marcus writes, sends and signs it. Sam is a supervisor and PT, Priya an OT; the rest do not chart
# it. A signature needs the discipline's credential, and a student's is not enough; whoever wrote or sent a
# note does not return it; who signed does not cosign, and alone corrects.
ON_THE_VISIT = {"tess", "marcus", "jo"}
LICENSED_ON_THE_VISIT = {"tess", "marcus"}
MAY = {
    "save": {Status.DRAFT: ON_THE_VISIT},
    "send for review": {Status.DRAFT: ON_THE_VISIT},
    "take back": {Status.IN_REVIEW: ON_THE_VISIT},
    "return": {Status.IN_REVIEW: {"tess", "sam"}},
    "sign": {Status.DRAFT: LICENSED_ON_THE_VISIT, Status.IN_REVIEW: LICENSED_ON_THE_VISIT},
    "answer": {Status.DRAFT: ON_THE_VISIT, Status.IN_REVIEW: ON_THE_VISIT},
    "discard": {Status.DRAFT: ON_THE_VISIT},
    "cosign": {Status.SIGNED: {"tess", "sam"}},
    "addend": {Status.SIGNED: LICENSED_ON_THE_VISIT},
    "late entry": {
        status: {"tess", "sam", "priya", "marcus"}
        for status in (Status.DRAFT, Status.IN_REVIEW, Status.SIGNED)
    },
    "correct": {Status.SIGNED: {"marcus"}},
    "void": {Status.SIGNED: {"marcus", "sam"}},
}
LEADS_TO = {
    "send for review": Status.IN_REVIEW,
    "take back": Status.DRAFT,
    "return": Status.DRAFT,
    "sign": Status.SIGNED,
    "discard": Status.DISCARDED,
    "void": Status.VOIDED,
}
"""The moves that change the status; the others leave it."""

PEOPLE = ["tess", "sam", "priya", "marcus", "jo", "rae", "alex", "una", "ines"]


def seen(note):
    last = later_words.later(later_words.entries_of(note.clinic_id, note.pk)).last
    return last.hash if last else ""


DO = {
    "save": lambda note, by: actions.save_draft(
        note=note,
        by=by,
        revision=note.revision,
        operation=str(uuid.uuid4()),
        values=DraftValues(note={"plan": "Changed"}),
    ),
    "send for review": lambda note, by: reviewing.send(note=note, by=by),
    "take back": lambda note, by: reviewing.take_back(note=note, by=by),
    "return": lambda note, by: reviewing.give_back(note=note, by=by, words="See the cue."),
    "sign": lambda note, by: actions.sign(
        note=note, by=by, preview=record.preview_digest(record.payload_of(note))
    ),
    "answer": lambda note, by: actions.answer(note=note, by=by, answers={}),
    "discard": lambda note, by: actions.discard(note=note, by=by, reason="Not needed."),
    "cosign": lambda note, by: amendments.cosign(document=note, by=by, seen=seen(note)),
    "addend": lambda note, by: amendments.addend(document=note, by=by, words="More.", reason="Left out."),
    "late entry": lambda note, by: amendments.enter_late(
        document=note, by=by, words="Seen.", reason="Was away.", knows="In the room."
    ),
    "correct": lambda note, by: amendments.correct(
        document=note, by=by, path="plan", should_say="Otherwise.", reason="A slip."
    ),
    "void": lambda note, by: amendments.void(document=note, by=by, reason="The wrong patient."),
}


@pytest.fixture
def draft(clinic):
    """A complete draft by an assistant, about a visit with a therapist and a student."""
    return clinic.draft_by(clinic.marcus, student=clinic.jo)


def bring_to(status, draft, clinic):
    """The note in that state, by the moves that lead there."""
    if status == Status.IN_REVIEW:
        reviewing.send(note=draft, by=clinic.marcus)
    if status in (Status.SIGNED, Status.VOIDED):
        charting.sign(draft, {}, by=clinic.marcus)
    if status == Status.VOIDED:
        DO["void"](charting.read(draft), clinic.sam)
    if status == Status.DISCARDED:
        DO["discard"](draft, clinic.marcus)
    note = charting.read(draft)
    assert note.status == status
    return note


def test_the_table_of_moves_is_the_one_that_these_tests_know():
    assert lifecycle.MOVES.keys() == MAY.keys() == DO.keys()


def test_no_move_leads_from_a_signature_back_to_a_draft():
    for move in lifecycle.MOVES.values():
        if {Status.SIGNED, Status.VOIDED, Status.DISCARDED} & set(move.sources):
            assert move.target in (None, Status.VOIDED)
    assert not [name for name in lifecycle.MOVES if "unsign" in name]


@pytest.mark.parametrize("status", Status.values)
def test_a_move_is_made_from_its_state_by_the_right_person_and_never_else(status, clinic, draft):
    note = bring_to(status, draft, clinic)
    kept = Note.objects.filter(pk=note.pk).values().get()
    for name, who in itertools.product(lifecycle.MOVES, PEOPLE):
        by = getattr(clinic, who)
        may = who in MAY[name].get(status, ())
        reason = lifecycle.why_not(name, note, by)
        assert bool(reason) != may, (name, who)
        before = transaction.savepoint()
        if may:
            DO[name](charting.read(note), by)
            assert Note.objects.get(pk=note.pk).status == LEADS_TO.get(name, status), (name, who)
        else:
            with pytest.raises(Refused) as refusal:
                DO[name](charting.read(note), by)
            assert str(refusal.value) == reason or "no role in this clinic" in str(refusal.value)
            assert Note.objects.filter(pk=note.pk).values().get() == kept, (name, who)
        transaction.savepoint_rollback(before)


# The plan is Tess's (PT). An NPP or physician would cosign one too; nobody of the demo is.
MAY_OF_A_SIGNED_PLAN = {"cosign": {"sam"}, "addend": {"tess", "sam"}, "correct": {"tess"}}


@pytest.mark.parametrize("status", PlanVersion.Status.values)
def test_a_signed_plan_takes_later_words_from_the_right_people_and_no_other_move(status, clinic):
    version = (
        PlanVersion.objects.filter(signed_by=clinic.tess).select_related("plan__patient__clinic").first()
    )
    version.status = status
    for name in lifecycle.MOVES:
        may = MAY_OF_A_SIGNED_PLAN.get(name, set()) if status == PlanVersion.Status.SIGNED else set()
        for who in PEOPLE:
            reason = lifecycle.why_not(name, version, getattr(clinic, who))
            assert bool(reason) == (who not in may), (name, who)


@pytest.mark.parametrize("credential", Credential.values)
def test_a_signature_needs_a_credential_of_the_notes_discipline(credential, clinic, draft):
    # A physician, NPP or chiropractor is no therapist of one discipline, so these sign notes of either.
    clinic.tess.credential = credential
    refused = lifecycle.why_not("sign", draft, clinic.tess)
    assert bool(refused) == (credential in ("", "STUDENT", "OT", "OTA"))


@pytest.mark.parametrize("credential", Credential.values)
def test_a_cosignature_needs_the_professionals_credential_and_not_the_role(credential, clinic, draft):
    note = bring_to(Status.SIGNED, draft, clinic)
    clinic.sam.credential = credential
    assert bool(lifecycle.why_not("cosign", note, clinic.sam)) == (credential != "PT")


@pytest.mark.parametrize("status", lifecycle.ENDED)
def test_the_reason_why_not_says_what_the_note_is(status, clinic, draft):
    note = bring_to(status, draft, clinic)
    for name, move in lifecycle.MOVES.items():
        if status not in move.sources:
            assert lifecycle.why_not(name, note, clinic.tess) == lifecycle.ENDED[status]


# --- The pages that are drawn from the code -----------------------------------------------------------------


def test_the_generated_pages_say_what_the_code_says():
    call_command("docs", check=True)


def test_a_stale_page_is_found_and_written_anew(tmp_path, settings, capsys):
    settings.BASE_DIR = tmp_path
    with pytest.raises(SystemExit) as stopped:
        call_command("docs", check=True)
    assert stopped.value.code == 1
    call_command("docs")
    call_command("docs", check=True)
    page = tmp_path / "docs" / "states.md"
    page.write_text(page.read_text() + "and more\n")
    with pytest.raises(SystemExit):
        call_command("docs", check=True)
    assert "docs/states.md" in capsys.readouterr().err


def test_the_page_of_states_names_every_move_and_every_status():
    page = (ROOT / "docs" / "states.md").read_text()
    for move in lifecycle.MOVES.values():
        assert f"| {move.name} |" in page and move.who in page
    for status in Status:
        assert status.label in page
    assert "```mermaid" in page
