"""What opens in a note for a presentation: blocks and fields, never words or minutes.

The data, dated and with what it rests on, is data/presentations.toml. What is not opened is folded, one press
away. A note without a presentation shows everything.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data" / "presentations.toml"

SETUP = ("position_used", "surface", "environment", "challenge")
"""The lines of a block's set-up, in the order of the page. What a payer reads first is always open."""


@dataclass(frozen=True)
class Presentation:
    key: str
    label: str
    applies_from: dt.date
    blocks: tuple[str, ...]
    setup: tuple[str, ...]
    measures: tuple[str, ...]
    vitals: bool
    because: str
    verified: bool
    applies_until: dt.date | None = None

    def applies_on(self, day: dt.date) -> bool:
        return self.applies_from <= day and (self.applies_until is None or day <= self.applies_until)


@cache
def catalogue() -> tuple[Presentation, ...]:
    table = tomllib.loads(DATA.read_text(encoding="utf-8"))
    return tuple(read(row) for row in table["presentation"])


def read(row: dict[str, Any]) -> Presentation:
    lists = {name: tuple(row[name]) for name in ("blocks", "setup", "measures")}
    return Presentation(**{**row, **lists})


def on(day: dt.date) -> tuple[Presentation, ...]:
    """Those that can be chosen for a date of service."""
    return tuple(one for one in catalogue() if one.applies_on(day))


def get(key: str, day: dt.date) -> Presentation | None:
    return next((one for one in on(day) if one.key == key), None)


def setup_of(presentation: Presentation | None) -> tuple[str, ...]:
    """The lines of the set-up that stand open."""
    return presentation.setup if presentation else SETUP


def measures_first(keys: Sequence[str], presentation: Presentation | None) -> list[str]:
    """Every measure, those of the presentation before the others."""
    first = presentation.measures if presentation else ()
    return [*(key for key in first if key in keys), *(key for key in keys if key not in first)]
