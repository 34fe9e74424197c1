"""Rows as they read with what was corrected later: for what shows or counts a value outside its own note.

A correction is an entry of the ledger and changes no row. The note shows it beside the old words; a trend,
the flowsheet and a reporting period show what it should say, and that it was corrected. A value that should
say something which is no number stands in no drawing, but in words. A void note is in none of these.

The rows are changed in memory alone, and `corrected` on a row or note names the fields. Nothing here saves.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from apps.accounts.fields import day_from
from apps.compliance import codes
from apps.compliance import measures as scales
from apps.ledger import chain
from apps.ledger.models import Kind, LedgerEntry

from .fields import ASCII_DECIMAL, ASCII_NUMBER
from .models import Block, MeasureTaken, Note

Rows = TypeVar("Rows", bound=QuerySet)

MINUTES = ("minutes_therapist", "minutes_assistant", "minutes_together")
SAID = ("response", "assistance_before", "assistance_after")
"""What is shown of a block outside its note, beside the minutes."""


def marked(rows: Rows, note: str = "pk") -> Rows:
    """`rows` with `is_corrected`: was anything in the note (their field `note`) corrected?"""
    corrections = LedgerEntry.objects.filter(document=OuterRef(note), kind=Kind.CORRECTION)
    return rows.annotate(is_corrected=Exists(corrections))


def notes(found: Iterable[Note]) -> list[Note]:
    """Notes (from `marked`) with their blocks and measures as they read now."""
    found = list(found)
    said = _said([note.pk for note in found if note.is_corrected])  # type: ignore[attr-defined]
    for note in found:
        if note.pk in said:
            _change(note, list(note.blocks.all()), list(note.measures.all()), said[note.pk])
    return found


def measures(rows: Iterable[MeasureTaken]) -> list[MeasureTaken]:
    """Measures (from `marked`, with their visits) as they read now, in the order of their days."""
    rows = list(rows)
    wanted = {row.note_id for row in rows if row.is_corrected}  # type: ignore[attr-defined]
    if not wanted:
        return rows
    said = _said(wanted)
    kept = Prefetch("measures", MeasureTaken.objects.filter(is_removed=False))
    whole = Note.objects.filter(pk__in=wanted).select_related("visit").prefetch_related(kept)
    now: dict[Any, MeasureTaken] = {}
    days: dict[Any, tuple[dt.date, tuple[str, ...]]] = {}
    for note in whole:
        _change(note, [], list(note.measures.all()), said.get(note.pk, {}))
        now |= {row.pk: row for row in note.measures.all()}
        days[note.pk] = note.visit.served_on, note.corrected
    for row in rows:
        if changed := now.get(row.pk):
            row.value, row.words, row.corrected = changed.value, changed.words, changed.corrected
            row.note.visit.served_on, row.note.corrected = days[row.note_id]
    return sorted(rows, key=lambda row: row.note.visit.served_on)


def _said(documents: Iterable[Any]) -> dict[Any, dict[str, str]]:
    """By note and path what each corrected field should say, the last word last."""
    documents = list(documents)
    found: dict[Any, dict[str, str]] = defaultdict(dict)
    if documents:
        entries = LedgerEntry.objects.filter(document__in=documents, kind=Kind.CORRECTION).exclude(payload="")
        for entry in entries.order_by("seq"):
            for one in chain.read(entry)["corrections"]:
                found[entry.document][one["path"]] = one["should_say"]
    return found


def _change(note: Note, blocks: list[Block], measures: list[MeasureTaken], said: dict[str, str]) -> None:
    # A payload numbers rows in the order of the page, as chart.arrange puts them.
    in_order: dict[str, list[Any]] = {
        name: sorted(rows, key=lambda row: (row.position, row.pk.bytes))
        for name, rows in (("blocks", blocks), ("measures", measures))
    }
    for path, words in said.items():
        first, _, rest = path.partition(".")
        if path == "visit.date_of_service":
            if day := day_from(words):
                note.visit.served_on = day
                note.corrected = (*note.corrected, "date")
        elif path == "times.total_minutes":
            note.total_minutes = _whole(words)
            note.corrected = (*note.corrected, "total_minutes")
        elif first in in_order:
            number, _, name = rest.partition(".")
            if number.isdigit() and int(number) < len(in_order[first]):
                _set(in_order[first][int(number)], name, words)


def _set(row: Block | MeasureTaken, name: str, words: str) -> None:
    if isinstance(row, MeasureTaken) and name == "value":
        row.value = _decimal(words, row.key)
        if row.value is None:
            row.words = words
    elif isinstance(row, Block) and name in MINUTES:
        setattr(row, name, _whole(words))
    elif isinstance(row, Block) and name == "code" and codes.get(words.strip()):
        row.code = words.strip()
    elif name == "words" or name in SAID:
        setattr(row, name, words)
    else:
        return
    row.corrected = (*row.corrected, name)


def _decimal(words: str, scale: str) -> Decimal | None:
    """The number, where it is one that the scale can have."""
    measure = scales.get(scale)
    value = Decimal(words.strip()) if ASCII_DECIMAL.fullmatch(words.strip()) else None
    return None if value is None or (measure and measure.problem_with(value)) else value


def _whole(words: str) -> int | None:
    return int(words.strip()) if ASCII_NUMBER.fullmatch(words.strip()) else None
