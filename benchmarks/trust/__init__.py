"""Promises about what was saved and signed, tried by breaking things: shared/trust.md §4, one module each.

    make trust                                   every check, on SQLite and on a PostgreSQL made for this
    .venv/bin/python -m benchmarks.trust R4 --size 50 --only sqlite --seed 7

A check is a module with `run(clinic, size, dice)`. Each runs in a process of its own and in a copy of the
demo clinic's database, which are gone afterwards. It returns what it counted: `faults` is how often something
was really broken, and a check in which nothing was is no pass; `problems` are sentences about promises that
did not hold.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apps.demo.world import World


@dataclass
class Counted:
    """What a check came to."""

    faults: int = 0
    figures: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def held(self) -> bool:
        return not self.problems and self.faults > 0


Run = Callable[["World", int, random.Random], Counted]
MOST_TRIES = 20


def insistent(act: Callable[[], object], turned_away) -> None:
    """Do it as a person would: where the database has no time, who signs is told that nothing was signed, and
    presses again. `turned_away` counts that; it is a shared integer.
    """
    from django.db import OperationalError

    for _ in range(MOST_TRIES):
        try:
            act()
        except OperationalError:
            with turned_away.get_lock():
                turned_away.value += 1
        else:
            return
    raise RuntimeError(f"The database had no time, {MOST_TRIES} times.")
