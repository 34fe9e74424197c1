"""From rows and entries to what risk.py knows of the notes that wait: a case for each.

The findings that a signed note was signed with come from its ledger entry; what is compared between notes
comes from their rows, as measures' baselines do.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Prefetch, Subquery

from apps.accounts.models import Credential
from apps.compliance import codes, measures, rules
from apps.compliance.severity import Severity
from apps.episodes import due
from apps.notes.kinds import NoteKind
from apps.notes.latest import Lately
from apps.notes.models import Block, MeasureTaken, Note, Status

from . import risk, weights
from .signed import findings_of

EARLIER = 10
"""Notes of the patient before this one that are looked at."""

LEARNS = {Credential.PTA: "assistant", Credential.OTA: "assistant", Credential.STUDENT: "student"}
DEADLINES = ("report", "certification", "therapist")

WAITING = (
    "pk",
    "waits_since",
    "status",
    "revision",
    "saved_at",
    "discipline",
    "started_at",
    "author_id",
    "author__credential",
    "clinic_id",
    "visit__patient_id",
    "visit__served_on",
)
"""What is asked of every note that waits, in the order of `Waiting`."""


@dataclass(frozen=True, slots=True)
class Waiting:
    pk: UUID
    since: dt.datetime
    status: str
    revision: int
    saved_at: dt.datetime
    discipline: str
    started_at: dt.datetime
    author: UUID
    credential: str
    clinic: UUID
    patient: UUID
    served_on: dt.date

    @property
    def is_signed(self) -> bool:
        return self.status == Status.SIGNED

    @property
    def series(self) -> tuple[UUID, str]:
        return self.patient, self.discipline

    @property
    def key(self) -> tuple:
        """What the words of the note depend on: while it is a draft, they change with its revision."""
        return self.pk, self.status, self.revision, self.saved_at, self.served_on


@dataclass(frozen=True, slots=True)
class Around:
    """What a case has beside the note itself. `earlier` are signed notes, the newest first."""

    earlier: tuple[UUID, ...]
    author: str
    notes_before: int
    deadlines: tuple[risk.Deadline, ...]


KEPT = dt.timedelta(seconds=20)
"""For so long a list is ordered by deadlines that were read before. Who opens a note sees those of now."""

_deadlines: Lately[dict[str, tuple[risk.Deadline, ...]]] = Lately(2000)


def forget() -> None:
    """Keep nothing any more. For tests, whose database goes back in time."""
    _deadlines.clear()


def around(notes: Sequence[Waiting], today: dt.date, *, kept: dt.timedelta = KEPT) -> dict[UUID, Around]:
    """By note. None of the questions that this asks reads a note's words."""
    thresholds = weights.on(today).thresholds
    earlier = earlier_of(notes, thresholds["look_back_days"])
    written = written_before(notes, thresholds["first_notes"])
    deadlines = deadlines_of({note.patient for note in notes}, today, kept)
    return {
        note.pk: Around(
            earlier=tuple(pk for served_on, pk in earlier[note.series] if served_on < note.served_on)[
                :EARLIER
            ],
            author=LEARNS.get(Credential(note.credential), ""),
            notes_before=written.get(note.pk, thresholds["first_notes"]),
            deadlines=deadlines[note.patient].get(note.discipline, ()),
        )
        for note in notes
    }


def read(notes: Sequence[Waiting], around: Mapping[UUID, Around]) -> dict[UUID, risk.Case]:
    """The cases of these notes, with their words and those of the notes before them. A note that was deleted
    since has none.
    """
    wanted = {note.pk for note in notes}.union(*(around[note.pk].earlier for note in notes))
    rows = (
        Note.objects.filter(pk__in=wanted)
        .select_related("visit")
        .only("subjective", "assessment", "answers", "visit__served_on")
        .prefetch_related(*compared())
    )
    found = {row.pk: row for row in rows} if notes else {}
    days = {pk: day_of(row) for pk, row in found.items()}
    signed = [note.pk for note in notes if note.is_signed]
    findings = dict(findings_of(signed)) if signed else {}
    return {
        note.pk: risk.Case(
            day=days[note.pk],
            answered=(
                signed_with(findings.get(note.pk, ()))
                if note.is_signed
                else answered_so_far(found[note.pk].answers)
            ),
            earlier=tuple(days[pk] for pk in around[note.pk].earlier if pk in days),
            author=around[note.pk].author,
            notes_before=around[note.pk].notes_before,
            deadlines=around[note.pk].deadlines,
        )
        for note in notes
        if note.pk in days
    }


# --- Around a note ------------------------------------------------------------------------------------------


def earlier_of(notes: Sequence[Waiting], days: int) -> dict[tuple[UUID, str], list[tuple[dt.date, UUID]]]:
    """Signed treatment notes of the same patients, the newest first, by patient and discipline."""
    found: dict[tuple[UUID, str], list[tuple[dt.date, UUID]]] = defaultdict(list)
    if not notes:
        return found
    served = [note.served_on for note in notes]
    others = Note.objects.filter(
        visit__patient__in={note.patient for note in notes},
        visit__served_on__range=(min(served) - dt.timedelta(days=days), max(served)),
        status=Status.SIGNED,
        kind=NoteKind.TREATMENT,
    ).order_by("-visit__served_on", "-started_at")
    for patient, discipline, served_on, pk in others.values_list(
        "visit__patient_id", "discipline", "visit__served_on", "pk"
    ):
        found[patient, discipline].append((served_on, pk))
    return found


def deadlines_of(
    patients: Set[UUID], today: dt.date, kept: dt.timedelta
) -> dict[UUID, dict[str, tuple[risk.Deadline, ...]]]:
    """What is due or late, by patient and discipline, read no longer ago than `kept`."""
    found = {
        patient: known
        for patient in patients
        if (known := _deadlines.get((patient, today), kept)) is not None
    }
    asked = patients - found.keys()
    found |= {patient: {} for patient in asked}
    if asked:
        for (patient, discipline), stands in due.of_ids(asked, today).items():
            found[patient][discipline] = tuple(
                risk.Deadline(item.words, item.tone == "stop")
                for item in stands.items
                if item.kind in DEADLINES and item.tone in ("stop", "warn")
            )
    for patient in asked:
        _deadlines.put((patient, today), found[patient])
    return found


def written_before(notes: Sequence[Waiting], most: int) -> dict[UUID, int]:
    """By note how many its author had written in the clinic before it, where that is fewer than `most`.

    Asked of those only who still learn: an author of years has thousands.
    """
    learning = [note.pk for note in notes if Credential(note.credential) in LEARNS]
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
        author__in={note.author for note in asked}, started_at__lt=max(note.started_at for note in asked)
    )
    rows = list(earlier.values_list("author", "clinic", "started_at"))
    return {
        note.pk: sum(
            author == note.author and clinic == note.clinic and at < note.started_at
            for author, clinic, at in rows
        )
        for note in asked
    }


# --- What its author answered -------------------------------------------------------------------------------


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


def answered_so_far(answers: Mapping[str, Mapping[str, str]]) -> tuple[risk.Answered, ...]:
    """What the author of a draft has answered. What is still open is asked when it is signed."""
    given = []
    for key, said in answers.items():
        code = key.split(":")[0]
        rule = rules.get(code)
        if rule and any(said.values()):
            given.append(
                risk.Answered(code, rule.title, answer=said.get("value", ""), reason=said.get("reason", ""))
            )
    return tuple(given)


# --- What is compared ---------------------------------------------------------------------------------------


def compared() -> tuple[Prefetch, Prefetch]:
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
