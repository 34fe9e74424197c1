"""Counts and dates that the manuals set, by date of service. They are in data/limits.toml."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from .timeline import dated


def threshold(discipline: str, day: date) -> Decimal | None:
    """The year's allowed charges from which KX attests need: PT shares one with SLP, OT has its own."""
    value = dated("limits", "threshold_ot" if discipline == "OT" else "threshold_pt_slp").value_on(day)
    return None if value is None else Decimal(value)


def report_every(day: date) -> int | None:
    """Treatment days between progress reports."""
    return dated("limits", "report_every_treatment_days").value_on(day)


def unsigned_hours(day: date) -> int | None:
    """Hours after the day of service after which an unsigned note is pointed out. It marks nothing late."""
    return dated("limits", "unsigned_hours").value_on(day)


def licence_ahead_days(day: date) -> int | None:
    """Days before a licence ends from which people are told."""
    return dated("limits", "licence_ahead_days").value_on(day)


def late_entry_days(day: date) -> int | None:
    """Days after which the clinic calls a note a late entry."""
    return dated("limits", "late_entry_days").value_on(day)
