"""The counter of progress reports: treatment days of a plan and discipline, and a therapist's part. Reading.

Days with a note in which the patient was treated or evaluated count, each once: not the calendar's days, not
visits that did not take place, not the other discipline's days. Source: CMS Pub. 100-02 ch. 15 §220.3.D.
What is due is told to apps/episodes/due.py, which knows no notes.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast

from apps.accounts.models import Credential
from apps.compliance import limits, payers
from apps.episodes import due
from apps.episodes.due import Item
from apps.episodes.models import PlanOfCare
from apps.patients.merging import records_of, records_of_people
from apps.visits.models import Visit

from .kinds import CONTENTS, holds_report
from .models import PUT_ASIDE, Block, Note, Status

AHEAD = 2
"""Treatment days before the report is due from which it is called so. The clinic's own choice."""

THERAPISTS = (Credential.PT, Credential.OT)


@dataclass(frozen=True)
class Day:
    """A treatment day since the last report, and whether a therapist treated on it."""

    on: dt.date
    by_therapist: bool
    is_signed: bool


@dataclass(frozen=True)
class Counter:
    """How many treatment days of the period are used, and of how many."""

    every: int | None
    days: tuple[Day, ...] = ()
    all_days: int = 0
    last_report_on: dt.date | None = None
    last_report_by: str = ""

    @property
    def since(self) -> int:
        return len(self.days)

    @property
    def left(self) -> int | None:
        return None if self.every is None else self.every - self.since

    @property
    def tone(self) -> str:
        """ "" while there is time, warn when it is near or due, stop when a day went by without it."""
        if self.left is None or self.left > AHEAD:
            return ""
        return "warn" if self.left >= 0 else "stop"

    @property
    def short(self) -> str:
        if self.left is not None and self.left < 0:
            return f"late, treatment day {self.since} of {self.every}"
        if self.left == 0:
            return f"due now, treatment day {self.since} of {self.every}"
        return f"treatment day {self.since} of {self.every}"

    @property
    def words(self) -> str:
        """The counter in a sentence that says what it counts from."""
        since = (
            "the plan began" if self.last_report_on is None else f"the report of {_us(self.last_report_on)}"
        )
        said = f"{_days(self.since)} since {since}; a report is due every {self.every}."
        if self.left is None:
            return f"{_days(self.since)} since {since}."
        if self.left < 0:
            return f"{said} {_days(-self.left).capitalize()} went by without it."
        if self.left == 0:
            return f"{said} It belongs to the last of them."
        if self.left <= AHEAD:
            return f"{said} {self.left} left."
        return said

    @property
    def therapist_last_on(self) -> dt.date | None:
        """The last day of the period on which a therapist treated."""
        return max((day.on for day in self.days if day.by_therapist), default=None)

    @property
    def wants_therapist(self) -> bool:
        """Have assistants given every day of a period that is nearly over?"""
        if self.left is None or self.left > AHEAD or not self.days:
            return False
        return self.therapist_last_on is None


def _days(number: int) -> str:
    return f"{number} treatment day{'' if number == 1 else 's'}"


def _us(day: dt.date) -> str:
    return f"{day:%m/%d/%Y}"


def counters(plans: Iterable[PlanOfCare], day: dt.date) -> dict[Any, Counter]:
    """The counter of each plan at the end of `day`, by plan id: two queries, whatever the number of plans."""
    plans = [plan for plan in plans if plan.starts_on <= day]
    # Of all these people at once, and sorted by person and discipline below: drawing up a condition for each
    # of them took longer than the database's answer.
    whose = records_of_people({plan.person for plan in plans}) if plans else {}
    disciplines = {plan.discipline for plan in plans}
    notes: dict[tuple[Any, str], list[_Charted]] = defaultdict(list)
    if plans:
        with_therapist = Block.objects.filter(note=OuterRef("pk"), is_removed=False).filter(
            Q(minutes_therapist__gt=0) | Q(minutes_together__gt=0)
        )
        rows = (
            Note.objects.filter(
                visit__patient__in=list(whose),
                discipline__in=disciplines,
                visit__served_on__range=(min(p.starts_on for p in plans), day),
            )
            .exclude(status__in=PUT_ASIDE)
            .annotate(
                has_therapist=Exists(with_therapist),
                sections_said=Cast("sections", TextField()),
                goals_said=Cast("goal_reports", TextField()),
            )
            .order_by("visit__served_on", "pk")
        )
        # As plain rows: a list asks for some thousand notes, and models of them took most of its time.
        for record, discipline, *charted in rows.values_list("visit__patient_id", "discipline", *_CHARTED):
            notes[whose[record], discipline].append(_Charted(*charted))
    every = limits.report_every(day)
    return {plan.pk: _counter(plan, notes[plan.person, plan.discipline], every) for plan in plans}


_CHARTED = (
    "visit__served_on",
    "kind",
    "status",
    "sections_said",
    "goals_said",
    "author__credential",
    "has_therapist",
)
"""What is read of a note that may count, in the order of `_Charted`."""


