"""What is recorded of reading and refusing, and the pages that answer who saw a chart."""

import csv
import io
import uuid

import pytest
from django.urls import reverse

from apps.audit import clock, verbs
from apps.audit.events import record
from apps.audit.models import Event
from apps.demo.world import PASSPHRASE
from apps.notes.models import Note
from apps.patients import emergency
from apps.patients.models import Disclosure
from apps.review import trail
from apps.visits.models import Visit


@pytest.fixture
def stroke(clinic):
    return clinic.patients["stroke"]


@pytest.fixture
def restricted(clinic):
    return clinic.patients["restricted"]


def newest(count=1):
    return list(Event.objects.all()[:count])


def opened(client, name, *args, **query):
    return client.get(reverse(name, args=args), query)


# --- What is recorded -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["patient-edit", "documents", "plan-add", "visit-add", "coverage-add"])
def test_a_page_of_a_chart_that_records_nothing_itself_is_recorded(name, clinic, stroke, client):
    client.force_login(clinic.tess)
    before = Event.objects.count()
    assert opened(client, name, stroke.pk).status_code == 200
    assert Event.objects.count() == before + 1
    (event,) = newest()
    assert (event.verb, event.patient, event.actor) == (
        verbs.PAGE_OPENED,
        str(stroke.pk),
        str(clinic.tess.pk),
    )
    assert event.details == {"page": name}


def test_the_page_on_which_a_note_is_signed_is_recorded_under_its_patient(clinic, stroke, client):
    note = Note.objects.get(visit__patient=stroke, status="draft")
    client.force_login(clinic.tess)
    assert opened(client, "note-sign", note.pk).status_code == 200
    (event,) = newest()
    assert (event.target_type, event.target, event.patient) == ("notes.Note", str(note.pk), str(stroke.pk))


@pytest.mark.parametrize("name", ["today", "patients", "notes", "worklist", "attendance-log"])
def test_a_list_of_patients_is_recorded_as_a_list(name, clinic, client):
    client.force_login(clinic.tess)
    assert opened(client, name).status_code == 200
    (event,) = newest()
    assert (event.verb, event.patient, event.details) == (verbs.LIST_OPENED, "", {"page": name})


def test_a_page_without_patients_is_not_recorded(clinic, client):
    client.force_login(clinic.tess)
    before = Event.objects.count()
    assert opened(client, "rules").status_code == 200
    assert Event.objects.count() == before


def test_a_denial_is_filed_in_the_clinic_of_the_chart_with_who_tried(clinic, stroke, client):
    client.force_login(clinic.una)
    assert opened(client, "patient", stroke.pk).status_code == 404
    (event,) = newest()
    assert (event.verb, event.outcome) == (verbs.ACCESS_DENIED, "refused")
    assert (event.actor, event.patient, event.clinic) == (
        str(clinic.una.pk),
        str(stroke.pk),
        str(clinic.riverside.pk),
    )
    assert (event.target_type, event.details) == ("patients.Patient", {"page": "patient"})


def test_an_id_that_nothing_has_is_recorded_too_and_names_nobody(clinic, client, django_assert_num_queries):
    client.force_login(clinic.una)
    assert opened(client, "patient", uuid.uuid4()).status_code == 404
    (event,) = newest()
    assert (event.verb, event.patient, event.target) == (verbs.ACCESS_DENIED, "", "")


def test_a_real_id_and_a_made_up_one_cost_the_same_queries(clinic, stroke, client):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(clinic.una)
    counts = []
    for id in (stroke.pk, uuid.uuid4()):
        with CaptureQueriesContext(connection) as asked:
            opened(client, "patient", id)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_refused_move_is_recorded_although_its_transaction_is_gone(clinic, client):
    visit = Visit.objects.filter(patient=clinic.patients["stroke"], notes__status="signed").first()
    client.force_login(clinic.tess)
    client.post(reverse("visit-attendance", args=[visit.pk]), {"attendance": "cancelled", "reason": "Rain"})
    (event,) = newest()
    assert (event.verb, event.outcome) == (verbs.MOVE_REFUSED, "refused")
    assert event.details == {"page": "visit-attendance", "fields": ["attendance"]}
    assert event.patient == str(visit.patient_id)


