"""The queue of the review desk: what waits for a person, with the reasons to read it sooner. Only reading.

What a note's risk rests on is named in a key: the note at its revision, the signed notes before it, and what
stands in the risk itself. A signed note never changes, so a risk that was found once is found again by its
key, and only what is new is read. The number of queries does not depend on how many notes wait.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from apps.accounts.models import Clinic, User
from apps.notes.latest import Latest
from apps.notes.models import Note, ReviewRequest

from . import cases, risk, weights
from .access import waiting_for

MOST = 200
"""Notes that are ranked at once: those that wait longest. The page says how many follow."""

_found: Latest[risk.Risk] = Latest(20 * MOST)


def forget() -> None:
    """Keep nothing any more. For tests, whose database goes back in time."""
    _found.clear()
    cases.forget()


@dataclass(frozen=True)
class Ranked:
    """A waiting note at its place in the queue. `since` is when it was signed or sent."""

    pk: UUID
    since: dt.datetime
    risk: risk.Risk


@dataclass(frozen=True)
class Line:
    """A waiting note as the queue shows it."""

    note: Note
    since: dt.datetime
    risk: risk.Risk
    request: ReviewRequest | None = None

    @property
    def to_cosign(self) -> bool:
        return self.note.is_signed


def of(user: User, clinic: Clinic, today: dt.date) -> tuple[list[Ranked], int]:
    """What waits, in the order in which it is to be read, and how many notes wait beyond it."""
    waiting = waiting_for(user, clinic)
    found = ranked(waiting, today)
    beyond = max(waiting.count() - MOST, 0) if len(found) == MOST else 0
    return found, beyond


def ranked(notes: QuerySet[Note], today: dt.date, *, kept: dt.timedelta = cases.KEPT) -> list[Ranked]:
    """The most points first, and among equals what waits longest. `kept`: how old deadlines may be."""
    sent = ReviewRequest.objects.filter(note=OuterRef("pk"), outcome=ReviewRequest.Outcome.WAITING)
    since = Coalesce(Subquery(sent.values("sent_at")[:1]), "signed_at", "saved_at")
    longest = notes.annotate(waits_since=since).order_by("waits_since", "pk")[:MOST]
    waiting = [cases.Waiting(*row) for row in longest.values_list(*cases.WAITING)]
    risks = risks_of(waiting, today, kept)
    found = [Ranked(note.pk, note.since, risks[note.pk]) for note in waiting if note.pk in risks]
    return sorted(found, key=lambda one: (-one.risk.points, one.since, one.pk))


def risks_of(waiting: Sequence[cases.Waiting], today: dt.date, kept: dt.timedelta) -> dict[UUID, risk.Risk]:
    around = cases.around(waiting, today, kept=kept)
    keys = {note.pk: (today, note.key, around[note.pk]) for note in waiting}
    risks = {pk: found for pk, key in keys.items() if (found := _found.get(key)) is not None}
    new = [note for note in waiting if note.pk not in risks]
    known = weights.on(today)
    for pk, case in cases.read(new, around).items():
        risks[pk] = risk.of(case, known)
        _found.put(keys[pk], risks[pk])
    return risks


def lines_of(shown: Sequence[Ranked]) -> list[Line]:
    """The notes of a page, in their order. One that is gone since it was ranked is left out."""
    requests = ReviewRequest.objects.filter(outcome=ReviewRequest.Outcome.WAITING).select_related("reviewer")
    notes = (
        Note.objects.filter(pk__in=[one.pk for one in shown])
        .select_related("visit__patient", "author", "signed_by")
        .prefetch_related(Prefetch("review_requests", requests, "requests"))
        .in_bulk()
    )
    return [
        Line(note, one.since, one.risk, next(iter(note.requests), None))
        for one in shown
        if (note := notes.get(one.pk)) is not None
    ]
