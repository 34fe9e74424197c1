"""The published lists: what a packet holds in which order, and how long a letter gives. Dated, sourced."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from apps.compliance.timeline import Entry, from_rows

DATA = Path(__file__).parent / "data"


class Gap(StrEnum):
    """What can be wrong with something that the list asks for."""

    MISSING = "missing"
    UNSIGNED = "unsigned"
    LATE = "late"
    CONFLICT = "conflict"


class Remedy(StrEnum):
    """What may still be done about it, once the letter is here."""

    UPLOAD = "upload"
    ATTEST = "attest"
    EXPLAIN = "explain"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Slot:
    """One place in the packet. A gap of a kind that `remedies` does not name has none."""

    key: str
    title: str
    fills: str
    wanted: str = "if any"
    about: str = ""
    remedies: dict[str, str] = field(default_factory=dict)

    @property
    def is_always_wanted(self) -> bool:
        return self.wanted == "always"

    @property
    def is_drawn(self) -> bool:
        return self.fills == "drawn"

    def remedy(self, gap: Gap) -> Remedy:
        return Remedy(self.remedies.get(gap, Remedy.NONE))


@dataclass(frozen=True, slots=True)
class RequestList:
    """A list as it was published, from a day on."""

    starts_on: dt.date
    name: str
    source: str
    text_verified: bool
    slots: tuple[Slot, ...]

    def slot(self, key: str) -> Slot:
        return next(slot for slot in self.slots if slot.key == key)


@dataclass(frozen=True, slots=True)
class LetterKind:
    """Who asks. `days` by the letter's date, where it is known."""

    key: str
    label: str
    after: str
    days: Any

    def days_on(self, day: dt.date) -> Entry[int] | None:
        return self.days.on(day)


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def lists() -> tuple[RequestList, ...]:
    return tuple(
        RequestList(
            row["from"],
            row["name"],
            row["source"],
            row["text_verified"],
            tuple(Slot(**slot) for slot in row["slots"]),
        )
        for row in _table("slots")["lists"]
    )


def list_on(day: dt.date) -> RequestList:
    """The list in force on a letter's date; for a date before all of them, the first."""
    known = [one for one in lists() if one.starts_on <= day]
    return known[-1] if known else lists()[0]


@cache
def letter_kinds() -> tuple[LetterKind, ...]:
    return tuple(
        LetterKind(row["key"], row["label"], row["after"], from_rows(row["days"]))
        for row in _table("letters")["kinds"]
    )


def letter_kind(key: str) -> LetterKind:
    return next((kind for kind in letter_kinds() if kind.key == key), letter_kinds()[-1])


def keep_days(day: dt.date) -> int:
    """For how long a finished packet is kept where the clinic has said nothing."""
    return from_rows(_table("slots")["keep_days"]).value_on(day) or 90


@cache
def abbreviations() -> dict[str, str]:
    return _table("abbreviations")["words"]
