"""What the signed notes of the last weeks tell a clinic or one person: findings, waits, and what is overdue.

For coaching. People are never set side by side, and nobody is ranked: one sees a whole clinic, or one person.
What a note was signed with comes from its ledger entry. The number of queries does not depend on the notes.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.safestring import SafeString

from apps.accounts.models import Clinic, User
from apps.compliance import rules
from apps.notes.access import notes_visible_to, unsigned
from apps.notes.models import PUT_ASIDE, Note, Status
from apps.visits.access import visits_visible_to
from apps.visits.models import Attendance, Visit

from . import drawing, timing, weights
from .signed import findings_of

WEEKS = 12
MOST_NOTES = 20_000
"""Notes that are read at once. Where more were signed in those weeks, there are fewer, each of them whole."""
SHOWN = 6
"""Rules that get a drawing; the table has all."""


@dataclass(frozen=True)
class RuleFigures:
    """In how many of each week's notes a rule found something that its author answered."""

    code: str
    title: str
    counts: tuple[int, ...]
    of: tuple[int, ...]
    weeks: tuple[dt.date, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def cells(self) -> list[tuple[dt.date, int, int]]:
        return list(zip(self.weeks, self.counts, self.of, strict=True))

    @property
    def drawn(self) -> SafeString:
        return drawing.bars(f"{self.code} {self.title}", self.weeks, self.counts, self.of)


@dataclass(frozen=True)
class Week:
    starts_on: dt.date
    took: timing.Took

    @property
    def median(self) -> str:
        return timing.in_words(self.took.median)

    @property
    def late(self) -> str:
        return timing.in_words(self.took.late)


@dataclass(frozen=True)
class Overdue:
    """A visit whose note is not signed long after it: begun, or not even that."""

    visit: Visit
    note: Note | None
    hours: float

    @property
    def waits(self) -> str:
        return timing.in_words(self.hours)


@dataclass(frozen=True)
class Figures:
    weeks: tuple[dt.date, ...]
    signed: int
    rules: tuple[RuleFigures, ...]
    by_week: tuple[Week, ...]
    took: timing.Took
    without_time: int
    overdue: tuple[Overdue, ...]
    overdue_hours: int

    @property
    def fewer_because(self) -> str:
        """The number of notes that is not read at once, where there are fewer weeks for it."""
        return f"{MOST_NOTES:,}" if len(self.weeks) < WEEKS else ""

    @property
    def median(self) -> str:
        return timing.in_words(self.took.median)

    @property
    def late(self) -> str:
        return timing.in_words(self.took.late)

    @property
    def shown(self) -> tuple[RuleFigures, ...]:
        return self.rules[:SHOWN]

    @property
    def drawn(self) -> SafeString:
        return drawing.lines(
            "From the end of the visit to the signature",
            self.weeks,
            [
                drawing.Line("9 of 10", tuple(week.took.late for week in self.by_week), dashes="5 4"),
                drawing.Line("median", tuple(week.took.median for week in self.by_week)),
            ],
            "hours",
        )


def of(user: User, clinic: Clinic, now: dt.datetime, person: User | None) -> Figures:
    """Of the clinic, or of what one person signed and has open. `user` is who looks."""
    today = now.astimezone(clinic.zone).date()
    signed = notes_visible_to(user).filter(clinic=clinic, status=Status.SIGNED)
    if person:
        signed = signed.filter(signed_by=person)
    mondays = _weeks(signed, today, clinic.zone)
    signed = signed.filter(signed_at__gte=dt.datetime.combine(mondays[0], dt.time(), clinic.zone))
    rows = list(
        signed.values_list("pk", "signed_at", "visit__served_on", "ends_at", "visit__expected_at").order_by()
    )
    week_of = {pk: timing.week_of(at.astimezone(clinic.zone).date()) for pk, at, *_ in rows}
    hours, without_time = _hours(rows, clinic, week_of)
    number = Counter(week_of.values())
    limit = weights.on(today).thresholds["overdue_hours"]
    return Figures(
        weeks=mondays,
        signed=len(rows),
        rules=tuple(_rules(signed, week_of, mondays, number)),
        by_week=tuple(Week(week, timing.took(hours[week])) for week in mondays),
        took=timing.took(value for values in hours.values() for value in values),
        without_time=without_time,
        overdue=tuple(_overdue(user, clinic, now, person, limit)),
        overdue_hours=limit,
    )


def _weeks(signed: QuerySet[Note], today: dt.date, zone: dt.tzinfo) -> tuple[dt.date, ...]:
    """The last weeks of which no more notes are read than may be, and this one in any case."""
    mondays = timing.weeks(today, WEEKS)
    # An index holds what was signed in this order; it knows no status.
    newest = signed.filter(signed_at__isnull=False).order_by("-signed_at").values_list("signed_at", flat=True)
    too_many = newest[MOST_NOTES : MOST_NOTES + 1].first()
    if too_many is None:
        return mondays
    whole = (day for day in mondays if dt.datetime.combine(day, dt.time(), zone) > too_many)
    return tuple(whole) or mondays[-1:]


def _hours(rows: list[Any], clinic: Clinic, week_of: dict[Any, dt.date]):
    found: dict[dt.date, list[float]] = defaultdict(list)
    without_time = 0
    for pk, signed_at, day, ends_at, expected_at in rows:
        ended = timing.ended_at(day, ends_at, expected_at, clinic.zone)
        if ended is None:
            without_time += 1
        else:
            found[week_of[pk]].append(timing.hours_between(ended, signed_at))
    return found, without_time


def _rules(
    signed: QuerySet[Note], week_of: dict[Any, dt.date], mondays, number: Counter[dt.date]
) -> Iterator[RuleFigures]:
    """By rule, the one found in most notes first: rules are compared, and people are not."""
    found: dict[str, Counter[dt.date]] = defaultdict(Counter)
    titles: dict[str, str] = {}
    for note, findings in findings_of(signed.order_by().values("pk")):
        for code, title in {
            one["rule"]: one["title"] for one in findings or () if one["severity"] != "advice"
        }.items():
            found[code][week_of[note]] += 1
            titles[code] = title
    of = tuple(number[week] for week in mondays)
    for code in sorted(found, key=lambda code: (-found[code].total(), code)):
        rule = rules.get(code)
        counts = tuple(found[code][week] for week in mondays)
        yield RuleFigures(code, rule.title if rule else titles[code], counts, of, mondays)


def _overdue(user: User, clinic: Clinic, now: dt.datetime, person: User | None, limit: int):
    """Visits that took place and have no signature after so many hours, the longest wait first."""
    until = now.astimezone(clinic.zone).date()
    happened = (Attendance.ATTENDED, Attendance.CUT_SHORT)
    kept = Note.objects.filter(visit=OuterRef("pk")).exclude(status__in=PUT_ASIDE)
    notes = (
        unsigned(notes_visible_to(user))
        .filter(clinic=clinic, visit__served_on__lte=until)
        .select_related("visit__patient", "author")
    )
    visits = (
        visits_visible_to(user)
        .filter(~Exists(kept), clinic=clinic, attendance__in=happened, served_on__lte=until)
        .select_related("patient", "clinician")
    )
    if person:
        notes = notes.filter(author=person)
        visits = visits.filter(Q(clinician=person) | Q(assistant=person))
    found = [(note.visit, note, note.ends_at) for note in notes] + [(visit, None, None) for visit in visits]
    rows = []
    for visit, note, ends_at in found:
        ended = timing.ended_at(visit.served_on, ends_at, visit.expected_at, clinic.zone)
        ended = ended or dt.datetime.combine(visit.served_on, dt.time(23, 59), clinic.zone)
        hours = timing.hours_between(ended, now)
        if hours > limit:
            rows.append(Overdue(visit, note, hours))
    return sorted(rows, key=lambda row: -row.hours)
