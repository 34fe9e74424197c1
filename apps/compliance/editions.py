"""Until when a table was compared with its source. The dates are in data/editions.toml.

A figure outlives its file only as a guess. For a date of service after the edition's
last day a rule may ask and never fail, and it says of when its figures are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from .timeline import table
from .verdicts import Ask, Fail


@dataclass(frozen=True, slots=True)
class Edition:
    """One table's edition. `through` is the last day that it was published for."""

    name: str
    through: date
    source: str

    def is_current(self, day: date) -> bool:
        return day <= self.through

    @property
    def caution(self) -> str:
        return f"The figures at hand are {self.name}."


@cache
def edition(table_name: str) -> Edition:
    row = table("editions")[table_name]
    return Edition(row["name"], row["through"], row["source"])


def judged(table_name: str, day: date, *, fails: str, asks: str, evidence: str) -> Fail | Ask:
    """A failure while the table's figures are current, and a question that says how old they are after it."""
    found = edition(table_name)
    if found.is_current(day):
        return Fail(fails, evidence)
    return Ask(f"{found.caution} {asks}", evidence)
