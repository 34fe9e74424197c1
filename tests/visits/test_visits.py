"""Booking a visit, and who came."""

import datetime as dt

import pytest
from django.db.models import F

from apps.audit.refused import Refused
from apps.patients import actions as patients
from apps.patients.access import are_of, patients_cared_for_by
from apps.patients.models import Patient
from apps.visits import actions
from apps.visits.access import visits_charted_by
from apps.visits.models import Attendance, AttendanceRecord, Visit
from tests.accounts.small_clinic import add_note, add_patient, add_visit


def values(world, **changes):
    return {
        "served_on": world.today.isoformat(),
        "expected_at": "14:15",
        "clinician": str(world.tess.pk),
        "assistant": "",
        "student": "",
        "place": "11",
        "coverage": "",
        **changes,
    }


def cover(world, rank=1, starts_on=dt.date(2024, 1, 1), ends_on=None):
    return patients.add_coverage(
        patient=world.grace,
        payer=world.payer,
        member_number=f"N{rank}",
        starts_on=starts_on,
        ends_on=ends_on,
        rank=rank,
        by=world.tess,
    )


def test_a_visit_is_booked_from_the_chart(world, signed_in, happened):
    first = cover(world)
    cover(world, rank=2)
    answer = signed_in(world.tess).post(f"/patients/{world.grace.pk}/visits/add/", values(world))
    assert answer.status_code == 302
    visit = Visit.objects.get(patient=world.grace)
    assert (visit.clinician, visit.expected_at, visit.coverage) == (world.tess, dt.time(14, 15), first)
    assert visit.attendance == Attendance.EXPECTED
    assert happened()[0] == "visit booked"


def test_the_payer_is_the_one_that_covers_the_day(world):
    cover(world, ends_on=world.today - dt.timedelta(days=1))
    second = cover(world, rank=2)
    assert add_visit(world).coverage == second
    assert add_visit(world, days_ago=1).coverage.rank == 1
    assert add_visit(world, patient=add_patient(world)).coverage is None


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("served_on", "", "required"),
        ("served_on", "1850-01-01", "between 1900 and 2100"),
        ("served_on", "1950-01-01", "before the patient"),
        ("served_on", "2099-01-01", "more than a year ahead"),
        ("served_on", "٢٠٢٦-٠١-٠١", "MM/DD/YYYY"),
        ("expected_at", "25:00", "Write the time"),
        ("expected_at", "1_5", "Write the time"),
        ("expected_at", "٠٩:٣٠", "Write the time"),
        ("expected_at", "13:00 pm", "Write the time"),
        ("clinician", "nonsense", "not a valid"),
        ("clinician", "", "required"),
        ("place", "99", "not one of the available choices"),
        ("coverage", "\x00", "Null characters"),
    ],
)
def test_bad_input_is_named_at_its_field(world, signed_in, field, value, message):
    answer = signed_in(world.tess).post(
        f"/patients/{world.grace.pk}/visits/add/", values(world, **{field: value})
    )
    assert answer.status_code == 200
    errors = answer.context["form"].errors
    assert list(errors) == [field] and message in " ".join(errors[field])


def test_times_are_understood_as_they_are_spoken(world, signed_in):
    signed_in(world.tess).post(
        f"/patients/{world.grace.pk}/visits/add/", values(world, expected_at="2:15 PM")
    )
    assert Visit.objects.get(patient=world.grace).expected_at == dt.time(14, 15)


@pytest.mark.parametrize("who", ["una", "stu", "rita", "ada"])
def test_only_people_of_the_clinic_who_treat_are_clinicians(world, signed_in, who):
    answer = signed_in(world.tess).post(
        f"/patients/{world.grace.pk}/visits/add/", values(world, clinician=str(getattr(world, who).pk))
    )
    assert list(answer.context["form"].errors) == ["clinician"]


def test_coverage_that_does_not_reach_the_day_is_refused(world, signed_in):
    ended = cover(world, ends_on=world.today - dt.timedelta(days=1))
    answer = signed_in(world.tess).post(
        f"/patients/{world.grace.pk}/visits/add/", values(world, coverage=str(ended.pk))
    )
    assert "does not include the date" in " ".join(answer.context["form"].errors["coverage"])


def test_pressing_twice_books_once(world, signed_in):
    client = signed_in(world.tess)
    url = f"/patients/{world.grace.pk}/visits/add/"
    client.post(url, values(world))
    assert "booked already" in client.post(url, values(world)).content.decode()
    assert Visit.objects.filter(patient=world.grace).count() == 1


def test_nobody_is_on_a_visit_twice(world):
    with pytest.raises(Refused, match="twice"):
        add_visit(world, assistant=world.tess)


# --- Attendance -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("attendance", ["cancelled", "no_show", "refused", "cut_short"])
def test_an_absence_needs_its_reason_and_is_logged_with_it(world, signed_in, attendance, happened):
    visit = add_visit(world)
    client = signed_in(world.tess)
    url = f"/visits/{visit.pk}/attendance/"
    answer = client.post(url, {"attendance": attendance, "reason": " "})
    assert answer.context["form"].errors == {"reason": ["Write the reason."]}
    assert client.post(url, {"attendance": attendance, "reason": "Transport"}).status_code == 302
    visit.refresh_from_db()
    assert (visit.attendance, visit.attendance_reason) == (attendance, "Transport")
    record = visit.attendance_records.get()
    assert (record.attendance, record.reason, record.recorded_by) == (attendance, "Transport", world.tess)
    assert happened()[0] == "attendance recorded"


