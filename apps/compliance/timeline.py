"""A value that changes on known dates, each with its source.

Rules ask for the value on the date of service, never for today's.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """The value from `starts_on` until the next entry starts."""

    starts_on: date
    value: T
    source: str
    text_verified: bool
    verified_on: date | None = None


@dataclass(frozen=True, slots=True)
class Timeline(Generic[T]):
    """Entries in the order of their dates. Before the first, nothing is known."""

    entries: tuple[Entry[T], ...] = ()

    def __post_init__(self) -> None:
        dates = [entry.starts_on for entry in self.entries]
        if dates != sorted(set(dates)):
            raise ValueError(f"the dates of a timeline must rise: {dates}")

    def on(self, day: date) -> Entry[T] | None:
        """The entry in force on that day."""
        current = None
        for entry in self.entries:
            if entry.starts_on > day:
                break
            current = entry
        return current

    def value_on(self, day: date) -> T | None:
        entry = self.on(day)
        return None if entry is None else entry.value

    @property
    def last_verified_on(self) -> date | None:
        """When somebody last compared any entry with its source."""
        return max((e.verified_on for e in self.entries if e.verified_on), default=None)


def from_rows(rows: Iterable[Mapping[str, Any]]) -> Timeline[Any]:
    """A timeline from the `[[...]]` rows of a data file."""
    return Timeline(
        tuple(
            Entry(
                starts_on=row["from"],
                # TOML has no null, so a row without a value says "not known from here on".
                value=row.get("value"),
                source=row["source"],
                text_verified=row["text_verified"],
                verified_on=row.get("verified_on"),
            )
            for row in rows
        )
    )


@cache
def table(name: str) -> Mapping[str, Any]:
    """The content of data/<name>.toml, read once."""
    with (_DATA / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def dated(name: str, key: str) -> Timeline[Any]:
    """The timeline under one key of data/<name>.toml; an empty one for an unknown key."""
    return from_rows(table(name).get(key, ()))
