"""The bytes of a spreadsheet into rows of text. Pure.

Read strictly: a file that cannot be read as it was meant is refused, with the line, and never half read.
"""

from __future__ import annotations

import csv
import io

from apps.audit.refused import Refused

MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_IN_A_CELL = 2_000
SEPARATORS = (",", ";", "\t", "|")

WHAT_IS_WRONG = "What to mend in Midline"
"""The heading of the column that a file of rows to mend carries. Reading it back, it means nothing."""

CANNOT_BE_STORED = (
    "This file holds characters that cannot be stored (NUL or half a sign). Save it as CSV again."
)


def text_of(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding: UTF-8, UTF-16 with a mark, or else Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        wanted = [("UTF-16", "utf-16")]
    else:
        wanted = [("UTF-8", "utf-8-sig"), ("Windows-1252", "cp1252")]
    for name, codec in wanted:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        check_storable(text)
        return text, name
    raise Refused("This file is no text that can be read. Save it as CSV (UTF-8) again.", field="file")


def check_storable(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Refused(CANNOT_BE_STORED, field="file") from None
    if "\x00" in text:
        raise Refused(CANNOT_BE_STORED, field="file")


def rows_of(text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The heading, and every row with the number of its line. Raises Refused."""
    start = text.lstrip().split("\n", 1)[0]
    separator = max(SEPARATORS, key=start.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    heading: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for row in reader:
            cells, at = [cell.strip() for cell in row], line
            line = reader.line_num + 1
            if not any(cells):
                continue
            if len(cells) > MOST_COLUMNS or any(len(cell) > MOST_IN_A_CELL for cell in cells):
                raise Refused(
                    f"Line {at} has more than {MOST_COLUMNS} columns, or a cell longer than {MOST_IN_A_CELL} "
                    "signs. Is a quotation mark missing?",
                    field="file",
                )
            if not heading:
                heading = cells
                continue
            rows.append((at, cells))
            if len(rows) > MOST_ROWS:
                raise Refused(
                    f"This file has more than {MOST_ROWS:,} rows. Split it; each part is undone by itself.",
                    field="file",
                )
    except csv.Error as error:
        raise Refused(
            f"Line {line} cannot be read as a row. Is a quotation mark missing, or one too many?",
            field="file",
        ) from error
    if not rows:
        raise Refused("There are no rows below the heading.", field="file")
    if WHAT_IS_WRONG in heading:
        rows = [(at, [_as_it_was(cell) for cell in cells]) for at, cells in rows]
    return heading, rows


def _as_it_was(cell: str) -> str:
    """Without the quotation mark that our own file put before what a spreadsheet takes for a formula."""
    if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@", "|", "%", "\\"):
        return cell[1:].replace("\\|", "|")
    return cell