@dataclass(frozen=True, slots=True)
class _Charted:
    on: dt.date
    kind: str
    status: str
    sections: str  # JSON, read where it decides something: nearly every note has none
    goal_reports: str
    credential: str
    has_therapist: bool

    @property
    def is_signed_report(self) -> bool:
        if self.status != Status.SIGNED:
            return False
        if self.sections == self.goal_reports == "{}":
            return holds_report(self.kind, {}, {})
        return holds_report(self.kind, json.loads(self.sections), json.loads(self.goal_reports))


def _counter(plan: PlanOfCare, notes: list[_Charted], every: int | None) -> Counter:
    notes = [note for note in notes if note.on >= plan.starts_on]
    last = next((note for note in reversed(notes) if note.is_signed_report), None)
    since = last.on if last else None
    treated: dict[dt.date, list[_Charted]] = defaultdict(list)
    for note in notes:
        if CONTENTS[note.kind].treats:
            treated[note.on].append(note)
    days = tuple(
        Day(
            on,
            by_therapist=any(note.has_therapist or note.credential in THERAPISTS for note in of_day),
            is_signed=all(note.status == Status.SIGNED for note in of_day),
        )
        for on, of_day in sorted(treated.items())
        if since is None or on > since
    )
    return Counter(
        every=every,
        days=days,
        all_days=len(treated),
        last_report_on=since,
        last_report_by=last.credential if last else "",
    )


def items(plans: list[PlanOfCare], day: dt.date) -> dict[Any, list[Item]]:
    """What is due of reports and of the therapist's own part, by plan id. For due.py."""
    asked = [plan for plan in plans if is_asked_of(plan)]
    return {plan.pk: list(_items(plan, counter)) for plan, counter in _pairs(asked, day)}


def _pairs(plans: list[PlanOfCare], day: dt.date):
    found = counters(plans, day)
    return [(plan, found[plan.pk]) for plan in plans if plan.pk in found]


def is_asked_of(plan: PlanOfCare) -> bool:
    """Whether the payer of a plan (from `due.plans_on`) is one that keeps to Medicare's count."""
    return (plan.policy or "") in payers.MEDICARE


def _items(plan: PlanOfCare, counter: Counter):
    if counter.tone:
        yield Item("report", "Progress report", counter.short, counter.words, counter.tone, plan=plan)
    if counter.last_report_on and counter.last_report_by in (
        Credential.PTA,
        Credential.OTA,
        Credential.STUDENT,
    ):
        words = (
            f"The report of {_us(counter.last_report_on)} was signed by {counter.last_report_by}. "
            "The judgement of progress is a therapist's, who adds it and signs."
        )
        yield Item("report", "Progress report", "not yet a therapist's", words, "warn", plan=plan)
    if counter.wants_therapist:
        words = (
            f"Assistants gave the last {_days(counter.since)}. "
            "A therapist takes part in the treatment at least once in each reporting period."
        )
        yield Item("therapist", "Therapist’s part", "none in this period", words, "warn", plan=plan)


@dataclass(frozen=True)
class LeftOut:
    """A day of the period that is no treatment day, and why not."""

    on: dt.date
    why: str


@dataclass(frozen=True)
class Explained:
    """A counter for the plan's page, with what it does not count."""

    counter: Counter
    left_out: tuple[LeftOut, ...]
    is_asked: bool  # whether the payer is known to ask for reports by treatment days

    @property
    def ahead(self) -> range:
        """The numbers of the days that are left."""
        return range(self.counter.since + 1, (self.counter.every or 0) + 1)


def explained(plan: PlanOfCare, day: dt.date) -> Explained:
    """The counter of a plan (from `due.plans_on`), and the visits of its period that are not in it."""
    counter = counters([plan], day)[plan.pk]
    begins_on = counter.last_report_on + dt.timedelta(1) if counter.last_report_on else plan.starts_on
    visits = Visit.objects.filter(patient__in=records_of(plan.patient_id), served_on__range=(begins_on, day))
    counted = {one.on for one in counter.days}
    left_out = [
        LeftOut(visit.served_on, why_not(visit, plan))
        for visit in visits.prefetch_related("notes").order_by("served_on", "pk")
        if visit.served_on not in counted
    ]
    return Explained(counter, tuple(dict.fromkeys(left_out)), is_asked_of(plan))


def why_not(visit: Visit, plan: PlanOfCare) -> str:
    """Why a visit is no treatment day of this plan."""
    if not visit.happened:
        return visit.get_attendance_display().lower()
    notes = [note for note in visit.notes.all() if note.status != Status.DISCARDED]
    mine = [note for note in notes if note.discipline == plan.discipline]
    if any(note.status == Status.VOIDED for note in mine):
        return "its note is void"
    if mine:
        return f"{mine[0].get_kind_display().lower()}, without treatment"
    if notes:
        return notes[0].get_discipline_display().lower()
    return "no note yet"


due.register(items)
due.DAYS[:] = [explained]
