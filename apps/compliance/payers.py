"""What each payer wants of a claim, by date. The facts are in data/payers.toml.

A clinic's payer points to one of these policies by key. The method of counting
units is a setting of the payer, never of the app: no family of payers is safe to
guess from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Literal

from .timeline import Timeline, from_rows, table

Method = Literal["cms", "ama"]

METHOD_LABELS: dict[str, str] = {
    "cms": "CMS method (minutes of all timed codes added together)",
    "ama": "AMA method (each code counted on its own)",
}

# Medicare and the plans in its place. They follow its rules for the record; a plan may add its own.
MEDICARE = frozenset({"medicare_b", "medicare_advantage", "uhc_advantage"})

# What else a payer may want; each a dated list of its own in data/payers.toml.
DEMANDS = (
    "minutes_per_code",
    "time_in_out",
    "taping",
    "prior_authorization",
    "daily_timed_units",
    "visit_rule",
    "diagnosis_expectation",
    "note_contents",
)


@dataclass(frozen=True, slots=True)
class Policy:
    """One payer's demands. An empty timeline means that nothing is known."""

    key: str
    label: str
    family: str  # medicare, medicaid, federal, commercial, workers_comp, self_pay, other
    unit_method: Timeline[Method]
    discipline_modifier: Timeline[bool]
    demands: Mapping[str, Timeline[Any]] = field(default_factory=dict)
    note: str = ""

    def demand_on(self, name: str, day: date) -> Any:
        """What this payer wants under one of DEMANDS on a date of service; None when not known."""
        return self.demands[name].value_on(day)

    def method_on(self, day: date) -> Method | None:
        """How this payer counts units on a date of service; None when not known."""
        return self.unit_method.value_on(day)

    def wants_discipline_modifier_on(self, day: date) -> bool | None:
        """Whether a claim without GP or GO is returned; None when not known."""
        return self.discipline_modifier.value_on(day)

    @property
    def last_verified_on(self) -> date | None:
        known: list[Timeline[Any]] = [self.unit_method, self.discipline_modifier, *self.demands.values()]
        dates = [timeline.last_verified_on for timeline in known]
        return max((d for d in dates if d), default=None)


@cache
def _policies() -> dict[str, Policy]:
    return {
        key: Policy(
            key=key,
            label=row["label"],
            family=row["family"],
            unit_method=from_rows(row.get("unit_method", ())),
            discipline_modifier=from_rows(row.get("discipline_modifier", ())),
            demands={name: from_rows(row.get(name, ())) for name in DEMANDS},
            note=row.get("note", ""),
        )
        for key, row in table("payers").items()
    }


def get(key: str) -> Policy | None:
    return _policies().get(key)


def all() -> tuple[Policy, ...]:
    return tuple(_policies().values())
