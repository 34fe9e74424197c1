"""The reporting period as the signed notes tell it: what a progress report is written from. Only reading.

Each goal with its measure then and now, the change against the published figures, and what was charted of it
last, in the words of that note. The assessment and the plan are not here: they are the clinician's to write.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from apps.compliance import codes
from apps.episodes.models import Goal
from apps.patients.merging import records_of

from . import corrected
from .chart import Chart
from .drawing import plain
from .kinds import CONTENTS, NoteKind
from .models import Block, MeasureTaken, Note, Status
from .reports import AHEAD
from .trends import Series, Taken, series_of


@dataclass(frozen=True)
class GoalNow:
    """What the period's notes hold of one goal. Every line is a value or a quotation, with its date."""

    number: int
    measured: tuple[str, ...]
    worked_on: int  # treatment days of the period with an intervention toward it
    quoted: str = ""  # the last response charted toward it
    quoted_on: dt.date | None = None


@dataclass(frozen=True)
class Period:
    begins_on: dt.date
    ends_on: dt.date
    days: tuple[dt.date, ...] = ()
    given: tuple[str, ...] = ()  # "97112 Neuromuscular re-education: 9 days, 214 min"
    goals: tuple[tuple[Any, GoalNow], ...] = ()  # by goal id

    @property
    def by_goal(self) -> dict[Any, GoalNow]:
        return dict(self.goals)

    @property
    def words(self) -> str:
        number = len(self.days)
        return (
            f"{number} treatment day{'' if number == 1 else 's'} with a signed note from "
            f"{self.begins_on:%m/%d/%Y} to {self.ends_on:%m/%d/%Y}."
        )


def is_wanted(charted: Chart) -> bool:
    """Does this note report on a period, or is a report near?"""
    note, progress = charted.note, charted.progress
    if charted.plan is None:
        return False
    if note.kind in (NoteKind.PROGRESS, NoteKind.DISCHARGE, NoteKind.REEVALUATION):
        return True
    if note.kind != NoteKind.TREATMENT:
        return False
    return note.has_report or bool(progress and progress.report_is_near(AHEAD))


def bounds(charted: Chart) -> tuple[dt.date, dt.date]:
    """The period that the note says, else from the day after the last report to the day of the visit."""
    said = charted.note.sections
    served_on = charted.visit.served_on
    last = charted.progress.last_report_on if charted.progress else None
    begins_on = last + dt.timedelta(days=1) if last and last < served_on else None
    begins_on = begins_on or (charted.plan.starts_on if charted.plan else served_on)
    return (
        _day(said.get("report_begins_on", "")) or begins_on,
        _day(said.get("report_ends_on", "")) or served_on,
    )


def proposed(charted: Chart) -> dict[str, str]:
    """The dates with which a report of its own begins; its author sees them, and may change them."""
    begins_on, ends_on = bounds(charted)
    return {"report_begins_on": begins_on.isoformat(), "report_ends_on": ends_on.isoformat()}


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def of(charted: Chart) -> Period | None:
    """The period of a note that reports on one; None where it does not."""
    if not is_wanted(charted):
        return None
    begins_on, ends_on = bounds(charted)
    signed = Note.objects.filter(
        visit__patient__in=records_of(charted.visit.patient_id),
        visit__served_on__lte=ends_on,
        discipline=charted.note.discipline,
        status=Status.SIGNED,
    ).exclude(pk=charted.note.pk)
    notes = corrected.notes(
        corrected.marked(signed.filter(visit__served_on__gte=begins_on))
        .select_related("visit")
        .prefetch_related(Prefetch("blocks", Block.objects.filter(is_removed=False)))
        .order_by("visit__served_on", "pk")
    )
    treated = [note for note in notes if CONTENTS[note.kind].treats]
    series = _series(charted, signed)
    return Period(
        begins_on=begins_on,
        ends_on=ends_on,
        days=tuple(dict.fromkeys(note.visit.served_on for note in treated)),
        given=tuple(_given(treated)),
        goals=tuple((goal.pk, _goal(goal, treated, series, begins_on)) for goal in charted.goals),
    )


