"""How a goal and a frequency read. Pure: typed words in, the same words joined by fixed labels out.

No clinical word is added here. What is missing is named by its label, never filled in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

PARTS = {
    "who": "who",
    "task": "functional task",
    "measure": "measure",
    "baseline": "baseline",
    "target": "target",
    "target_on": "by when",
}
"""The parts of a goal and what each is called."""


def missing(parts: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(label for name, label in PARTS.items() if not parts.get(name))


def goal(parts: Mapping[str, Any]) -> str:
    """ "Ms. A will <task> (<measure>; baseline <baseline>, target <target>) by 12/28/2026." """
    said = {name: _plain(parts.get(name)) or f"[{label}]" for name, label in PARTS.items()}
    return (
        f"{said['who']} will {said['task']} ({said['measure']}; baseline {said['baseline']}, "
        f"target {said['target']}) by {said['target_on']}."
    )


def _plain(value: Any) -> str:
    if isinstance(value, dt.date):
        return f"{value:%m/%d/%Y}"
    return str(value or "").strip().rstrip(".")


def frequency(times_a_day: int, times_a_week: int, most: int | None, weeks: int) -> str:
    """ "2 × week for 12 weeks", "1 to 2 × week for 8 weeks", "2 × day, 3 × week for 1 week" """
    a_week = f"{times_a_week} to {most}" if most and most > times_a_week else str(times_a_week)
    a_day = f"{times_a_day} × day, " if times_a_day > 1 else ""
    return f"{a_day}{a_week} × week for {weeks} week{'' if weeks == 1 else 's'}"
