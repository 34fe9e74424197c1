"""The queue of the review desk: what waits for a person, with the reasons to read it sooner. Only reading.

What a note's risk rests on is named in a key: the note at its revision, the signed notes before it, and what
stands in the risk itself. A signed note never changes, so a risk that was found once is found again by its
key, and only what is new is read. The number of queries does not depend on how many notes wait. While the
same notes wait as they stood, their order is kept for as long as deadlines are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce

from apps.accounts.models import Clinic, User
from apps.notes.latest import Lately, Latest
from apps.notes.models import Note, ReviewRequest

from . import cases, risk, weights
from .access import waiting_for

MOST = 200
"""Notes that are ranked at once: those that wait longest. The page says how many follow."""

STANDS = ("pk", "waits_since", "status", "revision", "saved_at")
"""What is asked of every note that waits, each time that the desk is opened."""

SHOWN = (
    "kind",
    "discipline",
    "status",
    "visit__served_on",
    "visit__patient__given_name",
    "visit__patient__family_name",
    "author__name",
    "author__letters",
    "author__credential",
    "signed_by__name",
    "signed_by__letters",
    "signed_by__credential",
)

_found: Latest[risk.Risk] = Latest(20 * MOST)
_orders: Lately[tuple[list[tuple], list[Ranked]]] = Lately(200)
"""By person, clinic and day: how the notes stood that waited, and the order that they were put in."""


def forget() -> None:
    """Keep nothing any more. For tests, whose database goes back in time."""
    _found.clear()
    _orders.clear()
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
    longest = longest_waiting(waiting_for(user, clinic)).annotate(in_all=Window(Count("pk")))
    rows = list(longest.values_list("in_all", *STANDS))
    stand, asked = [row[1:] for row in rows], (user.pk, clinic.pk, today)
    kept = _orders.get(asked, cases.KEPT)
    if kept is None or kept[0] != stand:
        kept = stand, ranked(Note.objects.filter(pk__in=[pk for pk, *_ in stand]), today)
        _orders.put(asked, kept)
    return kept[1], rows[0][0] - len(rows) if rows else 0


def longest_waiting(notes: QuerySet[Note]) -> QuerySet[Note]:
    sent = ReviewRequest.objects.filter(note=OuterRef("pk"), outcome=ReviewRequest.Outcome.WAITING)
    since = Coalesce(Subquery(sent.values("sent_at")[:1]), "signed_at", "saved_at")
    return notes.annotate(waits_since=since).order_by("waits_since", "pk")[:MOST]


def ranked(notes: QuerySet[Note], today: dt.date, *, kept: dt.timedelta = cases.KEPT) -> list[Ranked]:
    """The most points first, and among equals what waits longest. `kept`: how old deadlines may be."""
    waiting = [cases.Waiting(*row) for row in longest_waiting(notes).values_list(*cases.WAITING)]
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
        .only(*SHOWN)
        .prefetch_related(Prefetch("review_requests", requests, "requests"))
        .in_bulk()
    )
    return [
        Line(note, one.since, one.risk, next(iter(note.requests), None))
        for one in shown
        if (note := notes.get(one.pk)) is not None
    ]
