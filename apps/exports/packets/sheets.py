"""Tables that somebody pastes or uploads: read as text, column by column. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

MOST_ROWS = 2000

Columns = Mapping[str, tuple[str, tuple[str, ...]]]
"""Field → its label, and the headings by which it is known."""


class Unreadable(Exception):
    """This is no table of text. The message says what to do."""


@dataclass(frozen=True)
class RowError:
    """What is wrong with a row, by its number in the file (the heading is row 1)."""

    number: int
    words: str


@dataclass(frozen=True)
class Sheet:
    """The rows of a file: the first is its heading."""

    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def guess(self, columns: Columns) -> dict[str, int]:
        """Which column is what, by its heading."""
        names = [" ".join(name.lower().replace("_", " ").split()) for name in self.heading]
        found = {}
        for field, (_, known) in columns.items():
            name = next((name for name in known if name in names), None)
            if name is not None:
                found[field] = names.index(name)
        return found

    def said(self, columns: Mapping[str, int]) -> Iterator[tuple[int, dict[str, str]]]:
        """Each row's number, and its cells by field."""
        for number, row in enumerate(self.rows, start=2):
            yield number, {field: row[at] if at < len(row) else "" for field, at in columns.items()}


def read(text: str) -> Sheet:
    """A table separated by commas, semicolons or tabs. Raises Unreadable."""
    text = text.lstrip("\ufeff").strip()
    if not text:
        raise Unreadable("There are no rows here. Paste them with their heading, or choose a file.")
    first = text.splitlines()[0]
    delimiter = max((",", ";", "\t"), key=first.count)
    try:
        rows = [
            tuple(cell.strip() for cell in row)
            for row in csv.reader(io.StringIO(text), delimiter=delimiter)
            if any(cell.strip() for cell in row)
        ]
    except csv.Error as error:
        raise Unreadable("This cannot be read as a table. Save it as CSV and try again.") from error
    if len(rows) < 2:
        raise Unreadable("There is only a heading here. Paste the rows as well.")
    if len(rows) > MOST_ROWS + 1:
        raise Unreadable(f"These are more than {MOST_ROWS} rows. Split them.")
    return Sheet(rows[0], tuple(rows[1:]))
