"""What can happen to a note, as a whole table: every move × every status × every person."""

import pathlib
import uuid

import pytest
from django.core.management import call_command

from apps.accounts.models import Credential
from apps.audit.refused import Refused
from apps.notes import actions, lifecycle, record
from apps.notes.forms import DraftValues
from apps.notes.models import Note, Status

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Written from the issue, not from lifecycle.MOVES: from a draft only, by people on the visit; a signature
# needs the credential of the discipline, and a student's is not enough.
ON_THE_VISIT = {"tess", "marcus", "jo"}
MAY = {"save": ON_THE_VISIT, "discard": ON_THE_VISIT, "sign": {"tess", "marcus"}}
PEOPLE = ["tess", "sam", "priya", "marcus", "jo", "rae", "alex", "una", "ines"]


@pytest.fixture
def draft(clinic):
    """A complete draft about a visit of a therapist, an assistant and a student."""
    return clinic.draft_by(clinic.tess, assistant=clinic.marcus, student=clinic.jo)


DO = {
    "save": lambda note, by: actions.save_draft(
        note=note,
        by=by,
        revision=note.revision,
        operation=str(uuid.uuid4()),
        values=DraftValues(note={"plan": "Changed"}),
    ),
    "sign": lambda note, by: actions.sign(
        note=note, by=by, preview=record.preview_digest(record.payload_of(note))
    ),
    "discard": lambda note, by: actions.discard(note=note, by=by, reason="Not needed."),
}


def test_the_table_of_moves_is_the_one_that_these_tests_know():
    assert lifecycle.MOVES.keys() == MAY.keys() == DO.keys()


def test_no_move_leads_out_of_a_signature_or_back_to_a_draft():
    assert {move.source for move in lifecycle.MOVES.values()} == {Status.DRAFT}
    assert [name for name, move in lifecycle.MOVES.items() if move.target == Status.DRAFT] == ["save"]


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("name", list(lifecycle.MOVES))
def test_a_move_is_made_from_a_draft_by_the_right_person_and_never_else(name, status, who, clinic, draft):
    by = getattr(clinic, who)
    Note.objects.filter(pk=draft.pk).update(status=status)
    draft.refresh_from_db()
    kept = Note.objects.filter(pk=draft.pk).values().get()
    if status == Status.DRAFT and who in MAY[name]:
        assert lifecycle.why_not(name, draft, by) == ""
        DO[name](draft, by)
        assert Note.objects.get(pk=draft.pk).status == lifecycle.MOVES[name].target
        return
    reason = lifecycle.why_not(name, draft, by)
    assert reason
    with pytest.raises(Refused) as refusal:
        DO[name](draft, by)
    assert str(refusal.value) == reason
    assert Note.objects.filter(pk=draft.pk).values().get() == kept


@pytest.mark.parametrize("credential", Credential.values)
def test_a_signature_needs_a_credential_of_the_notes_discipline(credential, clinic, draft):
    # A physician, NPP or chiropractor is no therapist of one discipline, so these sign notes of either.
    clinic.tess.credential = credential
    draft.visit.clinician = clinic.tess
    refused = lifecycle.why_not("sign", draft, clinic.tess)
    assert bool(refused) == (credential in ("", "STUDENT", "OT", "OTA"))


@pytest.mark.parametrize("status", [Status.SIGNED, Status.DISCARDED])
def test_the_reason_why_not_says_what_the_note_is(status, clinic, draft):
    draft.status = status
    for name in lifecycle.MOVES:
        assert lifecycle.why_not(name, draft, clinic.tess) == lifecycle.ENDED[status]


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
