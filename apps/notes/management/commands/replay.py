"""Judge signed notes again: by the rules of their own day, or as if they were of another.

It shows what a change of the rules does to real notes before anybody meets it, and whether
old notes are still judged as they were when they were signed, by the severities that the
clinic had chosen then. It reads the ledger and changes nothing. A note is named by its
number; no name and no word of it is printed.
"""

from __future__ import annotations

import datetime as dt
import gc
import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.compliance.moved import moved
from apps.compliance.note_json import WrongNote, load
from apps.compliance.review import Review, review
from apps.compliance.rules import CATALOGUE_VERSION
from apps.compliance.severity import Policy
from apps.ledger.models import DocumentType, Kind, LedgerEntry

Findings = Counter[tuple[str, str]]  # (rule, severity), a question being a severity of its own
Units = tuple[str | None, int | None]  # (method, total)


@dataclass
class Difference:
    """What one note has now and had not, and the other way round."""

    note: str
    date_of_service: str
    appeared: list[str] = field(default_factory=list)  # "NMR104 blocker"
    gone: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)  # "NMR104 blocker to warning"
    units: str = ""  # "3 to 2"

    def __bool__(self) -> bool:
        return bool(self.appeared or self.gone or self.changed or self.units)


@dataclass
class Replay:
    """All that was found. `seconds` is the processor's time, so that a busy machine does not count."""

    notes: int = 0
    without_facts: int = 0
    unreadable: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    appeared: Counter[str] = field(default_factory=Counter)
    gone: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    units: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> int:
        """Notes per second on one core."""
        return round(self.notes / self.seconds) if self.seconds else 0


class Command(BaseCommand):
    help = "Judge signed notes again and tell what would be found now, or by the rules of another day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", type=day, required=True, help="first date of service")
        parser.add_argument("--to", dest="last", type=day, required=True, help="last date of service")
        parser.add_argument("--as-of", type=day, help="judge as if each note were of this day")
        parser.add_argument("--clinic", type=clinic_id, help="one clinic's notes only")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(
        self,
        *args: Any,
        first: dt.date,
        last: dt.date,
        as_of: dt.date | None,
        clinic: UUID | None,
        **options: Any,
    ) -> None:
        if last < first:
            raise CommandError("--to must not lie before --from.")
        found = replay(entries(first, clinic), first=first, last=last, as_of=as_of)
        if options["json"]:
            self.stdout.write(json.dumps(in_json(found, first, last, as_of), indent=2))
        else:
            self.show(found, as_of)

    def show(self, found: Replay, as_of: dt.date | None) -> None:
        for one in found.differences:
            said = [
                *(f"+ {name}" for name in one.appeared),
                *(f"- {name}" for name in one.gone),
                *(f"~ {name}" for name in one.changed),
                *([f"~ units {one.units}"] if one.units else []),
            ]
            self.stdout.write(f"{one.note} of {one.date_of_service}")
            for line in said:
                self.stdout.write(f"  {line}")
        by = f"as if of {as_of}" if as_of else "by the rules of their own day"
        self.stdout.write(f"{_count(found.notes, 'note')} judged {by}, catalogue {CATALOGUE_VERSION}.")
        self.stdout.write(f"{len(found.differences)} would be found different.")
        for sign, totals in (("+", found.appeared), ("-", found.gone), ("~", found.changed)):
            for name, number in sorted(totals.items()):
                self.stdout.write(f"  {sign} {name}: {number}")
        if found.units:
            self.stdout.write(f"  ~ units: {found.units}")
        if found.without_facts:
            self.stdout.write(f"{_count(found.without_facts, 'entry')} without facts left out.")
        for note in found.unreadable:
            self.stdout.write(f"Cannot be read: {note}")
        self.stdout.write(f"{found.rate:,} notes a second on one core.")


def day(text: str) -> dt.date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError
    return dt.date.fromisoformat(text)


day.__name__ = "date, such as 2026-11-16"  # argparse says "invalid … value"


def clinic_id(text: str) -> UUID:
    return UUID(text)


clinic_id.__name__ = "clinic's number"


def entries(first: dt.date, clinic: UUID | None) -> Iterator[tuple[UUID, str]]:
    """Signed notes of that day or later, by clinic and in the order of their signatures."""
    rows = LedgerEntry.objects.filter(kind=Kind.SIGN, document_type=DocumentType.NOTE)
    if clinic:
        rows = rows.filter(clinic=clinic)
    if first > dt.date.min:
        # A note is signed on its date of service or later; a clinic's day may be a day off UTC's.
        rows = rows.filter(recorded_at__gte=(first - dt.timedelta(days=1)).isoformat())
    return rows.order_by("clinic", "seq").values_list("document", "payload").iterator(chunk_size=500)


