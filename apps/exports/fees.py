"""The fee schedule: what it charges for a unit of a code, from a day on. Only billing reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from apps.accounts.models import Clinic, User
from apps.audit import clock, events, verbs
from apps.compliance import codes, rates

from .models import ClinicFee


@dataclass(frozen=True)
class Charge:
    """A line of the day at the clinic's own fee."""

    service: rates.Service
    fee: ClinicFee

    @property
    def amount(self) -> Decimal:
        return self.fee.charge * self.service.units


def on(clinic: Clinic, day: dt.date) -> dict[str, ClinicFee]:
    """Code → the fee in force on a date of service."""
    rows = ClinicFee.objects.filter(clinic=clinic, starts_on__lte=day).order_by("starts_on")
    return {row.code: row for row in rows}


def charges(services: Iterable[rates.Service], *, clinic: Clinic, day: dt.date) -> list[Charge]:
    """The lines for which the clinic has a fee. A line without one is left out, and not guessed."""
    fees = on(clinic, day)
    return [Charge(one, fees[one.code]) for one in services if one.code in fees]


def known_codes() -> list[tuple[str, str]]:
    """The codes that a note can hold, with our own labels."""
    return [(code.code, str(code)) for code in codes.all()]


@transaction.atomic
def set_fee(
    *, clinic: Clinic, code: str, starts_on: dt.date, charge: Decimal, source: str, by: User
) -> ClinicFee:
    """Enter a fee from a day on; one that was entered for the same code and day is corrected."""
    # The clinic's row, because the fee may not be there yet to be locked.
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    before = ClinicFee.objects.filter(clinic=clinic, code=code, starts_on=starts_on).first()
    values = {"charge": charge, "source": source, "set_by": by, "set_at": clock.now()}
    row, _ = ClinicFee.objects.update_or_create(
        clinic=clinic, code=code, starts_on=starts_on, defaults=values
    )
    events.record(
        verbs.FEE_SET,
        by=by,
        clinic=clinic,
        target=row,
        code=code,
        starts_on=starts_on.isoformat(),
        was=str(before.charge) if before else "",
        now=str(charge),
    )
    return row
