"""Restricted charts: the care team, and emergency access that reads and never writes."""

import datetime as dt
import uuid

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse

from apps.audit import clock, verbs
from apps.audit.models import Event
from apps.audit.refused import Refused
from apps.episodes.models import PlanOfCare
from apps.notes import actions as notes
from apps.notes import lifecycle
from apps.notes.access import notes_visible_to, notes_writable_by
from apps.notes.models import Note
from apps.patients import emergency
from apps.patients.access import patients_cared_for_by, patients_visible_to
from apps.patients.models import EmergencyAccess
from apps.visits.models import Visit

REASON = "He collapsed in the waiting room"


@pytest.fixture
def restricted(clinic):
    return clinic.patients["restricted"]


def take(clinic, restricted, by=None, **values):
    values = {"mrn": restricted.mrn, "born_on": restricted.born_on, "reason": REASON, **values}
    return emergency.take(clinic=clinic.riverside, by=by or clinic.tess, **values)


def sees(person, patient):
    return patients_visible_to(person).filter(pk=patient.pk).exists()


def test_a_restricted_chart_opens_for_an_hour_and_no_longer(clinic, restricted):
    assert not sees(clinic.tess, restricted)
    access = take(clinic, restricted)
    assert access.ends_at - access.taken_at == dt.timedelta(minutes=60)
    assert sees(clinic.tess, restricted) and not sees(clinic.priya, restricted)
    clock.set_to(access.ends_at - dt.timedelta(seconds=1))
    assert sees(clinic.tess, restricted)
    clock.set_to(access.ends_at)
    assert not sees(clinic.tess, restricted)


@pytest.mark.parametrize("reason", ["", "          ", "too short"])
def test_without_a_reason_of_ten_characters_nothing_opens(reason, clinic, restricted):
    with pytest.raises(Refused, match="at least 10 characters") as refusal:
        take(clinic, restricted, reason=reason)
    assert refusal.value.field == "reason"
    assert not sees(clinic.tess, restricted)


def test_who_asks_must_know_the_number_and_the_birthday(clinic, restricted):
    for values in ({"mrn": "X"}, {"born_on": dt.date(1950, 1, 1)}):
        with pytest.raises(Refused, match="No restricted chart has this MRN"):
            take(clinic, restricted, **values)
    open_chart = clinic.patients["stroke"]
    with pytest.raises(Refused, match="No restricted chart has this MRN"):
        take(clinic, open_chart)
    with pytest.raises(Refused, match="You see this chart already"):
        take(clinic, restricted, by=clinic.sam)


def test_taking_it_twice_prolongs_nothing(clinic, restricted):
    first = take(clinic, restricted)
    clock.set_to(clock.now() + dt.timedelta(minutes=30))
    assert take(clinic, restricted) == first
    assert EmergencyAccess.objects.count() == 1


def test_an_emergency_is_recorded_without_its_reason(clinic, restricted):
    access = take(clinic, restricted)
    event = Event.objects.first()
    assert (event.verb, event.target, event.patient) == (
        verbs.EMERGENCY_ACCESS,
        str(access.pk),
        str(restricted.pk),
    )
    assert REASON not in str(event.details)


def test_students_records_staff_and_outsiders_take_none(clinic, restricted, client):
    for person in (clinic.jo, clinic.rae, clinic.alex):
        client.force_login(person)
        assert client.get(reverse("emergency-access")).status_code == 404
    client.force_login(clinic.una)
    form = {"mrn": restricted.mrn, "born_on": restricted.born_on.isoformat(), "reason": REASON}
    answer = client.post(reverse("emergency-access"), form)
    assert answer.status_code == 422 and "No restricted chart" in answer.content.decode()
    assert not EmergencyAccess.objects.exists()


def test_a_role_that_ended_takes_the_open_chart_with_it(clinic, restricted):
    take(clinic, restricted)
    clinic.tess.memberships.update(is_active=False)
    del clinic.tess._memberships
    assert not sees(clinic.tess, restricted)


# --- It reads -----------------------------------------------------------------------------------------------


def about(restricted):
    """Addresses of the restricted chart: name → id."""
    note = Note.objects.filter(visit__patient=restricted).first()
    plan = PlanOfCare.objects.filter(patient=restricted).first()
    of_patient = dict.fromkeys(
        [
            "patient",
            "patient-edit",
            "coverage-add",
            "diagnosis-add",
            "plan-add",
            "visit-add",
            "start-now",
            "authorization-add",
            "documents",
            "care-team",
        ],
        restricted.pk,
    )
    of_note = {
        pattern.name: note.pk
        for pattern in patterns(get_resolver().url_patterns)
        if pattern.name and pattern.name.startswith("note") and "uuid:pk" in str(pattern.pattern)
    }
    of_plan = dict.fromkeys(
        [f"plan{move}" for move in ("", "-draft", "-revise", "-discard", "-sign", "-end")]
        + ["goal-add", "paper-add"],
        plan.pk if plan else uuid.uuid4(),
    )
    visit = Visit.objects.filter(patient=restricted).first()
    return {
        **of_patient,
        **of_note,
        **of_plan,
        "plan-version": plan.versions.first().pk,
        "goal": plan.goals.first().pk,
        "goal-status": plan.goals.first().pk,
        "coverage": restricted.coverages.first().pk,
        "diagnosis-end": restricted.diagnoses.first().pk,
        "visit-attendance": visit.pk,
        "note-start": visit.pk,
    }


