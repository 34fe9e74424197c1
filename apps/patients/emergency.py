"""Emergency access to a restricted chart, and places on its care team. The only writer of both.

Emergency access is a way to read, for an hour and a stated reason. It gives no
right to write or sign: everything that writes asks `patients_cared_for_by`.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from apps.accounts.access import CHARTING
from apps.accounts.models import Clinic, User
from apps.audit import clock, events, verbs
from apps.audit.refused import Refused

from .access import open_emergency_accesses, patients_cared_for_by
from .models import CareTeamPlace, EmergencyAccess, Patient

LASTS = dt.timedelta(minutes=60)
LEAST_REASON = 10
NO_SUCH_CHART = (
    "No restricted chart has this MRN and date of birth. Check both; a chart that is not restricted is "
    "found under Patients."
)


@transaction.atomic
def take(*, clinic: Clinic, mrn: str, born_on: dt.date, reason: str, by: User) -> EmergencyAccess:
    """Open a restricted chart for an hour. Raises Refused without a reason, and for a chart that is none.

    Who asks must know the number and the date of birth: there is no list to choose from.
    """
    reason = reason.strip()
    if len(reason) < LEAST_REASON:
        raise Refused(
            f"Say why you need this chart now, in at least {LEAST_REASON} characters. A supervisor reads it.",
            field="reason",
        )
    patient = Patient.objects.filter(
        clinic=clinic, mrn__iexact=mrn.strip(), born_on=born_on, is_restricted=True
    ).first()
    if patient is None:
        raise Refused(NO_SUCH_CHART, field="mrn")
    if patients_cared_for_by(by).filter(pk=patient.pk).exists():
        raise Refused("You see this chart already: find it under Patients.", field="mrn")
    still_open = open_emergency_accesses(by).filter(patient=patient).first()
    if still_open:
        return still_open
    now = clock.now()
    access = EmergencyAccess.objects.create(
        patient=patient, person=by, reason=reason, taken_at=now, ends_at=now + LASTS
    )
    events.record(verbs.EMERGENCY_ACCESS, by=by, clinic=clinic, patient=patient, target=access)
    return access


@transaction.atomic
def end(*, access: EmergencyAccess, by: User) -> EmergencyAccess:
    """Close the chart again before the hour is over."""
    access = EmergencyAccess.objects.select_for_update().get(pk=access.pk)
    now = clock.now()
    if access.ends_at > now:
        access.ends_at = now
        access.save(update_fields=["ends_at"])
        patient = access.patient
        events.record(
            verbs.EMERGENCY_ACCESS_ENDED, by=by, clinic=patient.clinic, patient=patient, target=access
        )
    return access


@transaction.atomic
def review(*, access: EmergencyAccess, words: str = "", by: User) -> EmergencyAccess:
    """A supervisor says that they have seen it. Nobody does that for themselves."""
    access = EmergencyAccess.objects.select_for_update().get(pk=access.pk)
    if access.person_id == by.pk:
        raise Refused("This was your own emergency access. Another supervisor looks at it.")
    if access.reviewed_at:
        raise Refused("Somebody has looked at this already.")
    access.reviewed_by, access.reviewed_at, access.review_words = by, clock.now(), words.strip()
    access.save(update_fields=["reviewed_by", "reviewed_at", "review_words"])
    patient = access.patient
    events.record(
        verbs.EMERGENCY_ACCESS_REVIEWED, by=by, clinic=patient.clinic, patient=patient, target=access
    )
    return access


@transaction.atomic
def give_place(*, patient: Patient, person: User, reason: str, by: User) -> CareTeamPlace:
    """Let somebody who charts in the clinic see and chart a restricted chart without a visit of their own."""
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    if not patient.is_restricted:
        raise Refused("This chart is not restricted: everybody who charts in the clinic sees it.")
    if not person.memberships.filter(clinic=patient.clinic_id, is_active=True, role__in=CHARTING).exists():
        raise Refused("Choose somebody who charts in this clinic.", field="person")
    if not reason.strip():
        raise Refused("Say what they do for this patient.", field="reason")
    if CareTeamPlace.objects.filter(patient=patient, person=person, ended_at=None).exists():
        raise Refused("This person has a place already.", field="person")
    place = CareTeamPlace.objects.create(
        patient=patient, person=person, reason=reason.strip(), given_by=by, given_at=clock.now()
    )
    events.record(
        verbs.CARE_TEAM_JOINED,
        by=by,
        clinic=patient.clinic,
        patient=patient,
        target=place,
        person=str(person.pk),
    )
    return place


@transaction.atomic
def end_place(*, place: CareTeamPlace, by: User) -> CareTeamPlace:
    place = CareTeamPlace.objects.select_for_update().get(pk=place.pk)
    if place.ended_at:
        raise Refused("This place was ended already.")
    place.ended_by, place.ended_at = by, clock.now()
    place.save(update_fields=["ended_by", "ended_at"])
    patient = place.patient
    events.record(
        verbs.CARE_TEAM_LEFT,
        by=by,
        clinic=patient.clinic,
        patient=patient,
        target=place,
        person=str(place.person_id),
    )
    return place
