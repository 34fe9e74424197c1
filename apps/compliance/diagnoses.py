"""What a diagnosis code tells a reviewer of 97112. The families are in data/diagnoses.toml.

Nothing here says which diagnosis to choose. The diagnosis is what it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from .timeline import table


@dataclass(frozen=True, slots=True)
class Ended:
    """A code that is no longer billable by itself from a day on."""

    code: str
    from_day: date
    source: str
    text_verified: bool


@cache
def _families(name: str) -> tuple[str, ...]:
    return tuple(table("diagnoses")[name])


@lru_cache(maxsize=4096)
def is_at_risk(code: str) -> bool:
    """One that reviewers do not accept alone."""
    return code.upper().startswith(_families("at_risk"))


@lru_cache(maxsize=4096)
def is_neuromotor(code: str) -> bool:
    """One that carries a neuromotor case by itself."""
    return code.upper().startswith(_families("neuromotor"))


@lru_cache(maxsize=4096)
def needs_proprioception(code: str) -> bool:
    """One that carries the case when a loss of proprioception is documented with it."""
    return code.upper().startswith(_families("with_proprioceptive_loss"))


@cache
def _ended() -> dict[str, Ended]:
    return {
        row["code"]: Ended(row["code"], row["from"], row["source"], row["text_verified"])
        for row in table("diagnoses")["ended"]
    }


def ended(code: str, day: date) -> Ended | None:
    """Why this exact code is not billable on that day; None when nothing is known against it."""
    row = _ended().get(code.upper().strip())
    return row if row and row.from_day <= day else None