def _series(charted: Chart, signed) -> list[Series]:
    """Of the goals' scales: what signed notes hold up to the period's end, then this note's own values."""
    keys = {goal.scale for goal in charted.goals if goal.scale}
    if not keys:
        return []
    rows = MeasureTaken.objects.filter(
        note__in=signed, key__in=keys, is_removed=False, value__isnull=False
    ).select_related("note__visit", "note__author")
    own = [row for row in charted.measures if row.key in keys and row.value is not None]
    for row in own:
        row.note = charted.note
    in_order = corrected.marked(rows, "note").order_by(
        "note__visit__served_on", "note__started_at", "position"
    )
    return series_of([*corrected.measures(in_order), *own])


def _given(notes: list[Note]):
    days: dict[str, set[dt.date]] = {}
    minutes: Counter[str] = Counter()
    for note in notes:
        for row in note.blocks.all():
            days.setdefault(row.code, set()).add(note.visit.served_on)
            given = (row.minutes_therapist, row.minutes_assistant, row.minutes_together)
            minutes[row.code] += sum(filter(None, given))
    for code in sorted(days, key=lambda one: (-len(days[one]), one)):
        number = len(days[code])
        said = f"{code} {codes.label(code)}: {number} day{'' if number == 1 else 's'}"
        yield f"{said}, {minutes[code]} min" if minutes[code] else said


def _goal(goal: Goal, notes: list[Note], series: list[Series], begins_on: dt.date) -> GoalNow:
    worked = [note for note in notes if any(row.goal_id == goal.pk for row in note.blocks.all())]
    quoted, quoted_on = "", None
    for note in reversed(worked):
        said = [row.response.strip() for row in note.blocks.all() if row.goal_id == goal.pk]
        if said and said[-1]:
            quoted, quoted_on = said[-1], note.visit.served_on
            break
    mine = [one for one in series if one.measure.key == goal.scale and goal.side in ("", one.side)]
    return GoalNow(
        number=goal.number,
        measured=tuple(then_and_now(one, begins_on) for one in mine if goal.scale),
        worked_on=len({note.visit.served_on for note in worked}),
        quoted=quoted,
        quoted_on=quoted_on,
    )


def then_and_now(series: Series, begins_on: dt.date) -> str:
    """ "Berg Balance Scale: 36 on 10/22/2026, 45 on 11/20/2026. +9 (above MDC 2.7, stroke)" """
    before = [row for row in series.rows if row.on < begins_on]
    then = before[-1] if before else series.rows[0]
    now = series.rows[-1]
    unit = f" {series.unit}" if series.unit else ""
    if then is now:
        return f"{series.label}: {_value(now, unit)}, measured once."
    change = series.measure.change_words(now.value - then.value, "then")
    return f"{series.label}: {_value(then, unit)}, {_value(now, unit)}. {change}."


def _value(taken: Taken, unit: str) -> str:
    mark = " (corrected)" if taken.is_corrected else ""
    return f"{plain(taken.value)}{unit} on {taken.on:%m/%d/%Y}{mark}"


def payload_of(period: Period | None) -> dict[str, Any] | None:
    """The period as plain values, for the signed words."""
    if period is None:
        return None
    return {
        "begins_on": period.begins_on.isoformat(),
        "ends_on": period.ends_on.isoformat(),
        "words": period.words,
        "given": list(period.given),
        "goals": [
            {
                "number": goal.number,
                "measured": list(goal.measured),
                "worked_on": goal.worked_on,
                "quoted": goal.quoted,
                "quoted_on": goal.quoted_on.isoformat() if goal.quoted_on else "",
            }
            for _, goal in period.goals
        ],
    }
