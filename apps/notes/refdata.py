"""The tables from outside: of when each is, when it was last checked, and what a newer file changes.

The diagnosis codes are rows, so a newer file of the publisher is loaded. The others are dated files of the
tree, which come with a release, so that a rule says the same everywhere; a newer file of the publisher is
compared with them, and loaded by nobody. Notes that are signed keep what they were signed with.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from apps.audit.refused import Refused
from apps.compliance import codes, mue, ncci
from apps.compliance.editions import edition
from apps.compliance.timeline import table
from apps.patients import diagnosis_codes, diagnosis_table
from apps.patients.models import Diagnosis

from .models import Block, Note, Status

OPEN = (Status.DRAFT, Status.IN_REVIEW)


@dataclass(frozen=True)
class Table:
    """One table, in words. `through` is the last day that its edition was published for."""

    key: str
    label: str
    version: str
    source: str
    checked_on: dt.date | None
    through: dt.date | None = None
    newer: str = "comes with a release of Midline"


# Key, label, file of apps/compliance/data, its edition, and how the entries begin that are meant.
FILES: tuple[tuple[str, str, str, str, str], ...] = (
    ("ncci", "NCCI pairs", "ncci", "ncci", ""),
    ("mue", "MUE, practitioner", "mue", "mue", ""),
    ("mue-hospital", "MUE, outpatient hospital", "mue_hospital", "mue", ""),
    ("rates", "Physician fee schedule", "rates", "rates", ""),
    ("kx", "KX threshold", "limits", "threshold", "threshold"),
    ("payers", "Payer policies", "payers", "", ""),
    ("diagnosis-changes", "Changed diagnosis codes that rules know", "diagnoses", "diagnoses", ""),
)
COMPARED = {"ncci", "mue", "mue-hospital"}


def tables() -> list[Table]:
    return [_icd(), *(_of_file(*row) for row in FILES)]


def _icd() -> Table:
    shipped = diagnosis_table.source()
    loaded = diagnosis_codes.release()
    is_shipped = loaded == shipped["release"]
    return Table(
        "icd10cm",
        "ICD-10-CM",
        loaded or "not loaded",
        shipped["source"] if is_shipped else "Loaded from the publisher’s file" if loaded else "",
        shipped["retrieved_on"] if is_shipped else None,
        newer="is loaded with --load icd10cm",
    )


def _of_file(key: str, label: str, file: str, edition_key: str, only: str) -> Table:
    rows = [row for name, part in table(file).items() if name.startswith(only) for row in _rows(part)]
    found = edition(edition_key) if edition_key else None
    sources = Counter(row["source"] for row in rows)
    return Table(
        key,
        label,
        found.name if found else f"{len(rows)} dated entries",
        found.source if found else f"{len(sources)} sources, each beside its entry",
        max((row["verified_on"] for row in rows if "verified_on" in row), default=None),
        found.through if found else None,
        newer="is compared with --compare" if key in COMPARED else Table.newer,
    )


def _rows(part) -> Iterator[dict]:
    """The dated entries somewhere under a part of a data file."""
    if isinstance(part, dict):
        if "source" in part and "from" in part:
            yield part
        else:
            for inner in part.values():
                yield from _rows(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _rows(inner)


# --- ICD-10-CM ----------------------------------------------------------------------------------------------

CODE = re.compile(r"[A-Z][0-9][0-9A-Z][0-9A-Z]{0,4}", re.ASCII)
FEWEST, MOST = 60_000, 150_000
"""Codes that a whole release holds, by a wide margin. Fewer is an addenda file, or a part."""


def read_codes(file: Path) -> list[tuple[str, str]]:
    """(code, words) from the publisher's code file or order file, billable codes alone. Raises Refused.

    The code file has the code, spaces, and the description. The order file has fixed columns: an order
    number (1 to 5), the code (7 to 13), 1 for a billable code (15), and the long description (from 78).
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{file.name} cannot be read as text.") from error
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if re.match(r"[0-9]{5} ", line):
            code, words, is_billable = line[6:13].strip(), line[77:].strip(), line[14:15] == "1"
        else:
            code, _, words = line.partition(" ")
            words, is_billable = words.strip(), True
        if not CODE.fullmatch(code) or not words or len(words) > 300:
            raise Refused(f"Line {number} of {file.name} is no line of a code file or an order file.")
        if not is_billable:
            continue
        if code in found:
            raise Refused(f"Line {number} of {file.name}: {code} stands twice.")
        found[code] = words
    if not FEWEST <= len(found) <= MOST:
        raise Refused(
            f"{file.name} has {len(found):,} billable codes; a whole release has {FEWEST:,} to {MOST:,}."
        )
    return [(diagnosis_codes.dotted(code), words) for code, words in found.items()]


