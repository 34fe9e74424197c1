"""The queue of the review desk: what waits for a person, with the reasons to read it sooner. Only reading.

The number of queries does not depend on how many notes wait. The findings that a signed note was signed with
come from its ledger entry; what is compared between notes comes from their rows, as measures' baselines do.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from apps.accounts.models import Clinic, Credential, User
from apps.compliance import codes, measures, rules
from apps.compliance.severity import Severity
from apps.episodes import due
from apps.notes import chart
from apps.notes.kinds import NoteKind
from apps.notes.models import Block, MeasureTaken, Note, ReviewRequest, Status

from . import risk, weights
from .access import waiting_for
from .signed import findings_of

MOST = 200
"""Notes that are ranked at once: those that wait longest. The page says how many follow."""

EARLIER = 10
"""Notes of the patient before this one that are looked at."""

LEARNS = {Credential.PTA: "assistant", Credential.OTA: "assistant", Credential.STUDENT: "student"}
DEADLINES = ("report", "certification", "therapist")


@dataclass(frozen=True)
class Line:
    """A waiting note. `since` is when it was signed or sent."""

    note: Note
    since: dt.datetime
    risk: risk.Risk
    request: ReviewRequest | None = None

    @property
    def to_cosign(self) -> bool:
        return self.note.is_signed


def of(user: User, clinic: Clinic, today: dt.date) -> tuple[list[Line], int]:
    """The lines of the queue, to be read in this order, and how many notes wait beyond them."""
    waiting = waiting_for(user, clinic)
    lines = lines_of(waiting, today)
    beyond = max(waiting.count() - MOST, 0) if len(lines) == MOST else 0
    return lines, beyond


def lines_of(notes: QuerySet[Note], today: dt.date) -> list[Line]:
    """Ranked: the most points first, and among equals what waits longest."""
    sent = ReviewRequest.objects.filter(note=OuterRef("pk"), outcome=ReviewRequest.Outcome.WAITING)
    found = (
        chart.with_surroundings(notes)
        .annotate(
            waits_since=Coalesce(Subquery(sent.values("sent_at")[:1]), "signed_at", "saved_at"),
        )
        .prefetch_related(
            *rows(),
            Prefetch(
                "review_requests", ReviewRequest.objects.select_related("sent_by", "reviewer"), "requests"
            ),
        )
        .order_by("waits_since", "pk")[:MOST]
    )
    notes_found = list(found)
    cases = cases_of(notes_found, today)
    known = weights.on(today)
    lines = [
        Line(
            note,
            note.waits_since,
            risk.of(cases[note.pk], known),
            next((one for one in note.requests if one.outcome == ReviewRequest.Outcome.WAITING), None),
        )
        for note in notes_found
    ]
    return sorted(lines, key=lambda line: (-line.risk.points, line.since, line.note.pk))


def rows() -> tuple[Prefetch, Prefetch]:
    """A note's blocks and measures, as far as they are compared."""
    blocks = Block.objects.filter(is_removed=False).only(
        "note",
        "position",
        "code",
        "minutes_therapist",
        "minutes_assistant",
        "minutes_together",
        "response",
        "progression",
        "cues",
    )
    taken = MeasureTaken.objects.filter(is_removed=False, value__isnull=False)
    return Prefetch("blocks", blocks, "blocks_now"), Prefetch("measures", taken, "measures_now")


# --- From rows to what risk knows ---------------------------------------------------------------------------


def cases_of(notes: list[Note], today: dt.date) -> dict[UUID, risk.Case]:
    """By note. `notes` come with `rows()` and `waits_since`."""
    thresholds = weights.on(today).thresholds
    found = dict(findings_of([note.pk for note in notes if note.is_signed]))
    earlier = earlier_of(notes, thresholds["look_back_days"])
    written = written_before(notes, thresholds["first_notes"])
    deadlines = due.of_many({note.visit.patient_id: note.visit.patient for note in notes}.values(), today)
    return {
        note.pk: risk.Case(
            day=day_of(note),
            answered=signed_with(found.get(note.pk, ())) if note.is_signed else answered_so_far(note),
            earlier=tuple(day_of(other) for other in before(note, earlier[series(note)])),
            author=LEARNS.get(Credential(note.author.credential), ""),
            notes_before=written.get(note.pk, thresholds["first_notes"]),
            deadlines=tuple(
                risk.Deadline(item.words, item.tone == "stop")
                for item in getattr(deadlines.get(series(note)), "items", ())
                if item.kind in DEADLINES and item.tone in ("stop", "warn")
            ),
        )
        for note in notes
    }


def series(note: Note) -> tuple[UUID, str]:
    return note.visit.patient_id, note.discipline


