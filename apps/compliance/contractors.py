"""Which Medicare contractor pays for a state. The table is data/contractors.toml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from .timeline import table


@dataclass(frozen=True, slots=True)
class Contractor:
    """One contractor of Medicare Parts A and B in one jurisdiction."""

    jurisdiction: str
    name: str
    source: str
    text_verified: bool
    policies: tuple[str, ...] = ()  # local coverage texts on therapy, by number; none was read


@cache
def _by_state() -> dict[str, Contractor]:
    found = {}
    for row in table("contractors")["jurisdictions"]:
        one = Contractor(
            row["jurisdiction"],
            row["name"],
            row["source"],
            row["text_verified"],
            tuple(row.get("policies", ())),
        )
        found.update(dict.fromkeys(row["states"], one))
    return found


def for_state(state: str) -> Contractor | None:
    """The contractor for a state by its two letters; None for what is not in the table."""
    return _by_state().get(state.strip().upper())