@dataclass(frozen=True)
class Change:
    """What loading these codes changes."""

    added: int
    gone: int
    reworded: int
    open_notes: list[tuple[str, int]]
    """Codes of the open notes' patients that the newer release does not have, and how many notes each."""


def what_changes(found: Iterable[tuple[str, str]]) -> Change:
    new, old = dict(found), diagnosis_table.loaded()
    notes = Note.objects.filter(status__in=OPEN).values_list("visit__patient", flat=True)
    per_patient = Counter(notes)
    charted = Diagnosis.objects.filter(patient__in=per_patient, ended_on=None).values_list("code", "patient")
    per_code: Counter[str] = Counter()
    for code, patient in charted:
        if code not in new:
            per_code[code] += per_patient[patient]
    return Change(
        added=len(new.keys() - old.keys()),
        gone=len(old.keys() - new.keys()),
        reworded=sum(1 for code in new.keys() & old.keys() if new[code] != old[code]),
        open_notes=sorted(per_code.items()),
    )


# --- What is compared -------------------------------------------------------------------------------------


def compare(key: str, file: Path, day: dt.date) -> list[str]:
    """How the publisher's file differs from the table at hand, for the codes that a note can hold."""
    known = {code.code for code in codes.all()}
    differences = _mue(file, day, known, key) if key.startswith("mue") else _ncci(file, day, known)
    lines = []
    for charted, words in differences:
        number = Note.objects.filter(
            pk__in=Block.objects.filter(code=charted, note__status__in=OPEN, is_removed=False).values("note")
        ).count()
        lines.append(f"{words} Open notes with {charted}: {number}.")
    return lines


def _mue(file: Path, day: dt.date, known: set[str], key: str) -> Iterator[tuple[str, str]]:
    place = "22" if key == "mue-hospital" else ""
    seen = 0
    for row in _cells(file):
        if len(row) < 2 or row[0].strip() not in known or not row[1].strip().isascii():
            continue
        code, value = row[0].strip(), row[1].strip()
        if not value.isdigit():
            continue
        seen += 1
        here = mue.limit(code, day, place)
        if here != int(value):
            yield code, f"{code}: {value} in the file, {'none' if here is None else here} here."
    if not seen:
        raise Refused(f"{file.name} has no line of a code and its units that a note can hold.")


def _ncci(file: Path, day: dt.date, known: set[str]) -> Iterator[tuple[str, str]]:
    """Columns: column 1, column 2, before 1996, first day, last day or *, indicator, rationale."""
    seen = 0
    for row in _cells(file):
        if len(row) < 6 or row[5].strip() not in ("0", "1", "9"):
            continue
        one, two, last, indicator = row[0].strip(), row[1].strip(), row[4].strip(), row[5].strip()
        if codes.NEUROMUSCULAR not in (one, two) or not {one, two} & known:
            continue
        seen += 1
        is_over = last.isdigit() and len(last) == 8 and last <= f"{day:%Y%m%d}"
        wanted = None if is_over or indicator == "9" else indicator
        here = "1" if ncci.partners(two, (one,), day) else "0" if ncci.never_with(two, (one,), day) else None
        if here != wanted:
            yield (
                codes.NEUROMUSCULAR,
                f"{one} with {two}: {_pair(wanted)} in the file, {_pair(here)} here.",
            )
    if not seen:
        raise Refused(f"{file.name} has no pair with {codes.NEUROMUSCULAR}.")


def _pair(indicator: str | None) -> str:
    return f"indicator {indicator}" if indicator else "no pair"


def _cells(file: Path) -> Iterator[list[str]]:
    try:
        text = file.read_text(encoding="utf-8-sig", errors="strict").replace("\x00", "")
    except UnicodeDecodeError:
        text = file.read_text(encoding="cp1252", errors="replace").replace("\x00", "")
    except OSError as error:
        raise Refused(f"{file.name} cannot be read.") from error
    lines = text.splitlines()
    yield from csv.reader(lines, delimiter="\t" if any("\t" in line for line in lines[:20]) else ",")