def replay(
    rows: Iterable[tuple[UUID, str]], *, first: dt.date, last: dt.date, as_of: dt.date | None = None
) -> Replay:
    """Judge again what was signed about the days from `first` to `last`."""
    found = Replay()
    start = time.process_time()
    # Notes are plain values without cycles; looking for some would cost a tenth of the time.
    had_gc = gc.isenabled()
    gc.disable()
    try:
        for document, payload in rows:
            _replay_one(found, str(document), payload, first, last, as_of)
    finally:
        if had_gc:
            gc.enable()
    found.seconds = time.process_time() - start
    return found


def _replay_one(
    found: Replay, document: str, payload: str, first: dt.date, last: dt.date, as_of: dt.date | None
) -> None:
    try:
        signed = json.loads(payload)
        served_on = signed["visit"]["date_of_service"]
        then = signed["review"]["findings"]
        policy = policy_then(signed["review"])
        stored = signed.get("facts")
        if not first.isoformat() <= served_on <= last.isoformat():
            return
        if not stored:
            found.without_facts += 1
            return
        facts = load(stored, strict=False)
        was, was_units = findings_then(then), units_then(signed)
    except (ValueError, KeyError, TypeError, AttributeError, WrongNote):
        # Emptied by a court's order, or of a form that this code does not know.
        found.unreadable.append(document)
        return
    now = review(moved(facts, as_of) if as_of else facts, policy)
    difference = compare(document, served_on, was, findings_now(now), was_units, units_now(now))
    found.notes += 1
    if difference:
        found.differences.append(difference)
        found.appeared.update(difference.appeared)
        found.gone.update(difference.gone)
        found.changed.update(difference.changed)
        found.units += bool(difference.units)


def policy_then(stored: dict[str, Any]) -> Policy:
    """The clinic's own severities when the note was signed. Notes from before there were any have none."""
    policy = stored.get("policy") or {}
    return {code: str(severity) for code, severity in policy.items()}


def findings_then(stored: list[dict[str, Any]]) -> Findings:
    return Counter((row["rule"], "question" if row["kind"] == "ask" else row["severity"]) for row in stored)


def findings_now(judged: Review) -> Findings:
    return Counter(
        (one.code, "question" if one.kind == "ask" else one.severity.value) for one in judged.findings
    )


def units_then(signed: dict[str, Any]) -> Units:
    units = signed.get("units") or {}
    return units.get("method"), units.get("total_units")


def units_now(judged: Review) -> Units:
    units = judged.units
    return units.method, units.allocation.total_units if units.allocation else None


def compare(
    note: str, served_on: str, was: Findings, now: Findings, was_units: Units, now_units: Units
) -> Difference:
    """A rule that has as many findings as before and another severity has changed; the rest came or went."""
    difference = Difference(note, served_on)
    if was != now:
        new, old = list((now - was).elements()), list((was - now).elements())
        for rule, severity in old:
            same = next((one for one in new if one[0] == rule), None)
            if same is None:
                difference.gone.append(f"{rule} {severity}")
            else:
                new.remove(same)
                difference.changed.append(f"{rule} {severity} to {same[1]}")
        difference.appeared += [f"{rule} {severity}" for rule, severity in new]
    if was_units != now_units:
        difference.units = f"{_units(was_units)} to {_units(now_units)}"
    return difference


def _units(units: Units) -> str:
    method, total = units
    return f"{'open' if total is None else total} ({method or 'method not known'})"


def _count(number: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def in_json(found: Replay, first: dt.date, last: dt.date, as_of: dt.date | None) -> dict[str, Any]:
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "as_of": as_of.isoformat() if as_of else None,
        "catalogue_version": CATALOGUE_VERSION,
        "notes": found.notes,
        "different": len(found.differences),
        "without_facts": found.without_facts,
        "unreadable": found.unreadable,
        "totals": {
            "appeared": dict(sorted(found.appeared.items())),
            "gone": dict(sorted(found.gone.items())),
            "changed": dict(sorted(found.changed.items())),
            "units": found.units,
        },
        "differences": [vars(one) for one in found.differences],
        "notes_a_second": found.rate,
    }
