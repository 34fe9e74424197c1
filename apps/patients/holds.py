"""Legal holds: somebody outside wants a chart kept, whatever its age. The only writer.

A hold is a line that is added, and that it is over is another line: neither is changed or removed, which the
database sees to. A chart is held while one hold of any record of the person is open. Midline removes no chart
in any case; what a hold stops are the few things that do go: what an import added, when it is undone
(apps/intake/used.py), and the file of a packet whose time is over (apps/exports/packets/making.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from apps.accounts.models import Clinic, User
from apps.audit import clock, events, verbs
from apps.audit.refused import Refused

from .access import patients_retained_by
from .models import HoldLifted, LegalHold, Patient

LEAST_REASON = 10
NO_SUCH_CHART = "No chart of this clinic has this MRN and date of birth. Check both."


def open_of(records: Iterable[Any] | QuerySet[Patient]) -> QuerySet[LegalHold]:
    """The holds of these records that nobody has lifted."""
    return LegalHold.objects.filter(patient__in=records, lifted=None).select_related("placed_by")


@transaction.atomic
def place(*, patient: Patient, reason: str, by: User) -> LegalHold:
    """Hold a chart. It may be held several times, for one matter each. Raises Refused without a reason."""
    patient = Patient.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=patient.pk)
    if patient.clinic.is_practice:
        raise Refused("This is your practice patient: nobody’s record, and nothing to keep.")
    return _add(patient, _said(reason, "Say who asks for it and in what matter"), by)


@transaction.atomic
def place_by_number(*, clinic: Clinic, mrn: str, born_on: dt.date, reason: str, by: User) -> LegalHold:
    """Hold the chart with this number: who opens no chart knows both, as the letter names them."""
    known = patients_retained_by(by).filter(clinic=clinic, mrn__iexact=mrn.strip(), born_on=born_on)
    patient = known.first()
    if patient is None:
        raise Refused(NO_SUCH_CHART, field="mrn")
    return place(patient=patient, reason=reason, by=by)


@transaction.atomic
def lift(*, hold: LegalHold, reason: str, by: User) -> HoldLifted:
    """Say that a hold is over, and why. Others of the same chart stay."""
    # The patient is locked, since the hold's own row is one that nobody may change.
    patient = Patient.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=hold.patient_id)
    if HoldLifted.objects.filter(hold=hold).exists():
        raise Refused("This hold was lifted already.")
    said = _said(reason, "Say who released it and how")
    lifted = HoldLifted.objects.create(hold=hold, reason=said, lifted_by=by, lifted_at=clock.now())
    events.record(verbs.HOLD_LIFTED, by=by, clinic=patient.clinic, patient=patient, target=hold)
    return lifted


def keep_both(*, one: Patient, other: Patient, since: dt.datetime, by: User) -> None:
    """Two records are taken apart: what was placed on them as on one chart holds each of the two."""
    placed = open_of([one, other]).filter(placed_at__gte=since)
    for hold in list(placed):
        held, free = (one, other) if hold.patient_id == one.pk else (other, one)
        _add(free, f"{hold.reason} (Placed {hold.placed_at:%m/%d/%Y} on one chart with MRN {held.mrn})", by)


def _add(patient: Patient, reason: str, by: User) -> LegalHold:
    hold = LegalHold.objects.create(patient=patient, reason=reason, placed_by=by, placed_at=clock.now())
    events.record(verbs.HOLD_PLACED, by=by, clinic=patient.clinic, patient=patient, target=hold)
    return hold


def _said(reason: str, what: str) -> str:
    reason = reason.strip()
    if len(reason) < LEAST_REASON:
        raise Refused(f"{what}, in at least {LEAST_REASON} characters.", field="reason")
    return reason
