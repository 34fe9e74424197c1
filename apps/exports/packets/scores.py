"""The scores of the signed notes over time, for a packet: from the words of the ledger, as corrected later.

A score stands in the series of its measure, side and condition, and is drawn as on the screen. One that was
corrected is drawn as it should read and says what it said first. The scores of a void note are left out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString

from apps.compliance import measures
from apps.notes import drawing
from apps.notes.fields import ASCII_DECIMAL

from .records import Reading

MOST_DRAWN = 40
"""Values of a series in its drawing; the table has them all."""


@dataclass(frozen=True)
class Score:
    on: dt.date
    value: str
    author: str
    words: str
    said: str = ""  # before it was corrected


@dataclass
class Scores:
    """One series, in the order of its days."""

    key: str
    place: str
    name: str
    taken: list[Score] = field(default_factory=list)

    @property
    def drawn(self) -> SafeString | str:
        """The course of the series, its last values where there are many; "" for a single one."""
        measure = measures.get(self.key)
        points = tuple(
            drawing.Point(one.on, Decimal(one.value))
            for one in self.taken
            if ASCII_DECIMAL.fullmatch(one.value)
        )
        if measure is None or len(points) < 2:
            return ""
        return drawing.trend(measure, points[-MOST_DRAWN:], self.place)


class Gathered:
    """The series of a packet, filled note by note."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], Scores] = {}

    def read(self, reading: Reading) -> None:
        if reading.note.is_voided:
            return
        for number, taken in enumerate(reading.payload["measures"]):
            if not taken["value"]:
                continue
            should = reading.corrected.get(f"measures.{number}.value", "")
            score = Score(
                on=reading.note.on,
                value=should or taken["value"],
                author=reading.note.author,
                words=reading.corrected.get(f"measures.{number}.words", taken["words"]),
                said=taken["value"] if should else "",
            )
            self._series(taken).taken.append(score)

    def _series(self, taken: dict[str, Any]) -> Scores:
        # A payload from before sides and conditions were asked for has no place.
        place = taken.get("place", "")
        key = (taken["key"], " ".join(place.casefold().split()))
        if key not in self.found:
            scale = " ".join(part for part in (taken["range"], taken["unit"]) if part)
            name = f"{taken['label']}{f', {place}' if place else ''}{f' ({scale})' if scale else ''}"
            self.found[key] = Scores(taken["key"], place, name)
        return self.found[key]

    @property
    def series(self) -> list[Scores]:
        found = sorted(self.found.values(), key=lambda one: one.name)
        for one in found:
            one.taken.sort(key=lambda score: score.on)
        return found
