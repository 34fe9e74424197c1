"""The flowsheet: what was measured and done, row by row, over the visits side by side. Only reading.

Columns are signed notes, oldest first; rows are series of measures and codes. What a cell says was charted in
that note: nothing is carried from one visit into the next.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, QuerySet

from apps.accounts.models import Credential
from apps.compliance import codes, measures, words
from apps.patients.merging import records_of

from . import corrected
from .drawing import plain
from .kinds import CONTENTS
from .models import Block, MeasureTaken, Note, Status
from .trends import position

VISITS = 10
"""Columns on one page: more cannot be compared at a glance."""


@dataclass(frozen=True)
class Column:
    """A signed note."""

    note: Any
    on: dt.date
    kind: str  # "" for a treatment note, which most are
    by: str  # credentials of who gave minutes or wrote it
    is_corrected: bool = False  # in what stands in this column


@dataclass(frozen=True)
class Line:
    """A row of the sheet: what it is, and what each column says of it."""

    label: str
    about: str
    cells: tuple[tuple[str, ...], ...]  # lines of each cell


@dataclass(frozen=True)
class Part:
    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Sheet:
    columns: tuple[Column, ...]
    parts: tuple[Part, ...]
    page: Page


def of_patient(notes: QuerySet[Note], patient, *, discipline: str = "", number: Any = 1) -> Sheet:
    """The sheet of a patient's signed `notes` (what the person may read); the latest are on page 1."""
    signed = notes.filter(visit__patient__in=records_of(patient.pk), status=Status.SIGNED)
    if discipline:
        signed = signed.filter(discipline=discipline)
    signed = signed.select_related("visit", "author").prefetch_related(
        Prefetch("blocks", Block.objects.filter(is_removed=False).select_related("goal")),
        Prefetch("measures", MeasureTaken.objects.filter(is_removed=False)),
    )
    in_order = corrected.marked(signed).order_by("-visit__served_on", "-started_at", "pk")
    page = Paginator(in_order, VISITS).get_page(number)
    shown = corrected.notes(reversed(page.object_list))
    shown.sort(key=lambda note: note.visit.served_on)
    parts = (
        Part("Measures", tuple(_measures(shown))),
        Part("Interventions", tuple(_codes(shown))),
        Part("Time", tuple(_times(shown))),
    )
    return Sheet(
        columns=tuple(_column(note) for note in shown),
        parts=tuple(part for part in parts if part.lines),
        page=page,
    )


def _column(note: Note) -> Column:
    kind = "" if note.kind == "treatment" else note.get_kind_display()
    rows = [note, *note.blocks.all(), *note.measures.all()]
    return Column(
        note.pk,
        note.visit.served_on,
        kind,
        _credentials(note),
        is_corrected=any(row.corrected for row in rows),
    )


def _credentials(note: Note) -> str:
    """Who gave the minutes: PT, PTA, both; who wrote it where there are none."""
    blocks = list(note.blocks.all())
    assistant = {"PT": "PTA", "OT": "OTA"}[note.discipline]
    gave = []
    if any(row.minutes_therapist or row.minutes_together for row in blocks):
        gave.append(note.discipline)
    if any(row.minutes_assistant or row.minutes_together for row in blocks):
        gave.append(assistant)
    return " + ".join(gave) or Credential(note.author.credential).value


def _measures(notes: list[Note]):
    order = [measure.key for measure in measures.all()]
    rows = [row for note in notes for row in note.measures.all() if row.key != measures.OBSERVATION]
    series = sorted({row.series for row in rows}, key=lambda one: (position(order, one[0]), one[1:]))
    for one in series:
        kind = measures.get(one[0])
        if kind is None:
            continue
        place = next(row.place for row in rows if row.series == one)
        yield Line(
            f"{kind.short or kind.label}{f', {place}' if place else ''}",
            kind.unit,
            _cells(
                notes, lambda note, one=one: [said(row) for row in note.measures.all() if row.series == one]
            ),
        )
    names = [
        row.name.strip() for note in notes for row in note.measures.all() if row.key == measures.OBSERVATION
    ]
    for name in dict.fromkeys(filter(None, names)):
        yield Line(
            name,
            "",
            _cells(
                notes,
                lambda note, name=name: [
                    said(row)
                    for row in note.measures.all()
                    if row.key == measures.OBSERVATION and row.name.strip() == name
                ],
            ),
        )


def said(row: MeasureTaken) -> str:
    words = plain(row.value) if row.value is not None else row.words
    return f"{words}{CORRECTED}" if {"value", "words"}.intersection(row.corrected) else words


CORRECTED = ", corrected"
"""After what a later correction says, and not the note's first words."""


def _codes(notes: list[Note]):
    charted = {row.code for note in notes for row in note.blocks.all()}
    for code in sorted(charted, key=lambda code: (code != codes.NEUROMUSCULAR, code)):
        yield Line(
            code,
            codes.label(code),
            _cells(
                notes,
                lambda note, code=code: [
                    line for row in note.blocks.all() if row.code == code for line in _block(row)
                ],
            ),
        )


def _block(row: Block):
    """Minutes, the goal it served, and the help that was needed: as it was charted."""
    minutes = sum(filter(None, (row.minutes_therapist, row.minutes_assistant, row.minutes_together)))
    timed = codes.get(row.code)
    goal = f" · goal {row.goal.number}" if row.goal else ""
    mark = CORRECTED if {*corrected.MINUTES, "code"}.intersection(row.corrected) else ""
    yield f"{minutes} min{mark}{goal}" if minutes or (timed and timed.timed) else f"done{mark}{goal}"
    # Without the percentages in brackets, which everybody who reads a flowsheet knows.
    helped = [
        words.label("assistance", one).split(" (")[0]
        for one in (row.assistance_before, row.assistance_after)
        if one
    ]
    if helped:
        mark = CORRECTED if {"assistance_before", "assistance_after"}.intersection(row.corrected) else ""
        yield " → ".join(dict.fromkeys(helped)) + mark


def _times(notes: list[Note]):
    treated = [note for note in notes if CONTENTS[note.kind].treats]
    if treated:
        yield Line(
            "Total treatment minutes",
            "",
            _cells(notes, _total),
        )


def _total(note: Note) -> list[str]:
    if note.total_minutes is None:
        return []
    return [f"{note.total_minutes}{CORRECTED if 'total_minutes' in note.corrected else ''}"]


def _cells(notes: list[Note], of: Callable[[Note], list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(of(note)) for note in notes)
