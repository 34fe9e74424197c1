"""What Medicare would pay for a day's signed notes: an estimate, and the locality factors that it uses.

It reads signed words only. Nothing that somebody charts or signs with imports it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from apps.accounts.models import Clinic, User
from apps.audit import clock, events, verbs
from apps.audit.refused import Refused
from apps.compliance import rates
from apps.ledger import chain
from apps.ledger.models import LedgerEntry
from apps.notes.document import signed_entry
from apps.notes.models import Note

from . import supported
from .models import ClinicLocality

FACTORS = ("work", "practice_expense", "malpractice")
LEAST, MOST = Decimal("0.1"), Decimal(5)
"""Wider than any locality's factors have been: what is beyond is a slip of the hand."""

BY_ASSISTANT = {"CQ", "CO"}
MEDICARE = "medicare_b"


@dataclass(frozen=True)
class Signed:
    """A signed note with its entry and the words in it."""

    note: Note
    entry: LedgerEntry
    payload: dict[str, Any]


@dataclass(frozen=True)
class DayEstimate:
    """The estimate for a patient's day, and what a reader has to know about it."""

    estimate: rates.Estimate
    sources: tuple[Signed, ...]
    locality: ClinicLocality | None
    cautions: tuple[str, ...]


def of(notes: Iterable[Note], *, clinic: Clinic, day: dt.date) -> DayEstimate:
    """The estimate for the signed notes of one patient and day.

    They go together, all disciplines at once: the reduction for several procedures
    counts the patient's day. Commonly known (CMS MLN MM7050), not verified.
    """
    signed = tuple(_read(note) for note in notes)
    cautions: list[str] = []
    services: list[rates.Service] = []
    by_discipline: dict[str, list[Signed]] = defaultdict(list)
    for one in sorted(signed, key=lambda one: one.entry.seq):
        by_discipline[one.payload["note"]["discipline"]].append(one)
    for of_discipline in by_discipline.values():
        services += _services(of_discipline, cautions)
    cautions += _about_payers(signed)
    locality = locality_on(clinic, day)
    place = rates.Locality(*(getattr(locality, name) for name in FACTORS)) if locality else None
    if locality is None:
        cautions.append("The clinic has entered no locality factors for this date: national figures, all 1.")
    return DayEstimate(rates.estimate(services, day, place), signed, locality, tuple(cautions))


def _read(note: Note) -> Signed:
    entry = signed_entry(note)
    return Signed(note, entry, chain.read(entry))


def _services(signed: list[Signed], cautions: list[str]) -> list[rates.Service]:
    """One discipline's lines."""
    payloads = [one.payload for one in signed]
    if supported.is_open(payloads):
        label = payloads[-1]["note"]["discipline_label"]
        cautions.append(f"{label}: how the payer counts units is open, so timed codes are left out.")
    assisted = {
        line["code"]
        for one in signed
        for line in (*one.payload["units"]["lines"], *one.payload["units"]["untimed"])
        if BY_ASSISTANT & set(line["modifiers"])
    }
    return [
        rates.Service(line["code"], line["units"], by_assistant=line["code"] in assisted)
        for line in supported.lines(payloads)
        if line["units"]
    ]


def _about_payers(signed: Iterable[Signed]) -> list[str]:
    others = {
        payer["name"] for one in signed if (payer := one.payload["payer"]) and payer["policy"] != MEDICARE
    }
    said = [f"{name} pays by its own figures; these are Medicare's." for name in sorted(others)]
    if any(one.payload["payer"] is None for one in signed):
        said.append("A note has no payer; the figures are Medicare's.")
    if any(one.payload["review"]["holds_billing"] for one in signed):
        said.append("A finding holds the claim until a person has cleared it.")
    return said


def locality_on(clinic: Clinic, day: dt.date) -> ClinicLocality | None:
    """The factors in force on a date of service."""
    return ClinicLocality.objects.filter(clinic=clinic, starts_on__lte=day).order_by("-starts_on").first()


@transaction.atomic
def set_locality(
    *,
    clinic: Clinic,
    starts_on: dt.date,
    work: Decimal,
    practice_expense: Decimal,
    malpractice: Decimal,
    by: User,
) -> ClinicLocality:
    """Enter the factors from a day on; those entered for the same day are corrected.

    Raises Refused for a factor that no locality has.
    """
    factors = {"work": work, "practice_expense": practice_expense, "malpractice": malpractice}
    for name, factor in factors.items():
        if not LEAST <= factor <= MOST:
            raise Refused(f"A factor lies between {LEAST} and {MOST}; 1 is the national figure.", field=name)
    # The clinic's row, because the factors may have none yet that could be locked.
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    before = ClinicLocality.objects.filter(clinic=clinic, starts_on=starts_on).first()
    was = {name: str(getattr(before, name)) for name in FACTORS} if before else {}
    values = {**factors, "set_by": by, "set_at": clock.now()}
    row, _ = ClinicLocality.objects.update_or_create(clinic=clinic, starts_on=starts_on, defaults=values)
    events.record(
        verbs.LOCALITY_SET,
        by=by,
        clinic=clinic,
        target=row,
        starts_on=starts_on.isoformat(),
        was=was,
        now={name: str(factor) for name, factor in factors.items()},
    )
    return row
