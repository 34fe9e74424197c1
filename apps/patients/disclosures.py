"""What was given out of a chart, to whom and why, for the patient who asks (45 CFR 164.528)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from apps.accounts.models import Clinic, User
from apps.audit import clock, events, verbs
from apps.audit.refused import Refused

from .models import Disclosure, Patient


def check_is_somebodys(clinic: Clinic) -> None:
    """Raises Refused in a practice clinic, in which no chart is anybody's."""
    if clinic.is_practice:
        raise Refused("This is your practice patient: nobody’s record, and nothing leaves it.")


@transaction.atomic
def record(
    *,
    patient: Patient,
    made_on: dt.date,
    recipient: str,
    words: str,
    purpose: str,
    address: str = "",
    by: User,
) -> Disclosure:
    """Add a line. What leaves through Midline is added by whatever sends it; the rest by hand. Raises Refused
    for a date to come, and for a practice patient: a line is never removed, and a practice is.
    """
    check_is_somebodys(patient.clinic)
    if made_on > clock.today(patient.clinic.time_zone):
        raise Refused("This date is still to come.", field="made_on")
    disclosure = Disclosure.objects.create(
        patient=patient,
        made_on=made_on,
        recipient=recipient.strip(),
        address=address.strip(),
        words=words.strip(),
        purpose=purpose.strip(),
        recorded_by=by,
        recorded_at=clock.now(),
    )
    # To whom and why stand in the row: the trail holds no words about a patient.
    events.record(verbs.DISCLOSURE_RECORDED, by=by, clinic=patient.clinic, patient=patient, target=disclosure)
    return disclosure
