"""What was measured over time: the series of a patient's signed notes. Only reading.

A value is recorded once, in the note of its visit. Everything that shows it again (the trend, the flowsheet,
a report, the packet) reads it through here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString

from apps.compliance import measures
from apps.compliance.measures import Measure
from apps.patients.merging import records_of

from . import corrected, drawing
from .drawing import Point
from .models import MeasureTaken, Note, Status


@dataclass(frozen=True)
class Taken:
    """One value of a series: when, in which note, by whom."""

    on: dt.date
    value: Decimal
    note: Any
    by: str
    words: str
    change: str  # since the first, in the words of the published figures
    is_corrected: bool = False


@dataclass(frozen=True)
class Series:
    """One measure of one side under one condition, oldest first."""

    measure: Measure
    side: str
    place: str
    rows: tuple[Taken, ...]
    unread: tuple[MeasureTaken, ...] = ()  # corrected to what is no number of the scale

    @property
    def label(self) -> str:
        return f"{self.measure.label}, {self.place}" if self.place else self.measure.label

    @property
    def points(self) -> tuple[Point, ...]:
        return tuple(Point(row.on, row.value) for row in self.rows)

    @property
    def first(self) -> Taken:
        return self.rows[0]

    @property
    def last(self) -> Taken:
        return self.rows[-1]

    @property
    def unit(self) -> str:
        return self.measure.unit

    @property
    def drawn(self) -> SafeString:
        return drawing.trend(self.measure, self.points, self.place)

    @property
    def change(self) -> str:
        """First to last, against what is published; "" for a single value."""
        if len(self.rows) < 2:
            return ""
        return self.measure.change_words(self.last.value - self.first.value, "the first")

    @property
    def context(self) -> tuple[str, ...]:
        """The cut-offs and changes of the drawing, each with its population and source."""
        measure = self.measure
        return (
            *(f"{one.phrase}. {source_of(one)}" for one in measure.cut_offs),
            *(
                f"{one.kind} {drawing.plain(one.value)} ({one.population}). {source_of(one)}"
                for one in measure.changes
            ),
        )


def source_of(figure) -> str:
    return f"{figure.source}{'' if figure.text_verified else ', text not read'}"


def of_patient(notes: QuerySet[Note], patient) -> list[Series]:
    """The series in those of the patient's `notes` that are signed; `notes` are what the person may read."""
    rows = (
        MeasureTaken.objects.filter(
            note__in=notes.filter(visit__patient__in=records_of(patient.pk), status=Status.SIGNED),
            is_removed=False,
            value__isnull=False,
        )
        .select_related("note__visit", "note__author")
        .order_by("note__visit__served_on", "note__started_at", "position")
    )
    return series_of(corrected.measures(corrected.marked(rows, "note")))


def series_of(rows: Iterable[MeasureTaken]) -> list[Series]:
    """Rows in the order of time, put together by what can be compared; in the order of the scales' file."""
    grouped: dict[tuple[str, str, str], list[MeasureTaken]] = {}
    for row in rows:
        grouped.setdefault(row.series, []).append(row)
    order = [measure.key for measure in measures.all()]
    found = []
    for key, taken in sorted(grouped.items(), key=lambda pair: (position(order, pair[0][0]), pair[0][1:])):
        measure = measures.get(key[0])
        if measure is None or measure.free:
            continue
        if read := tuple(_taken(measure, taken)):
            unread = tuple(row for row in taken if row.value is None)
            found.append(Series(measure, taken[0].side, taken[0].place, read, unread))
    return found


def position(order: list[str], key: str) -> int:
    return order.index(key) if key in order else len(order)


def _taken(measure: Measure, rows: list[MeasureTaken]) -> Iterator[Taken]:
    first: Decimal | None = None
    for row in rows:
        if row.value is None:
            continue
        yield Taken(
            on=row.note.visit.served_on,
            value=row.value,
            note=row.note_id,
            by=row.note.author.signature_name,
            words=row.words,
            change="" if first is None else measure.change_words(row.value - first, "the first"),
            is_corrected=bool({"value", "date"}.intersection((*row.corrected, *row.note.corrected))),
        )
        first = row.value if first is None else first