def test_a_wrong_password_is_recorded_under_the_account_and_not_as_it_was_typed(clinic, client):
    before = Event.objects.count()
    client.post(reverse("sign-in"), {"username": "DANA@riverside.example", "password": "not this one"})
    assert Event.objects.count() == before + 1
    (event,) = newest()
    assert (event.verb, event.actor, event.target) == (verbs.SIGN_IN_FAILED, "", str(clinic.tess.pk))
    client.post(reverse("sign-in"), {"username": "nobody@nowhere.example", "password": "not this one"})
    (event,) = newest()
    assert (event.verb, event.target, event.details) == (verbs.SIGN_IN_FAILED, "", {})


def test_a_wrong_password_at_a_signature_is_one_event_and_no_failed_sign_in(clinic, client):
    note = Note.objects.filter(author=clinic.tess, status="draft").first()
    client.force_login(clinic.tess)
    client.post(reverse("note-sign", args=[note.pk]), {"do": "sign", "password": "not this one"})
    verbs_seen = [event.verb for event in newest(4)]
    assert verbs.CONFIRM_FAILED in verbs_seen and verbs.SIGN_IN_FAILED not in verbs_seen


def test_what_its_people_did_at_the_door_is_in_the_clinics_trail_and_in_no_others(clinic, client):
    credentials = {"username": clinic.una.email, "password": "not this one"}
    client.post(reverse("sign-in"), credentials)
    client.post(reverse("sign-in"), {**credentials, "password": PASSPHRASE})
    record(verbs.SIGNED_OUT, by=clinic.una)

    def seen_by(place):
        return set(trail.of_clinic(place).values_list("verb", flat=True))

    at_the_door = {verbs.SIGNED_IN, verbs.SIGN_IN_FAILED, verbs.SIGNED_OUT}
    assert at_the_door <= seen_by(clinic.lakeside)
    assert not at_the_door & seen_by(clinic.riverside)


# --- The pages --------------------------------------------------------------------------------------------


def test_who_saw_this_chart_is_answered_in_one_search(clinic, stroke, client):
    client.force_login(clinic.priya)
    opened(client, "patient", stroke.pk)
    client.force_login(clinic.sam)
    answer = client.post(reverse("trail"), {"q": stroke.mrn}, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(reverse("patient-trail", args=[stroke.pk]), 302)]
    assert "Priya Nair" in page and "Chart opened" in page
    assert "Works in the clinic; no visit with this patient." in page and "Look at this" in page
    assert "On a visit of this patient." in page


def test_the_trail_of_a_chart_costs_the_same_queries_whatever_it_holds(
    clinic, stroke, client, django_assert_max_num_queries
):
    client.force_login(clinic.tess)
    for _ in range(3):
        opened(client, "patient", stroke.pk)
    client.force_login(clinic.sam)
    with django_assert_max_num_queries(18):
        assert opened(client, "patient-trail", stroke.pk).status_code == 200
    with django_assert_max_num_queries(14):
        assert opened(client, "trail").status_code == 200


def test_the_trail_is_filtered_by_person_and_kind_and_sorted_by_what_is_allowed(clinic, stroke, client):
    client.force_login(clinic.tess)
    opened(client, "patient", stroke.pk)
    client.force_login(clinic.sam)
    opened(client, "patient", stroke.pk)

    def lines(**query):
        return opened(client, "patient-trail", stroke.pk, **query).context["lines"]

    assert {line.who for line in lines(person=str(clinic.tess.pk))} == {"Dana Ortiz"}
    assert {line.event.verb for line in lines(kind="seen", person=str(clinic.sam.pk))} <= {
        verbs.CHART_OPENED,
        verbs.TRAIL_OPENED,
        verbs.NOTE_OPENED,
    }
    oldest = [line.event.id for line in lines(sort="oldest")]
    assert oldest == sorted(oldest)
    newest_first = [line.event.id for line in lines(sort="newest")]
    # The form lets no other word through, and what sorts would take none.
    today = clock.today(clinic.riverside.time_zone)
    of_chart = {"clinic": clinic.riverside, "start": today, "end": today}
    for said in ("-actor", "details", "id; DROP TABLE", "details__x", "_connector", "\x00", "１"):
        assert [line.event.id for line in lines(sort=said)][-5:] == newest_first[-5:]
        found = trail.find(trail.of_patient(stroke), **of_chart, sort=said)
        assert found.query.order_by == ("-id",)
    assert opened(client, "patient-trail", stroke.pk, page="1" * 40, person="x", kind="'").status_code == 200