def test_what_was_said_before_stays_in_the_log(world):
    visit = add_visit(world)
    actions.record_attendance(visit=visit, attendance="no_show", reason="No call", by=world.tess)
    actions.record_attendance(visit=visit, attendance="attended", by=world.tess)
    assert [one.attendance for one in visit.attendance_records.all()] == ["attended", "no_show"]


def test_saying_the_same_again_adds_no_line(world):
    visit = add_visit(world)
    for _ in range(2):
        actions.record_attendance(visit=visit, attendance="attended", by=world.tess)
    assert AttendanceRecord.objects.filter(visit=visit).count() == 1


TREATED = {"attended", "cut_short"}
BLOCKED = {
    None: set(),
    "discarded": set(),
    "draft": {"cancelled", "no_show", "refused"},
    "signed": set(Attendance.values) - TREATED - {"expected"},
}


@pytest.mark.parametrize("status", BLOCKED)
@pytest.mark.parametrize("attendance", [value for value in Attendance.values if value != "expected"])
def test_a_note_and_an_absence_exclude_each_other(world, status, attendance):
    visit = add_visit(world)
    if status:
        add_note(visit, world.tess, status)
    if attendance in BLOCKED[status]:
        with pytest.raises(Refused, match="Discard the draft first" if status == "draft" else "is signed"):
            actions.record_attendance(visit=visit, attendance=attendance, reason="Why", by=world.tess)
    else:
        actions.record_attendance(visit=visit, attendance=attendance, reason="Why", by=world.tess)


def test_a_signed_visit_is_not_expected_again(world):
    visit = add_visit(world)
    actions.record_attendance(visit=visit, attendance="attended", by=world.tess)
    add_note(visit, world.tess, "signed")
    with pytest.raises(Refused, match="is signed"):
        actions.record_attendance(visit=visit, attendance="expected", by=world.tess)


@pytest.mark.parametrize("attendance", ["attended", "cut_short", "no_show", "refused"])
def test_what_is_still_to_come_can_only_be_cancelled(world, attendance):
    visit = add_visit(world, days_ago=-1)
    with pytest.raises(Refused, match="still to come"):
        actions.record_attendance(visit=visit, attendance=attendance, reason="Why", by=world.tess)
    actions.record_attendance(visit=visit, attendance="cancelled", reason="Away", by=world.tess)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"attendance": "perhaps"}, "attendance"),
        ({"attendance": ""}, "attendance"),
        ({"attendance": "cancelled", "reason": "x" * 1_000_000}, "reason"),
        ({"attendance": "cancelled", "reason": "a\x00b"}, "reason"),
    ],
)
def test_bad_attendance_is_named_at_its_field(world, signed_in, sent, field):
    answer = signed_in(world.tess).post(f"/visits/{add_visit(world).pk}/attendance/", sent)
    assert answer.status_code == 200 and list(answer.context["form"].errors) == [field]


@pytest.mark.parametrize("who", ["una", "stu", "rita", "ada"])
def test_attendance_is_recorded_by_those_who_chart_in_the_clinic(world, signed_in, who):
    visit = add_visit(world, student=world.stu)
    client = signed_in(getattr(world, who))
    assert client.get(f"/visits/{visit.pk}/attendance/").status_code == 404
    assert client.post(f"/visits/{visit.pk}/attendance/", {"attendance": "attended"}).status_code == 404


# --- The log --------------------------------------------------------------------------------------------


def test_the_log_holds_the_records_between_two_dates(world, signed_in):
    inside, outside = add_visit(world, days_ago=3), add_visit(world, days_ago=60, patient=add_patient(world))
    for visit in (inside, outside):
        actions.record_attendance(visit=visit, attendance="no_show", reason="No call", by=world.tess)
    client = signed_in(world.tess)
    text = client.get("/attendance/").content.decode()
    assert "Okafor, Grace" in text and "Quill" not in text and "No call" in text
    early = (world.today - dt.timedelta(days=90)).isoformat()
    assert "Quill" in client.get("/attendance/", {"start": early}).content.decode()


def test_the_log_is_the_clinics_own(world, signed_in):
    actions.record_attendance(visit=add_visit(world), attendance="attended", by=world.tess)
    assert "Okafor" not in signed_in(world.una).get("/attendance/").content.decode()
    assert "Okafor" in signed_in(world.rita).get("/attendance/").content.decode()
    for who in ("stu", "ada"):
        assert signed_in(getattr(world, who)).get("/attendance/").status_code == 404
    assert signed_in(world.tess).post("/attendance/").status_code == 405


@pytest.mark.parametrize(
    "query",
    [
        {"start": "nonsense"},
        {"start": "2026-02-01", "end": "2026-01-01"},
        {"end": "1850-01-01"},
        {"start": "\x00", "page": str(10**30)},
        {"start": "", "end": ""},
    ],
)
def test_bad_dates_get_a_page_and_a_message(world, signed_in, query):
    answer = signed_in(world.tess).get("/attendance/", query)
    assert answer.status_code == 200
    assert ("is-invalid" in answer.content.decode()) == any(query.values())


def test_whoever_is_on_a_visit_cares_for_its_patient_also_where_the_chart_is_restricted(clinic):
    """So `visits_charted_by` need not ask for the chart."""
    Patient.objects.update(is_restricted=True)
    assert not Visit.objects.exclude(clinic=F("patient__clinic")).exists()
    for person in clinic.people:
        charted = visits_charted_by(person)
        assert set(charted) == set(charted.filter(are_of(patients_cared_for_by(person)))), person.name
    assert visits_charted_by(clinic.tess).exists() and visits_charted_by(clinic.jo).exists()
