"""Billed lines beside what the record supports, and reading them from a spreadsheet. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from apps.accounts.fields import day_from

from .sheets import MOST_ROWS, RowError, Sheet

MOST_LINES = MOST_ROWS
CODE = re.compile(r"[A-Z0-9]{5}")
MODIFIER = re.compile(r"[A-Z0-9]{2}")
UNITS = re.compile(r"[0-9]{1,3}(?:\.0{1,2})?")

COLUMNS = {
    "served_on": ("Date of service", ("date of service", "service date", "dos", "from", "date", "from date")),
    "code": ("Code", ("code", "cpt", "hcpcs", "cpt code", "procedure", "procedure code", "cpt/hcpcs")),
    "units": ("Units", ("units", "qty", "quantity", "unit", "days or units", "billed units")),
    "modifiers": ("Modifiers", ("modifiers", "modifier", "mod", "mods", "mod 1", "modifier 1")),
    "claim": ("Claim number", ("claim", "claim number", "icn", "dcn", "claim id", "claim no")),
}
NEEDED = ("served_on", "code", "units")


@dataclass(frozen=True)
class Line:
    """A billed line, from a form, a file or the table."""

    served_on: dt.date
    code: str
    units: int
    modifiers: str = ""
    claim: str = ""
    id: str = ""


@dataclass(frozen=True)
class Supported:
    """What a day's signed notes come to for a code. `units` is None where the payer's counting is open."""

    units: int | None
    minutes: int | None = None
    modifiers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Compared:
    """Billed and supported of one day and code. `is_conflict`: the record does not support what is billed."""

    on: dt.date
    code: str
    billed: int | None
    supported: int | None
    minutes: int | None
    modifiers: str
    charted: str
    words: str
    is_conflict: bool
    id: str = ""

    @property
    def tone(self) -> str:
        return "stop" if self.is_conflict else "tip" if self.words else "ok"


Day = tuple[dt.date, str]


def compare(
    lines: Iterable[Line], supported: Mapping[Day, Supported], noted: frozenset[dt.date]
) -> list[Compared]:
    """Line by line in the order of days; documented codes that nobody billed come as well. `noted` are the
    days with a signed note."""
    billed: dict[Day, list[Line]] = defaultdict(list)
    for line in lines:
        billed[line.served_on, line.code].append(line)
    return [
        _compared(day, billed.get(day, []), supported.get(day), noted)
        for day in sorted({*billed, *supported})
    ]


def _compared(day: Day, lines: list[Line], found: Supported | None, noted: frozenset[dt.date]) -> Compared:
    on, code = day
    units = sum(line.units for line in lines) if lines else None
    said = list(dict.fromkeys(part for line in lines for part in line.modifiers.split()))
    charted = list(found.modifiers) if found else []
    words, is_conflict = "", False
    if found is None:
        words = (
            f"The signed record of this day holds no {code}."
            if on in noted
            else "No signed note of this day is in the record."
        )
        is_conflict = True
    elif units is None:
        words = "Documented, and not among the billed lines."
    elif found.units is None:
        words = "How the payer counts units is open, so the record gives no number."
    elif units > found.units:
        words, is_conflict = f"Billed {units}; the record supports {found.units}.", True
    elif units < found.units:
        words = f"Billed {units}; the record counts {found.units}."
    elif set(said) != set(charted):
        words = f"Billed with {' '.join(said) or 'no modifier'}; charted with {' '.join(charted) or 'none'}."
    return Compared(
        on=on,
        code=code,
        billed=units,
        supported=found.units if found else None,
        minutes=found.minutes if found else None,
        modifiers=" ".join(said),
        charted=" ".join(charted),
        words=words,
        is_conflict=is_conflict,
        id=lines[0].id if lines else "",
    )


# --- From a spreadsheet -----------------------------------------------------------------------------------


def lines_of(sheet: Sheet, columns: Mapping[str, int]) -> tuple[list[Line], list[RowError]]:
    """The lines and, row by row, what could not be read. Neither is guessed at."""
    lines, errors = [], []
    for number, said in sheet.said(columns):
        found = _line(said)
        if isinstance(found, str):
            errors.append(RowError(number, found))
        else:
            lines.append(found)
    return lines, errors


def _line(said: Mapping[str, str]) -> Line | str:
    on = day_from(said["served_on"])
    if on is None:
        return "The date of service is missing or is no date. Write it as MM/DD/YYYY."
    code, *rest = said["code"].upper().replace("-", " ").split() or [""]
    if not CODE.fullmatch(code):
        return "The code is missing, or has not five letters or digits."
    if not UNITS.fullmatch(said["units"]):
        return "The units are missing, or are no whole number."
    modifiers = [*rest, *re.split(r"[\s,:;]+", said.get("modifiers", "").upper())]
    modifiers = [one for one in modifiers if one]
    if len(modifiers) > 4 or not all(MODIFIER.fullmatch(one) for one in modifiers):
        return "A modifier has two letters or digits, and there are at most four."
    return Line(on, code, int(said["units"].split(".")[0]), " ".join(modifiers), said.get("claim", "")[:60])