def test_an_administrator_reads_the_trail_and_no_names_of_patients(clinic, stroke, client):
    client.force_login(clinic.tess)
    opened(client, "patient", stroke.pk)
    client.force_login(clinic.alex)
    page = opened(client, "trail").content.decode()
    assert "Dana Ortiz" in page and "Not yours to see" in page
    for patient in clinic.patients.values():
        assert patient.name not in page
    found = client.post(reverse("trail"), {"q": stroke.mrn}).content.decode()
    assert stroke.name not in found


def test_a_saved_trail_is_a_table_that_no_spreadsheet_runs(clinic, stroke, client, told_just_now):
    type(clinic.tess).objects.filter(pk=clinic.tess.pk).update(name='=HYPERLINK("http://x")')
    clinic.tess.refresh_from_db()
    client.force_login(clinic.tess)
    opened(client, "patient", stroke.pk)
    client.force_login(clinic.sam)
    answer = opened(told_just_now(), "patient-trail", stroke.pk, **{"as": "csv"})
    assert answer["Content-Disposition"] == 'attachment; filename="who-saw-a-chart.csv"'
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert rows[0][:3] == ["When (UTC)", "Who", "What"]
    assert any(row[1].startswith("'=HYPERLINK") for row in rows)
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert newest()[0].verb == verbs.TRAIL_EXPORTED


def test_what_was_given_out_is_accounted_for(clinic, stroke, client, told_just_now):
    client.force_login(clinic.rae)
    path = reverse("disclosures", args=[stroke.pk])
    form = {
        "made_on": "2026-11-18",
        "recipient": "County court",
        "words": "Notes of May",
        "purpose": "Subpoena",
    }
    assert client.post(path, form).status_code == 302
    row = Disclosure.objects.get()
    assert (row.recipient, row.recorded_by) == ("County court", clinic.rae)
    page = client.get(path).content.decode()
    assert "County court" in page and "Subpoena" in page
    assert client.post(path, {**form, "made_on": "2026-12-24"}).status_code == 422
    assert Disclosure.objects.count() == 1
    body = b"".join(told_just_now().get(path, {"as": "csv"}).streaming_content).decode()
    assert "County court" in body


# --- Emergency access -------------------------------------------------------------------------------------


def take(clinic, restricted, by, reason="She fell in the corridor"):
    return emergency.take(
        clinic=clinic.riverside, mrn=restricted.mrn, born_on=restricted.born_on, reason=reason, by=by
    )


def test_the_trail_says_that_a_chart_was_seen_in_an_emergency_and_why(clinic, restricted, client):
    take(clinic, restricted, clinic.tess)
    client.force_login(clinic.tess)
    assert opened(client, "patient", restricted.pk).status_code == 200
    client.force_login(clinic.sam)
    page = opened(client, "patient-trail", restricted.pk).content.decode()
    assert "Emergency access: She fell in the corridor" in page


def test_supervisors_see_the_reason_and_every_page_and_say_that_they_did(clinic, restricted, client):
    access = take(clinic, restricted, clinic.tess)
    client.force_login(clinic.tess)
    opened(client, "patient", restricted.pk)
    opened(client, "documents", restricted.pk)
    clock.set_to(access.ends_at.replace(minute=59))
    client.force_login(clinic.sam)
    page = opened(client, "emergency-report").content.decode()
    assert "Dana Ortiz" in page and "She fell in the corridor" in page
    assert "Chart opened" in page and "documents" in page and "To look at" in page
    client.post(reverse("emergency-reviewed", args=[access.pk]), {"words": "Rightly so"})
    access.refresh_from_db()
    assert (access.reviewed_by, access.review_words) == (clinic.sam, "Rightly so")
    assert newest()[0].verb == verbs.EMERGENCY_ACCESS_REVIEWED


def test_nobody_looks_at_their_own_emergency_access(clinic, restricted, client):
    Visit.objects.filter(patient=restricted).update(clinician=clinic.tess)
    access = take(clinic, restricted, clinic.sam)
    client.force_login(clinic.sam)
    client.post(reverse("emergency-reviewed", args=[access.pk]), {"words": ""})
    access.refresh_from_db()
    assert access.reviewed_at is None
