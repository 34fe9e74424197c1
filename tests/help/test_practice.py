"""A first note on a practice patient: in the real editor, apart, never signed, and removable."""

import pytest
from django.test import Client
from notes.as_browser import fields_of

from apps.accounts import signer
from apps.accounts.access import role_in
from apps.accounts.password import PASSWORD_GIVEN_AT
from apps.audit import clock, verbs
from apps.audit.models import Event
from apps.audit.refused import Refused
from apps.episodes import actions as episodes
from apps.help import practice
from apps.ledger.models import LedgerEntry
from apps.notes import lifecycle
from apps.notes.models import Note

PRACTICE = "/help/practice/"


@pytest.fixture
def tess(clinic, client):
    client.force_login(clinic.tess)
    return client


def begin(client):
    answer = client.post(PRACTICE, {"do": "begin"})
    return Note.objects.select_related("clinic", "visit__patient").get(pk=answer.url.split("/")[2])


def test_practice_opens_the_real_editor_with_its_steps_and_writes_no_word(tess):
    note = begin(tess)
    opened = tess.get(f"/notes/{note.pk}/")
    page = opened.content.decode()
    assert "PRACTICE" in page and "Your first note" in page and "Done: " not in page
    typed = ("subjective", "assessment", "plan", "home_program", "communication", "total_minutes")
    assert not any(getattr(note, name) for name in typed) and not note.blocks.exists()
    sent = {**fields_of(opened), "total_minutes": "40", "add": "97112"}
    tess.post(f"/notes/{note.pk}/", sent)
    assert tess.get(f"/notes/{note.pk}/").content.decode().count("Done: ") == 2
    # Going on is the same note.
    assert begin(tess).pk == note.pk


def test_a_practice_note_is_never_signed_or_given_to_anybody(clinic, tess):
    note, before = begin(tess), LedgerEntry.objects.count()
    page = tess.get(f"/notes/{note.pk}/sign/").content.decode()
    assert "This is a practice note, so it is never signed." in page
    tess.post(f"/notes/{note.pk}/sign/", {"sign": "1", "preview": "x"})
    assert LedgerEntry.objects.count() == before
    for move in set(lifecycle.MOVES) - lifecycle.PRACTISED:
        assert lifecycle.why_not(move, note, clinic.tess), move
    # A plan of care has no button there either.
    days = {"established_on": clinic.today, "times_a_day": 1, "times_a_week": 1, "weeks": 4}
    plan = episodes.add_plan(patient=note.visit.patient, discipline="PT", by=clinic.tess, **days)
    page = tess.get(f"/plans/{plan.pk}/sign/").content.decode()
    assert "This is a practice plan, so it is never signed." in page and ">Sign<" not in page
    assert "Read and sign" not in tess.get(f"/plans/{plan.pk}/").content.decode()
    # Whatever the page offered: every signature passes here.
    with pytest.raises(Refused, match="practice note"):
        signer.at_this_moment(clinic.tess, note.clinic_id)


def test_print_and_text_of_a_practice_note_say_so(tess):
    note = begin(tess)
    session = tess.session
    session[PASSWORD_GIVEN_AT] = int(clock.now().timestamp())  # the text leaves the clinic, so it asks first
    session.save()
    for name in ("print", "text"):
        assert "PRACTICE, nobody’s record" in tess.get(f"/notes/{note.pk}/{name}/").content.decode()


def test_practice_and_the_clinic_see_nothing_of_each_other(clinic, tess, client):
    note = begin(tess)
    patients = tess.get("/patients/").content.decode()
    assert "Practice, Nobody" in patients and "Abernathy" not in patients
    tess.post(PRACTICE, {"do": "leave"})
    for address in (
        "/",
        "/patients/",
        "/notes/",
        "/worklist/",
        "/attendance/",
        "/review/",
        "/review/figures/",
    ):
        page = tess.get(address).content.decode()
        assert "Practice, Nobody" not in page and "nobody’s record" not in page.partition("<main")[2], address
    assert tess.get(f"/notes/{note.pk}/").status_code == 404
    for other in (clinic.sam, clinic.rae, clinic.alex, clinic.una):
        client.force_login(other)
        assert client.get(f"/notes/{note.pk}/").status_code == 404
        assert client.get(f"/patients/{note.visit.patient_id}/").status_code == 404


def test_whoever_signs_in_arrives_in_the_clinic_and_practice_keeps_nobody_active(clinic, tess):
    from apps.accounts.actions import change_person, refuse_if_elsewhere

    begin(tess)
    elsewhere = Client()
    elsewhere.force_login(clinic.tess)
    page = elsewhere.get("/").content.decode()
    assert "<b>PRACTICE</b>" not in page and "Practice, Nobody" not in page
    person = type(clinic.tess).objects.get(pk=clinic.tess.pk)
    refuse_if_elsewhere(person, clinic.riverside)
    role = role_in(person, clinic.riverside)
    assert not change_person(
        person=person, clinic=clinic.riverside, role=role, is_active=False, by=clinic.alex
    ).is_active


def test_practice_is_removed_with_everything_in_it_and_the_trail_says_that_it_was(clinic, tess):
    note = begin(tess)
    tess.post(f"/notes/{note.pk}/", {"revision": "1", "subjective": "tried", "save": "1"})
    assert tess.post(PRACTICE, {"do": "remove"}).url == "/"
    assert not Note.objects.filter(pk=note.pk).exists()
    assert practice.of(type(clinic.tess).objects.get(pk=clinic.tess.pk)) is None
    assert Event.objects.filter(verb=verbs.PRACTICE_REMOVED, clinic=str(note.clinic_id)).count() == 1
    with pytest.raises(Refused, match="Only your own practice"):
        practice.remove(clinic=clinic.riverside, by=clinic.tess)


def test_who_does_not_chart_has_no_practice(clinic, client):
    for person in (clinic.rae, clinic.alex):
        client.force_login(person)
        assert client.get(PRACTICE).status_code == 404


@pytest.mark.parametrize(("who", "ends"), [("jo", "you do not"), ("marcus", "a therapist cosigns after you")])
def test_a_student_and_an_assistant_take_it_to_the_end_and_are_told_who_signs(clinic, client, who, ends):
    person = getattr(clinic, who)
    client.force_login(person)
    note = begin(client)
    address = f"/notes/{note.pk}/"
    client.post(address, {**fields_of(client.get(address)), "total_minutes": "23", "add": "97112"})
    block = note.blocks.get()
    minutes = "minutes_assistant" if who == "marcus" else "minutes_therapist"
    typed = {
        minutes: "23", "deficit": "balance", "limits": "walking", "activity": "stepping",
        "response": "better", "cues.0.action": "a cue", "cues.0.because": "seen",
    }  # fmt: skip
    sent = fields_of(client.get(address)) | {
        f"blocks.{block.pk}.{name}": [words] for name, words in typed.items()
    }
    client.post(address, {**sent, "save": "1"})
    page = client.get(address).content.decode()
    assert page.count("Done: ") >= 6 and ends in page
    read = client.get(f"{address}sign/")
    assert read.status_code == 200 and ends in read.content.decode()
    assert "This is a practice note, so it is never signed." in read.content.decode()
    # The next day, without a draft, it begins anew; and nobody else sees anything of it.
    client.post(f"{address}discard/", {"reason": "done"})
    assert begin(client).pk != note.pk
    client.force_login(clinic.sam)
    assert client.get(address).status_code == 404
    client.force_login(person)
    assert client.post(PRACTICE, {"do": "remove"}).url == "/"
    assert not Note.objects.filter(pk=note.pk).exists()
