"""Standard measures: which values are possible, and what the literature says of them.

The scales are in data/measures.toml, so a new measure is data only. Cut-offs and
change values belong to populations; they are shown as context and judge nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from .timeline import table

OBSERVATION = "observation"

_SIDES = {"below": "below", "above": "above", "at_or_above": "at or above", "at_or_below": "at or below"}


@dataclass(frozen=True, slots=True)
class CutOff:
    says: str  # "risk"
    side: str  # below, above, at_or_above, at_or_below
    value: Decimal
    population: str
    source: str
    text_verified: bool
    verified_on: date | None = None

    @property
    def phrase(self) -> str:
        """ "risk below 45 (classic)" """
        return f"{self.says} {_SIDES[self.side]} {self.value} ({self.population})"


@dataclass(frozen=True, slots=True)
class ChangeValue:
    kind: str  # MDC, MCID, MIC
    value: Decimal
    population: str
    source: str
    text_verified: bool
    verified_on: date | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A scale. None for `low`, `high` or `step` means that there is no such limit."""

    key: str
    label: str
    short: str
    unit: str
    higher_is_better: bool
    source: str
    low: Decimal | None = None
    high: Decimal | None = None
    above_low: bool = False  # the value must be above `low`
    step: Decimal | None = None
    values: tuple[Decimal, ...] = ()  # the only values, when they are not evenly spaced
    sides: bool = False  # a result belongs to a side of the body
    conditions: bool = False  # a result belongs to a condition, such as eyes closed
    free: bool = False  # an observation in words, without a value
    note: str = ""
    cut_offs: tuple[CutOff, ...] = ()
    changes: tuple[ChangeValue, ...] = ()

    @property
    def range(self) -> str:
        """The values that a result can have, in short: "0 to 56"; "" where there is no upper end."""
        if self.low is None or self.high is None:
            return ""
        return f"{_plain(self.low)} to {_plain(self.high)}"

    def problem_with(self, value: Decimal) -> str | None:
        """Why a result cannot be right, for a clinician to read; None when it can."""
        if self.free:
            return None
        if not value.is_finite():
            return f"{self.label} needs a number."
        if self.above_low and self.low is not None and value <= self.low:
            return f"{self.label} must be above {_plain(self.low)} {self.unit}; {_plain(value)} is charted."
        if (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            return f"{self.label} {self._range()}; {_plain(value)} is charted."
        if self.values and value not in self.values:
            known = ", ".join(map(_plain, self.values))
            return f"{self.label} has the values {known}; {_plain(value)} is charted."
        if self.step is not None and value % self.step != 0:
            if self.step == 1:
                return f"{self.label} takes whole {self.unit}; {_plain(value)} is charted."
            return (
                f"{self.label} goes in steps of {_plain(self.step)} {self.unit}; {_plain(value)} is charted."
            )
        return None

    def phrases(
        self, value: Decimal, baseline: Decimal | None = None, last: Decimal | None = None
    ) -> tuple[str, ...]:
        """What can be said of a result from the data alone, in short phrases."""
        if self.free or self.problem_with(value):
            return ()
        said = []
        for before, since in ((baseline, "baseline"), (last, "last time")):
            if before is not None and before.is_finite():
                said.append(self.change_words(value - before, since))
        return (*said, *(cut_off.phrase for cut_off in self.cut_offs))

    def meaning(self, value: Decimal, baseline: Decimal | None = None, last: Decimal | None = None) -> str:
        """ "+6 since baseline (above MDC 2.7, stroke); risk below 45 (classic)" """
        return "; ".join(self.phrases(value, baseline, last))

    def worse_by(self, value: Decimal, before: Decimal) -> ChangeValue | None:
        """The largest known change value that a turn for the worse goes beyond; None when it does not.

        The largest, because the patient's population is not known here.
        """
        if self.free or not self.changes or self.problem_with(value) or self.problem_with(before):
            return None
        worse = before - value if self.higher_is_better else value - before
        largest = max(self.changes, key=lambda known: known.value)
        return largest if worse > largest.value else None

    def change_words(self, change: Decimal, since: str) -> str:
        """ "+6 since baseline (above MDC 2.7, stroke)" """
        if change == 0:
            return f"unchanged since {since}"
        sign = "+" if change > 0 else "\N{MINUS SIGN}"
        words = f"{sign}{_plain(abs(change))} since {since}"
        if not self.changes:
            return words
        # A change equal to the value is not beyond it.
        compared = "; ".join(
            f"{'above' if abs(change) > known.value else 'not above'} "
            f"{known.kind} {known.value}, {known.population}"
            for known in self.changes
        )
        return f"{words} ({compared})"

    def _range(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        if self.low is not None and self.high is not None:
            return f"goes from {_plain(self.low)} to {_plain(self.high)}{unit}"
        if self.low is not None:
            return f"cannot be below {_plain(self.low)}{unit}"
        return f"cannot be above {_plain(self.high or Decimal())}{unit}"


def _plain(number: Decimal) -> str:
    """ "6", not "6.0" or "6E+1"."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _decimal(number: int | float) -> Decimal:
    # By way of the text, so that 2.7 stays 2.7.
    return Decimal(str(number))


def _measure(key: str, row: Mapping[str, Any]) -> Measure:
    numbers: dict[str, Any] = {n: _decimal(row[n]) for n in ("low", "high", "step") if n in row}
    lists: dict[str, Any] = {
        "cut_offs": tuple(CutOff(**{**c, "value": _decimal(c["value"])}) for c in row.get("cut_offs", ())),
        "changes": tuple(ChangeValue(**{**c, "value": _decimal(c["value"])}) for c in row.get("changes", ())),
    }
    lists["values"] = tuple(_decimal(value) for value in row.get("values", ()))
    rest = {name: value for name, value in row.items() if name not in {*numbers, *lists}}
    return Measure(key=key, **numbers, **lists, **rest)


@cache
def _measures() -> dict[str, Measure]:
    return {key: _measure(key, row) for key, row in table("measures").items()}


def get(key: str) -> Measure | None:
    return _measures().get(key)


def all() -> tuple[Measure, ...]:
    return tuple(_measures().values())