def patterns(of):
    for pattern in of:
        if hasattr(pattern, "url_patterns"):
            yield from patterns(pattern.url_patterns)
        else:
            yield pattern


READS = {"patient", "note", "plan", "plan-version", "documents", "care-team", "note-print"}


def reverse_any(name, id):
    for parameter in ("pk", "patient", "plan", "visit"):
        try:
            return reverse(name, kwargs={parameter: id})
        except NoReverseMatch:
            continue
    return None


def test_in_an_emergency_every_post_about_the_chart_is_as_if_there_were_none(clinic, restricted, client):
    take(clinic, restricted)
    client.force_login(clinic.tess)
    tried = 0
    before = {model: model.objects.count() for model in (Note, Visit, PlanOfCare) if model.objects.exists()}
    for name, id in about(restricted).items():
        path = reverse_any(name, id)
        if path is None:
            continue
        answer = client.post(path, {"reason": "I write here", "confirm": "1"})
        assert answer.status_code in (404, 405), name
        tried += answer.status_code == 404
    assert tried >= 20
    assert {model: model.objects.count() for model in before} == before


def test_in_an_emergency_the_chart_and_its_notes_are_read_under_a_banner(clinic, restricted, client):
    places = about(restricted)
    client.force_login(clinic.tess)
    for name in READS:
        assert client.get(reverse_any(name, places[name])).status_code == 404, name
    take(clinic, restricted)
    for name in READS:
        answer = client.get(reverse_any(name, places[name]))
        assert answer.status_code == 200, name
        if name != "note-print":  # what is printed is the document and nothing else
            assert "Emergency access until" in answer.content.decode(), name
    page = client.get(reverse("patient", args=[restricted.pk])).content.decode()
    for words in ("Edit the patient", "Book a visit", "Start a visit now"):
        assert words not in page


def test_people_with_a_visit_see_no_banner_and_an_open_chart_asks_nothing(
    clinic, restricted, client, django_assert_num_queries
):
    client.force_login(clinic.sam)
    page = client.get(reverse("patient", args=[restricted.pk])).content.decode()
    assert "Emergency access until" not in page
    from apps.patients.templatetags.emergency import emergency_access

    with django_assert_num_queries(0):
        assert emergency_access(clinic.sam, clinic.patients["stroke"]) is None


def test_an_emergency_gives_no_signature_and_no_draft(clinic, restricted):
    take(clinic, restricted)
    assert notes_visible_to(clinic.tess).filter(visit__patient=restricted).exists()
    assert not notes_writable_by(clinic.tess).filter(visit__patient=restricted).exists()
    note = Note.objects.filter(visit__patient=restricted).first()
    for do in (
        lambda: notes.sign(note=note, by=clinic.tess, preview=""),
        lambda: notes.start(visit=note.visit, by=clinic.tess),
    ):
        with pytest.raises(Refused):
            do()


def test_an_emergency_can_be_closed_before_its_hour(clinic, restricted, client):
    access = take(clinic, restricted)
    client.force_login(clinic.priya)
    assert client.post(reverse("emergency-end", args=[access.pk])).status_code == 404
    client.force_login(clinic.tess)
    assert client.post(reverse("emergency-end", args=[access.pk])).status_code == 302
    assert client.get(reverse("patient", args=[restricted.pk])).status_code == 404


# --- The care team ------------------------------------------------------------------------------------------


def test_a_place_on_the_care_team_opens_the_chart_until_it_is_ended(clinic, restricted, client):
    client.force_login(clinic.sam)
    path = reverse("care-team", args=[restricted.pk])
    answer = client.post(path, {"person": str(clinic.tess.pk), "reason": "Covers Sam in December"})
    assert answer.status_code == 302
    assert patients_cared_for_by(clinic.tess).filter(pk=restricted.pk).exists()
    place = restricted.care_team.get()
    again = client.post(path, {"person": str(clinic.tess.pk), "reason": "Again"})
    assert again.status_code == 422 and "has a place already" in again.content.decode()
    client.post(reverse("care-team-end", args=[place.pk]))
    assert not sees(clinic.tess, restricted)
    assert [event.verb for event in Event.objects.filter(target=str(place.pk))] == [
        verbs.CARE_TEAM_LEFT,
        verbs.CARE_TEAM_JOINED,
    ]


def test_a_place_is_for_people_who_chart_here(clinic, restricted):
    for person in (clinic.jo, clinic.rae, clinic.una):
        with pytest.raises(Refused, match="somebody who charts in this clinic"):
            emergency.give_place(patient=restricted, person=person, reason="x", by=clinic.sam)
    with pytest.raises(Refused, match="not restricted"):
        emergency.give_place(patient=clinic.patients["stroke"], person=clinic.tess, reason="x", by=clinic.sam)


@pytest.mark.parametrize("move", sorted(lifecycle.MOVES))
def test_in_an_emergency_no_move_of_the_table_is_offered(move, clinic, restricted):
    note = Note.objects.filter(visit__patient=restricted).first()
    clinic.tess.memberships.update(role="supervisor")
    take(clinic, restricted)
    assert lifecycle.why_not(move, note, clinic.tess) == lifecycle.READS_ONLY
    emergency.give_place(patient=restricted, person=clinic.tess, reason="Covers", by=clinic.sam)
    assert lifecycle.why_not(move, note, clinic.tess) != lifecycle.READS_ONLY