def signed_with(findings: Iterable[dict[str, Any]]) -> tuple[risk.Answered, ...]:
    """Of the findings, those that waited for an answer."""
    return tuple(
        risk.Answered(
            one["rule"],
            one["title"],
            answer=one["answer"],
            reason=one["reason"],
            was_blocker=is_a_stop(one["rule"]) and one["kind"] == "fail" and one["severity"] != "blocker",
        )
        for one in findings
        if one["severity"] != "advice"
    )


def is_a_stop(code: str) -> bool:
    rule = rules.get(code)
    return rule is not None and rule.severity is Severity.BLOCKER


def answered_so_far(note: Note) -> tuple[risk.Answered, ...]:
    """What the author of a draft has answered. What is still open is asked when it is signed."""
    given = []
    for key, said in note.answers.items():
        code = key.split(":")[0]
        rule = rules.get(code)
        if rule and any(said.values()):
            given.append(
                risk.Answered(code, rule.title, answer=said.get("value", ""), reason=said.get("reason", ""))
            )
    return tuple(given)


def written_before(notes: list[Note], most: int) -> dict[UUID, int]:
    """By note how many its author had written in the clinic before it, where that is fewer than `most`.

    Asked of those only who still learn: an author of years has thousands.
    """
    learning = [note.pk for note in notes if Credential(note.author.credential) in LEARNS]
    kept = Note.objects.exclude(status=Status.DISCARDED).order_by()
    others = kept.filter(
        author=OuterRef("author"), clinic=OuterRef("clinic"), started_at__lt=OuterRef("started_at")
    )
    # In no order, so that the database stops at the first note too many.
    too_many = Note.objects.filter(pk__in=learning).annotate(
        one=Subquery(others.values("pk")[most - 1 : most])
    )
    new = set(too_many.filter(one=None).values_list("pk", flat=True)) if learning else set()
    asked = [note for note in notes if note.pk in new]
    if not asked:
        return {}
    earlier = kept.filter(
        author__in={note.author_id for note in asked}, started_at__lt=max(note.started_at for note in asked)
    )
    rows = list(earlier.values_list("author", "clinic", "started_at"))
    return {
        note.pk: sum(
            author == note.author_id and clinic == note.clinic_id and at < note.started_at
            for author, clinic, at in rows
        )
        for note in asked
    }


def earlier_of(notes: list[Note], days: int) -> dict[tuple[UUID, str], list[Note]]:
    """Signed treatment notes of the same patients, the newest first, by patient and discipline."""
    found: dict[tuple[UUID, str], list[Note]] = defaultdict(list)
    if not notes:
        return found
    served = [note.visit.served_on for note in notes]
    others = (
        Note.objects.filter(
            visit__patient__in={note.visit.patient_id for note in notes},
            visit__served_on__range=(min(served) - dt.timedelta(days=days), max(served)),
            status=Status.SIGNED,
            kind=NoteKind.TREATMENT,
        )
        .select_related("visit")
        .only(
            "discipline",
            "subjective",
            "assessment",
            "answers",
            "started_at",
            "visit__patient",
            "visit__served_on",
        )
        .prefetch_related(*rows())
        .order_by("-visit__served_on", "-started_at")
    )
    for note in others:
        found[series(note)].append(note)
    return found


def before(note: Note, others: list[Note]) -> list[Note]:
    return [other for other in others if other.visit.served_on < note.visit.served_on][:EARLIER]


def day_of(note: Note) -> risk.Day:
    minutes = [minutes_of(block) for block in note.blocks_now if block.code == codes.NEUROMUSCULAR]
    return risk.Day(
        on=note.visit.served_on,
        minutes=sum(minutes) or None,
        values=tuple((name_of(row), row.value) for row in note.measures_now),
        words=tuple((label, words) for label, words in words_of(note) if words.strip()),
        reasons=tuple(said["reason"] for said in note.answers.values() if said.get("reason")),
    )


def minutes_of(block: Block) -> int:
    return sum(filter(None, (block.minutes_therapist, block.minutes_assistant, block.minutes_together)))


def name_of(row: MeasureTaken) -> str:
    kind = measures.get(row.key)
    name = kind.label if kind and not kind.free else row.name or "Observation"
    return f"{name}, {row.place}" if row.place else name


def words_of(note: Note) -> Iterable[tuple[str, str]]:
    """What was seen and judged that day. What was planned may be the same, and is marked where it is."""
    yield "Subjective", note.subjective
    for block in note.blocks_now:
        yield f"{block.code} response", block.response
        yield f"{block.code} progression", block.progression
        yield f"{block.code} cues", " ".join(cue.get("seen", "") for cue in block.cues)
    yield "Assessment", note.assessment
