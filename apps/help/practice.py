"""One's own practice patient and note, in a clinic of one's own in which nothing is ever signed.

A clinic apart, because everything in Midline belongs to one and stays there: search, lists, figures, packets,
billing, the row security of PostgreSQL. What a practice clinic adds is said in two places: `signer` refuses
each signature in it, and `lifecycle` offers no move that leads there or to another person.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import ProtectedError

from apps.accounts import row_security
from apps.accounts.access import CHARTING, memberships_of, role_in
from apps.accounts.models import Clinic, Membership, Role, User
from apps.audit import clock, events, verbs
from apps.audit.refused import Refused
from apps.notes import actions as notes
from apps.notes.models import Note, Status
from apps.patients import actions as patients
from apps.patients.models import Patient, Sex
from apps.visits.models import Visit

NAME = "PRACTICE, nobody’s record"
PRACTISES = (*CHARTING, Role.STUDENT)
BORN_ON = dt.date(1950, 1, 1)


def of(user: User) -> Clinic | None:
    """The person's practice clinic, where they have one."""
    return next((one.clinic for one in memberships_of(user) if one.clinic.is_practice), None)


@transaction.atomic
def begin(*, clinic: Clinic, by: User) -> Note:
    """The person's practice note, begun anew where there is none. Raises Refused for who does not chart."""
    mine = of(by)
    if mine is not None:
        note = Note.objects.filter(clinic=mine, status=Status.DRAFT).first()
        return note or _note(Patient.objects.filter(clinic=mine)[0], by)
    if role_in(by, clinic) not in PRACTISES:
        raise Refused("Practice notes are for those who chart.")
    mine = Clinic.objects.create(
        name=NAME, address=clinic.address, phone=clinic.phone, time_zone=clinic.time_zone, is_practice=True
    )
    Membership.objects.create(user=by, clinic=mine, role=role_in(by, clinic))
    forget_memberships(by)
    patient = patients.add_patient(
        clinic=mine,
        mrn="PRACTICE",
        family_name="Practice",
        given_name="Nobody",
        born_on=BORN_ON,
        sex=Sex.OTHER,
        by=by,
    )
    events.record(verbs.PRACTICE_BEGUN, by=by, clinic=mine, target=mine)
    return _note(patient, by)


def _note(patient: Patient, by: User) -> Note:
    if role_in(by, patient.clinic) != Role.STUDENT:
        return notes.start_now(patient=patient, by=by)
    # A student is on a visit beside the professional, and here there is nobody else: `visits.book` would
    # rightly refuse it.
    today = clock.today(patient.clinic.time_zone)
    visit, _ = Visit.objects.get_or_create(
        clinic=patient.clinic, patient=patient, served_on=today, defaults={"clinician": by, "student": by}
    )
    return notes.start(visit=visit, by=by)


@transaction.atomic
def remove(*, clinic: Clinic, by: User) -> None:
    """Delete the practice clinic with everything in it; what the audit trail says of it stays."""
    if not clinic.is_practice or clinic.pk not in {one.clinic_id for one in memberships_of(by)}:
        raise Refused("Only your own practice can be removed.")
    events.record(verbs.PRACTICE_REMOVED, by=by, clinic=clinic, target=clinic)
    _delete(clinic)
    forget_memberships(by)


def _delete(row) -> None:
    """Delete a row, and before it what holds on to it."""
    while True:
        try:
            row.delete()
        except ProtectedError as held:
            for other in list(held.protected_objects):
                _delete(other)
        else:
            return


def forget_memberships(user: User) -> None:
    """Ask for them anew, and let the connection see the rows of those clinics alone."""
    # A request's user is a wrapper with a __dict__ of its own; an attribute reaches through.
    if hasattr(user, "_memberships"):
        del user._memberships
    row_security.show([one.clinic_id for one in memberships_of(user)])
