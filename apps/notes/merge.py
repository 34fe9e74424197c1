"""Two readings of one note: what is saved, and what a window holds that had not seen it.

Nothing is decided here. The page shows both, field by field, and the person chooses.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from django import forms

from .forms import DottedForm, DraftForm, RowForm


@dataclass(frozen=True)
class Reading:
    """A field as one of the two has it. `sent` are the values that its inputs would post."""

    label: str
    shown: str
    sent: tuple[str, ...]
    is_text: bool


@dataclass(frozen=True)
class Difference:
    """A field whose saved words are not those of this window; None where one of the two has no such field."""

    path: str
    saved_reading: Reading | None
    here: Reading | None

    @property
    def label(self) -> str:
        reading = self.here or self.saved_reading
        return reading.label if reading else ""

    @property
    def saved(self) -> str:
        return self.saved_reading.shown if self.saved_reading else ""

    @property
    def yours(self) -> str:
        return self.here.shown if self.here else ""

    @property
    def saved_values(self) -> str:
        """For the page: what its inputs hold if the person takes the saved words."""
        return json.dumps(self.saved_reading.sent if self.saved_reading else ())

    @property
    def is_choice(self) -> bool:
        """Do both have the field? A row that was added in one window only is not lost by saving the other."""
        return self.saved_reading is not None and self.here is not None

    @property
    def may_keep_both(self) -> bool:
        return bool(self.is_choice and self.here and self.here.is_text and self.saved and self.yours)


def differences(stored: DraftForm, sent: DraftForm) -> list[Difference]:
    """The fields in which two readings of the editor differ, in the order of the page."""
    saved, yours = readings(stored), readings(sent)
    kept_rows, my_rows = {row_of(path) for path in saved}, {row_of(path) for path in yours}
    found = []
    for path in {**yours, **saved}:
        kept, mine = saved.get(path), yours.get(path)
        # A cue that only one of the two has, in a block that both have, is empty in the other: the block is
        # saved with all of its cues, so this is a choice too.
        if kept is None and mine and row_of(path) in kept_rows:
            kept = replace(mine, shown="", sent=())
        elif mine is None and kept and row_of(path) in my_rows:
            mine = replace(kept, shown="", sent=())
        if (kept.shown if kept else "") != (mine.shown if mine else ""):
            found.append(Difference(path, kept, mine))
    return found


def row_of(path: str) -> str:
    """The block or measure of a path; "" for the note's own fields."""
    first, _, rest = path.partition(".")
    return rest.partition(".")[0] if first in ("blocks", "measures") else ""


def readings(form: DraftForm) -> dict[str, Reading]:
    """Every field of the editor by its path."""
    rows: list[tuple[str, DottedForm]] = [("", form.note), ("", form.sections)]
    rows += [(f"Goal {report.goal.number} ", report) for report in form.goals]
    for row, name in named([*form.blocks, *form.measures]):
        rows.append((f"{name} ", row.form))
        rows += [(f"{name} cue {at} ", cue) for at, cue in enumerate(row.cues, start=1)]
    return {
        field.html_name: Reading(
            label=f"{lead}{field.label}",
            shown=("removed" if field.value() == "1" else "")
            if field.name == "removed"
            else shown(field.value()),
            sent=values_of(field.value()),
            is_text=isinstance(field.field.widget, forms.Textarea),
        )
        for lead, part in rows
        for field in part
        if field.name not in ("code", "key", "brought", "confirmed", "timer", "presentation")
    }


def named(rows: list[RowForm]) -> list[tuple[RowForm, str]]:
    """Rows with what a person calls them: the code, and its number where there are several of it."""
    many = Counter(row.key for row in rows)
    met: Counter[str] = Counter()
    found = []
    for row in rows:
        met[row.key] += 1
        name = row.measure.short or row.measure.label if row.measure else row.key
        found.append((row, f"{name} no. {met[row.key]}" if many[row.key] > 1 else name))
    return found


def values_of(value: Any) -> tuple[str, ...]:
    if value in (None, False, [], ""):
        return ()
    if value is True:
        return ("on",)
    if isinstance(value, list | tuple):
        return tuple(str(each) for each in value)
    if hasattr(value, "strftime"):
        return (value.strftime("%H:%M"),)
    return (str(value).replace("\r\n", "\n"),)


def shown(value: Any) -> str:
    """The same for people."""
    return "yes" if value is True or value == "on" else ", ".join(values_of(value))
