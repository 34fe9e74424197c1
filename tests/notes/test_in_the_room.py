"""Who was in the room: asked where it matters, judged, signed, printed, never carried."""

import pytest
from django.urls import reverse

from apps.demo import charting
from apps.ledger import chain
from apps.notes.document import document_of, signed_document, signed_entry
from apps.notes.forms import NoteForm
from apps.notes.models import Note
from apps.notes.record import IN_THE_ROOM, payload_of

from .test_editor import as_typed


def asked(client, note, by):
    client.force_login(by)
    page = client.get(reverse("note", args=[note.pk])).content.decode()
    return {name for name in IN_THE_ROOM if f'name="{name}"' in page}


def supervision_in(document):
    return [line for fact in document.facts if fact.label == "Supervision" for line in fact.lines]


def findings(note, signer):
    return {finding.code for finding in charting.judged(charting.read(note), signer=signer).open}


def test_it_is_asked_only_where_somebody_else_treated(client, clinic):
    students = {"professional_in_room", "professional_treats_others"}
    assert asked(client, clinic.draft_by(clinic.tess), clinic.tess) == set()
    with_student = clinic.draft_by(clinic.jo)
    assert asked(client, with_student, clinic.tess) == students
    by_assistant = clinic.draft_by(clinic.marcus)
    assert asked(client, by_assistant, clinic.marcus) == {"supervision"}
    page = client.get(reverse("note", args=[by_assistant.pk])).content.decode()
    block = page[page.index('id="block-rows"') :]
    assert '<details class="time" open>' in block, "who gave which minutes is not folded away"


def test_a_walk_in_of_an_assistant_has_no_supervisor_and_says_so(client, clinic):
    note = clinic.draft_by(clinic.marcus, clinician=clinic.marcus, assistant=None)
    assert asked(client, note, clinic.marcus) == {"supervision"}
    assert "AUT608" in findings(note, clinic.marcus)


def test_what_is_said_of_a_student_is_judged_signed_and_printed(client, clinic):
    note = clinic.draft_by(clinic.jo)
    Note.objects.filter(pk=note.pk).update(professional_in_room="", professional_treats_others="")
    assert "AUT613" in findings(note, clinic.tess)
    assert supervision_in(document_of(payload_of(charting.read(note)))) == [
        "With the student the whole session: not recorded",
        "Treating others meanwhile: not recorded",
    ]
    client.force_login(clinic.tess)
    url = reverse("note", args=[note.pk])
    sent = as_typed(client, note, professional_in_room="perhaps", professional_treats_others="no")
    assert client.post(url, sent).status_code == 422
    stored = Note.objects.get(pk=note.pk)
    assert (stored.professional_in_room, stored.professional_treats_others) == ("", "no")
    client.post(url, as_typed(client, note, professional_in_room="no"))
    assert findings(note, clinic.tess) & {"AUT609", "AUT613"} == {"AUT609"}
    client.post(url, as_typed(client, note, professional_in_room="yes"))
    assert not findings(note, clinic.tess) & {"AUT609", "AUT613"}
    charting.sign(charting.read(note), {}, by=clinic.tess)
    note.refresh_from_db()
    visit = chain.read(signed_entry(note))["visit"]
    assert (visit["professional_in_room"], visit["professional_treats_others"]) == ("yes", "no")
    assert supervision_in(signed_document(note.pk)) == [
        "With the student the whole session: Yes",
        "Treating others meanwhile: No",
    ]


def test_how_an_assistant_was_supervised_is_signed_and_a_next_note_begins_without_it(clinic):
    note = clinic.draft_by(clinic.marcus)
    charting.write(note, {"supervision": "reached"}, by=clinic.marcus)
    charting.sign(charting.read(note), {}, by=clinic.marcus)
    assert supervision_in(signed_document(note.pk)) == [
        "While the assistant treated: Reached by phone or video"
    ]
    later = clinic.draft_by(clinic.marcus, note.visit.patient, complete=False)
    assert [getattr(later, name) for name in IN_THE_ROOM] == ["", "", ""]


def test_a_payload_from_before_it_was_asked_is_read_as_it_was(clinic):
    payload = payload_of(charting.read(clinic.draft_by(clinic.jo)))
    for name in (*IN_THE_ROOM, "supervision_label"):
        del payload["visit"][name]
    assert supervision_in(document_of(payload)) == []


@pytest.mark.parametrize("name", IN_THE_ROOM)
def test_nothing_is_chosen_beforehand(name):
    assert NoteForm.base_fields[name].choices[0] == ("", "Not said")
    assert getattr(Note(), name) == ""
