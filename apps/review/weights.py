"""The weights and thresholds of the review desk, by date: data/risk.toml. Each says where it is from."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from apps.compliance.timeline import Entry, from_rows

DATA = Path(__file__).parent / "data" / "risk.toml"


@dataclass(frozen=True)
class Weight:
    """How many points a thing counts, and how often at most in one note."""

    points: int
    most: int


@dataclass(frozen=True)
class Weights:
    """What was in force on a day."""

    points: Mapping[str, Weight]
    thresholds: Mapping[str, int]


@cache
def table() -> Mapping[str, Any]:
    return tomllib.loads(DATA.read_text(encoding="utf-8"))


@cache
def on(day: dt.date) -> Weights:
    """The weights in force on that day; before the first of them, the first."""
    return Weights(
        points={key: Weight(**entry.value) for key, entry in entries("points", day)},
        thresholds={key: entry.value for key, entry in entries("thresholds", day)},
    )


LABELS = {
    "blocker_overridden": "Signed over a stop that the clinic made milder",
    "odd_answer": "An answer that is missing, very short or repeated",
    "cloned_text": "Words of one of the last notes",
    "new_author": "First notes of an assistant or student",
    "same_minutes": "97112 for the same minutes, visit after visit",
    "no_change": "97112, visit after visit, without a measured change",
    "late": "Progress report or certification late",
    "due": "Progress report or certification due",
}


@dataclass(frozen=True)
class Row:
    """A weight as the page shows it."""

    label: str
    points: int
    most: int
    source: str


def rows(day: dt.date) -> list[Row]:
    """Every weight in force, the heaviest first."""
    found = [Row(LABELS[key], **entry.value, source=entry.source) for key, entry in entries("points", day)]
    return sorted(found, key=lambda row: -row.points)


def entries(part: str, day: dt.date) -> Iterator[tuple[str, Entry[Any]]]:
    for key, rows in table()[part].items():
        known = from_rows(rows)
        yield key, known.on(day) or known.entries[0]
