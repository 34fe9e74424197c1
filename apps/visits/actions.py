"""The only writer of visits and of the attendance log."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from apps.accounts.access import CHARTING
from apps.accounts.models import Membership
from apps.audit import clock, events, verbs
from apps.audit.refused import Refused
from apps.patients import merging
from apps.patients.models import Coverage

from .models import Attendance, AttendanceRecord, Visit

NEEDS_REASON = (Attendance.CUT_SHORT, Attendance.CANCELLED, Attendance.NO_SHOW, Attendance.REFUSED)
NOT_TREATED = (Attendance.CANCELLED, Attendance.NO_SHOW, Attendance.REFUSED)
KNOWN_BEFORE = (Attendance.EXPECTED, Attendance.CANCELLED)
"""What can be said of a visit before its day."""

FURTHEST = dt.timedelta(days=366)


def coverage_on(patient, day: dt.date) -> Coverage | None:
    """The coverage that is billed first for the patient on `day`."""
    covering = [
        coverage for coverage in patient.coverages.order_by("rank", "-starts_on") if coverage.covers(day)
    ]
    return covering[0] if covering else None


def check_works_here(person, clinic, field: str, roles=None) -> None:
    memberships = Membership.objects.filter(user=person, clinic=clinic, is_active=True)
    if not (memberships.filter(role__in=roles) if roles else memberships).exists():
        raise Refused("Choose somebody who works in this clinic.", field=field)


@transaction.atomic
def book(
    *,
    patient,
    clinician,
    served_on,
    expected_at=None,
    assistant=None,
    student=None,
    place="11",
    coverage=None,
    by,
) -> Visit:
    """Expect a visit. Without a `coverage` it gets the one billed first on that day, if there is one."""
    clinic = patient.clinic
    merging.check_goes_on_here(patient)
    if served_on < patient.born_on:
        raise Refused("The visit is before the patient's date of birth.", field="served_on")
    if served_on > clock.today(clinic.time_zone) + FURTHEST:
        raise Refused("The visit is more than a year ahead.", field="served_on")
    check_works_here(clinician, clinic, "clinician", CHARTING)
    if assistant:
        check_works_here(assistant, clinic, "assistant")
    if student:
        check_works_here(student, clinic, "student")
    if len({person.pk for person in (clinician, assistant, student) if person}) < 1 + bool(assistant) + bool(
        student
    ):
        raise Refused(
            "One person cannot be on the visit twice.", field="assistant" if assistant else "student"
        )
    if coverage and coverage.patient_id != patient.pk:
        raise Refused("Choose a coverage of this patient.", field="coverage")
    if coverage and not coverage.covers(served_on):
        raise Refused("This coverage does not include the date of service.", field="coverage")
    same = Visit.objects.filter(
        patient=patient, clinician=clinician, served_on=served_on, attendance=Attendance.EXPECTED
    )
    if expected_at and same.filter(expected_at=expected_at).exists():
        raise Refused("This visit is booked already.", field="expected_at")
    visit = Visit.objects.create(
        clinic=clinic,
        patient=patient,
        clinician=clinician,
        assistant=assistant,
        student=student,
        served_on=served_on,
        expected_at=expected_at,
        place=place,
        coverage=coverage or coverage_on(patient, served_on),
    )
    events.record(verbs.VISIT_BOOKED, by=by, clinic=clinic, patient=patient, target=visit)
    return visit


@transaction.atomic
def record_attendance(*, visit, attendance, reason="", by) -> Visit:
    """Say whether the patient came. What was said before stays in the attendance log."""
    visit = Visit.objects.select_for_update().get(pk=visit.pk)
    reason = reason.strip()
    if attendance in NEEDS_REASON and not reason:
        raise Refused("Write the reason.", field="reason")
    if (visit.attendance, visit.attendance_reason) == (attendance, reason):
        return visit
    if attendance not in KNOWN_BEFORE and visit.served_on > clock.today(visit.clinic.time_zone):
        raise Refused("This visit is still to come: it can only be cancelled.", field="attendance")
    # Visits do not know notes (imports run one way); the relation is asked for by its name.
    notes = set(visit.notes.values_list("status", flat=True))
    if "signed" in notes and attendance not in (Attendance.ATTENDED, Attendance.CUT_SHORT):
        raise Refused(
            "The note of this visit is signed: it says that the patient was treated.", field="attendance"
        )
    if notes & {"draft", "in_review"} and attendance in NOT_TREATED:
        raise Refused("This visit has a draft note. Discard the draft first.", field="attendance")
    visit.attendance = attendance
    visit.attendance_reason = reason
    visit.save(update_fields=["attendance", "attendance_reason"])
    AttendanceRecord.objects.create(
        visit=visit, attendance=attendance, reason=reason, recorded_by=by, recorded_at=clock.now()
    )
    events.record(
        verbs.ATTENDANCE_RECORDED,
        by=by,
        clinic=visit.clinic,
        patient=visit.patient,
        target=visit,
        attendance=str(attendance),
    )
    return visit
