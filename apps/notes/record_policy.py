"""What a clinic asks of its record, by date of service: who is cosigned, when a note is late. Read, and set.

State law and payers differ, so nothing is asked until an administrator enters it, with its source. An edition
is never changed: a new one applies from its own day on, and yesterday's notes keep yesterday's.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.accounts.models import Clinic, Credential, User
from apps.audit import clock, events, verbs
from apps.audit.refused import Refused
from apps.compliance import limits

from .models import Note, RecordPolicy

ABOVE = {Credential.PTA: Credential.PT, Credential.OTA: Credential.OT}
"""Who cosigns whom."""

LONGEST = 24 * 60
"""Hours after the day of service: sixty days."""

DAYS_UNLESS_SET = 3


@dataclass(frozen=True)
class Late:
    """How late a note is: whole days after the date of service, and the hours that the policy allows."""

    days: int
    hours: int


def in_force(clinic: UUID, day: dt.date) -> RecordPolicy | None:
    """The edition that applies to a date of service, or None where the clinic has set none."""
    found = RecordPolicy.objects.filter(clinic=clinic, applies_from__lte=day)
    return found.order_by("-applies_from", "-id").first()


def lateness(note: Note) -> Late | None:
    """Is the note, signed now, a late entry by the clinic's policy? Asks the database only after the day."""
    day, today = note.visit.served_on, clock.today(note.clinic.time_zone)
    if today <= day:
        return None
    policy = in_force(note.clinic_id, day)
    hours = policy.late_after_hours if policy else 24 * (limits.late_entry_days(day) or DAYS_UNLESS_SET)
    # In UTC before hours are added: on the wall, three days over a change of the clocks have 71 hours or 73.
    ends = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), note.clinic.zone).astimezone(dt.UTC)
    if clock.now() <= ends + dt.timedelta(hours=hours):
        return None
    return Late(days=(today - day).days, hours=hours)


def cosignature_asked(clinic: UUID, day: dt.date, by: User) -> dict[str, Any] | None:
    """The cosignature that the policy asks for what `by` signs, as plain values for a payload."""
    above = ABOVE.get(Credential(by.credential))
    policy = in_force(clinic, day) if above else None
    if above is None or policy is None or not policy.cosigns_assistants:
        return None
    return {
        "of": above.value,
        "source": policy.source,
        "applies_from": policy.applies_from.isoformat(),
    }


@transaction.atomic
def set_policy(
    *,
    clinic: Clinic,
    applies_from: dt.date,
    cosigns_assistants: bool,
    late_after_hours: int,
    source: str,
    by: User,
) -> RecordPolicy:
    """Add an edition of the clinic's policy. Refused without a source, or for a day that has passed."""
    if not source.strip():
        raise Refused("Name the regulation, or the clinic's own policy, that asks for it.", field="source")
    if applies_from < clock.today(clinic.time_zone):
        raise Refused("A policy cannot change what was asked on a day that has passed.", field="applies_from")
    if not 0 <= late_after_hours <= LONGEST:
        raise Refused(f"Write between 0 and {LONGEST} hours.", field="late_after_hours")
    policy = RecordPolicy.objects.create(
        clinic=clinic,
        applies_from=applies_from,
        cosigns_assistants=cosigns_assistants,
        late_after_hours=late_after_hours,
        source=source.strip(),
        set_by=by,
        set_at=clock.now(),
    )
    events.record(
        verbs.RECORD_POLICY_SET,
        by=by,
        clinic=clinic,
        target=policy,
        applies_from=applies_from.isoformat(),
        cosigns_assistants=cosigns_assistants,
        late_after_hours=late_after_hours,
    )
    return policy
