"""Weeks, and how long a signature took. Pure: dates and moments in, numbers out."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Took:
    """From the end of a visit to the signature, in hours. `median` and `late` are None without any."""

    number: int
    median: float | None = None
    late: float | None = None
    """Nine of ten took no longer: the smallest value that at least 90 % do not exceed (nearest rank)."""


def weeks(today: dt.date, number: int) -> tuple[dt.date, ...]:
    """The Mondays of the last weeks, today's the last of them."""
    monday = today - dt.timedelta(days=today.weekday())
    return tuple(monday - dt.timedelta(weeks=back) for back in range(number - 1, -1, -1))


def week_of(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def ended_at(
    day: dt.date, ends_at: dt.time | None, expected_at: dt.time | None, zone: dt.tzinfo
) -> dt.datetime | None:
    """When the visit ended as charted, else when it was expected to begin; None where nobody said a time."""
    time = ends_at or expected_at
    return dt.datetime.combine(day, time, zone) if time else None


def hours_between(ended: dt.datetime, signed: dt.datetime) -> float:
    """Never below 0: who signs in the last minute of the visit took no time."""
    return max((signed - ended).total_seconds() / 3600, 0.0)


def took(hours: Iterable[float]) -> Took:
    found = sorted(hours)
    if not found:
        return Took(0)
    return Took(len(found), median(found), found[math.ceil(0.9 * len(found)) - 1])


def in_words(hours: float | None) -> str:
    """As a person says it: minutes below an hour, days from two on."""
    if hours is None:
        return "–"
    if hours < 1:
        return f"{round(hours * 60)} min"
    if hours < 48:
        return f"{hours:.1f}".removesuffix(".0") + " h"
    return f"{hours / 24:.1f}".removesuffix(".0") + " days"
