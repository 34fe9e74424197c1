"""Until when a chart is kept. The figures are in data/retention.toml and in what the clinic states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .timeline import Entry, dated


def floor(day: date) -> Entry[int]:
    """The years that a chart is kept at least, as of that day."""
    return _known("years", day)


def may_be_minor(day: date) -> Entry[int]:
    """The age below which a patient may have been a minor."""
    return _known("may_be_minor", day)


def _known(name: str, day: date) -> Entry[int]:
    entry = dated("retention", name).on(day)
    if entry is None:
        raise LookupError(f"retention.toml says nothing of {name} on {day}")
    return entry


@dataclass(frozen=True, slots=True)
class Period:
    """A clinic's period: years from the last entry, and for minors until an age. None: no rule entered."""

    years: int
    minors_until: int | None = None

    def ends_on(self, last_on: date, born_on: date) -> date:
        """The last day on which a chart is kept. Whoever was of age has passed the minors' age anyway, or was
        a minor in part of the chart.
        """
        ends = later(last_on, self.years)
        return ends if self.minors_until is None else max(ends, later(born_on, self.minors_until))

    def last_before(self, today: date) -> date:
        """A chart is past its period on `today` when its last entry is before this day …"""
        return earlier(today, self.years)

    def born_before(self, today: date) -> date | None:
        """… and its patient was born before this one, where there is a rule for minors."""
        return None if self.minors_until is None else earlier(today, self.minors_until)


def later(day: date, years: int) -> date:
    """The same day some years later; of February 29th, the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def earlier(day: date, years: int) -> date:
    """The day before which `later` falls before `day`: the same one, or March 1st for a February 29th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, month=3, day=1)
