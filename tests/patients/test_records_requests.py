"""Requests for a record, written down by hand: what later words say of them, on screen and in print."""

import datetime as dt

import pytest
from django.urls import reverse

from apps.audit import verbs
from apps.audit.models import Event
from apps.demo.world import PASSPHRASE
from apps.notes.document import signed_document
from apps.patients.models import RecordsRequest


@pytest.fixture
def vestibular(clinic):
    return clinic.patients["vestibular"]


def write_down(client, patient, **values):
    sent = {"received_on": "11/18/2026", "requester": "A lawyer", "case_number": "", **values}
    return client.post(reverse("records-requests", args=[patient.pk]), sent)


def test_a_request_that_came_by_post_is_written_down_and_its_answer_too(clinic, vestibular, client):
    client.force_login(clinic.rae)
    assert write_down(client, vestibular, case_number="C-9").status_code == 302
    kept = RecordsRequest.objects.get(patient=vestibular)
    assert (kept.received_on, kept.requester, kept.recorded_by) == (
        dt.date(2026, 11, 18),
        "A lawyer",
        clinic.rae,
    )
    answer = client.post(reverse("records-left", args=[kept.pk]), {"left_on": "11/19/2026"})
    assert answer["Location"] == reverse("records-requests", args=[vestibular.pk])
    page = client.get(answer["Location"]).content.decode()
    assert "A lawyer" in page and "C-9" in page and "Records left on 11/19/2026" in page
    told = [event.verb for event in Event.objects.filter(patient=str(vestibular.pk))[:6]]
    assert {verbs.RECORDS_REQUEST_RECORDED, verbs.PACKET_LEFT} <= set(told)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"received_on": "11/21/2026"}, "This date is in the future."),
        ({"received_on": "32/11/2026"}, "Write"),
        ({"requester": " "}, "required"),
        ({"requester": "a\x00b" * 200}, "200"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_the_rest_stays(
    clinic, vestibular, client, values, words
):
    client.force_login(clinic.rae)
    answer = write_down(client, vestibular, **{"case_number": "Kept 12", **values})
    assert answer.status_code == 422 and words in answer.content.decode()
    assert "Kept 12" in answer.content.decode()
    assert not RecordsRequest.objects.filter(patient=vestibular).exists()


def test_records_do_not_leave_before_they_were_asked_for(clinic, vestibular, client):
    client.force_login(clinic.sam)
    write_down(client, vestibular)
    kept = RecordsRequest.objects.get(patient=vestibular)
    answer = client.post(reverse("records-left", args=[kept.pk]), {"left_on": "11/17/2026"})
    assert answer.status_code == 422 and "cannot leave before" in answer.content.decode()


def test_an_addendum_says_before_its_signature_on_screen_and_in_print_that_a_request_had_come(
    clinic, vestibular, client
):
    note = clinic.note_signed_by(clinic.tess, vestibular)
    client.force_login(clinic.tess)
    says = "Written after the records request of 11/18/2026"
    page = reverse("addend", args=[note.pk])
    assert says not in client.get(page).content.decode()
    client.force_login(clinic.rae)
    write_down(client, vestibular)
    client.force_login(clinic.tess)
    shown = client.get(page).content.decode()
    assert says in shown
    seen = signed_document(note.pk).later.last.hash
    sent = {"words": "More.", "reason": "Left out.", "seen": seen, "password": PASSPHRASE}
    assert client.post(page, sent).status_code == 302
    for name in ("note", "note-print"):
        text = client.get(reverse(name, args=[note.pk])).content.decode()
        assert says in text and text.index(says) < text.index("More."), name
