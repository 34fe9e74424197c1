"""A note with everything around it, loaded once: what facts, record and pages are made from.

Only reading. The number of queries does not depend on the number of blocks.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from apps.compliance import limits
from apps.episodes.facts import facts_of, plan_on
from apps.episodes.models import Goal, PlanOfCare
from apps.patients.merging import records_of
from apps.patients.models import Diagnosis, Patient, Payer
from apps.visits.models import Visit

from . import corrected
from .kinds import CONTENTS
from .latest import Lately
from .models import OPEN, PUT_ASIDE, Block, MeasureTaken, Note, Status
from .record_policy import Late, lateness

TWO_DECIMALS = Decimal("0.01")


@dataclass(frozen=True)
class Progress:
    """Where this note's day stands between the progress reports of its plan and discipline.

    Treatment days are days with a note in which the patient was treated or
    evaluated; calendar days and the other discipline's days do not count.
    Source: CMS Pub. 100-02 ch. 15 §220.3.D.
    """

    treatment_day: int
    every: int | None = None  # treatment days between reports, where a number is set
    last_report_day: int = 0
    last_report_on: dt.date | None = None
    last_report_by: str = ""

    def report_is_near(self, ahead: int) -> bool:
        """Is a report due within so many treatment days, by the count on the last day?"""
        return self.every is not None and self.every - self.since_report <= ahead

    @property
    def since_report(self) -> int:
        """Treatment days since the last report, this one included."""
        return self.treatment_day - self.last_report_day


@dataclass
class Chart:
    """One note as it stands, with what else was charted around it.

    `others` are blocks of the patient's other notes of that discipline and day, `other_discipline` those of
    the other discipline, `clinician_day` those of the same clinician with other patients and clock times.
    `before` is the patient's signed note of the discipline before this one, with its blocks.
    """

    note: Note
    blocks: list[Block]
    measures: list[MeasureTaken]
    removed: list[Block | MeasureTaken]
    plan: PlanOfCare | None
    goals: list[Goal]
    diagnoses: list[Diagnosis]
    others: list[Block] = field(default_factory=list)
    other_discipline: list[Block] = field(default_factory=list)
    clinician_day: list[Block] = field(default_factory=list)
    before: Note | None = None
    progress: Progress | None = None
    late: Late | None = None
    asked: dict = field(default_factory=dict)  # what was read only when somebody wanted to know

    @property
    def visit(self) -> Visit:
        return self.note.visit

    @property
    def patient(self) -> Patient:
        return self.note.visit.patient

    @property
    def payer(self) -> Payer | None:
        coverage = self.note.visit.coverage
        return coverage.payer if coverage else None

    @property
    def plan_facts(self):
        """What rules may know of the plan, as it stood on the visit's day."""
        if self.plan is None:
            return None
        if "plan" not in self.asked:
            self.asked["plan"] = facts_of(self.plan, self.visit.served_on)
        return self.asked["plan"]

    @property
    def all_blocks(self) -> list[Block]:
        """With those that were removed."""
        return [*self.blocks, *(row for row in self.removed if isinstance(row, Block))]

    @property
    def all_measures(self) -> list[MeasureTaken]:
        return [*self.measures, *(row for row in self.removed if isinstance(row, MeasureTaken))]

    def arrange(self, blocks: list[Block], measures: list[MeasureTaken]) -> None:
        """Take these rows, read or just stored, in their order, and what was removed apart."""
        blocks = sorted(blocks, key=lambda row: (row.position, row.pk.bytes))
        measures = sorted(measures, key=lambda row: (row.position, row.pk.bytes))
        goals = {goal.pk: goal for goal in self.goals}
        for block in blocks:
            # A goal just chosen is among the plan's, which are here.
            if block.goal_id in goals and not Block.goal.is_cached(block):
                block.goal = goals[block.goal_id]
        for measure in measures:
            if measure.value is not None:
                # As the database gives it back: 45.00, however it was typed.
                measure.value = measure.value.quantize(TWO_DECIMALS)
        self.blocks = [block for block in blocks if not block.is_removed]
        self.measures = [measure for measure in measures if not measure.is_removed]
        self.removed = [row for row in [*blocks, *measures] if row.is_removed]

    @property
    def earlier_measures(self) -> dict[tuple[str, str, str], list[MeasureTaken]]:
        """Values of today's measures in signed notes of earlier days, oldest first, by series."""
        keys = frozenset(measure.key for measure in self.measures if measure.key != "observation")
        if keys not in self.asked:
            self.asked[keys] = self._earlier_measures(keys)
        return self.asked[keys]

    def _earlier_measures(self, keys: frozenset[str]) -> dict[tuple[str, str, str], list[MeasureTaken]]:
        found: dict[tuple[str, str, str], list[MeasureTaken]] = defaultdict(list)
        if keys:
            rows = MeasureTaken.objects.filter(
                note__visit__patient__in=records_of(self.patient.pk),
                note__status=Status.SIGNED,
                note__visit__served_on__lt=self.visit.served_on,
                key__in=keys,
                value__isnull=False,
                is_removed=False,
            ).select_related("note__visit")
            for row in corrected.measures(
                corrected.marked(rows, "note").order_by("note__visit__served_on", "id")
            ):
                if row.value is not None:
                    found[row.series].append(row)
        return found

    @property
    def earlier_by_key(self) -> dict[str, list[list[MeasureTaken]]]:
        """The same by measure, a list for each side and condition: what the editor shows beside a measure."""
        found: dict[str, list[list[MeasureTaken]]] = defaultdict(list)
        for (key, _, _), values in self.earlier_measures.items():
            found[key].append(values)
        return found


def with_surroundings(notes):
    """`notes` with the rows that every reading of a note needs, in the same query."""
    return notes.select_related(
        "clinic",
        "author",
        "visit__clinic",
        "visit__clinician",
        "visit__assistant",
        "visit__student",
        "visit__patient",
        "visit__coverage__payer",
    )


KEPT = dt.timedelta(seconds=10)
"""For so long a save uses what the save before it read around the note."""

_around: Lately[Chart] = Lately(200)


def forget() -> None:
    """Keep nothing any more. For tests, whose database goes back in time."""
    _around.clear()


def key_of(note: Note) -> tuple:
    """What the surroundings of a note depend on."""
    visit = note.visit
    return (
        note.pk,
        note.kind,
        note.discipline,
        visit.pk,
        visit.patient_id,
        visit.served_on,
        visit.clinician_id,
    )


def load_again(note: Note) -> Chart:
    """As `load`, for a save: what is around the note is as it was read some seconds ago.

    None of its own words are among that, and nothing is signed by it: the plan, diagnoses, the day's other
    blocks and the note before. The page and the signature read it anew.
    """
    kept = _around.get(key_of(note), KEPT)
    if kept is None:
        return load(note)
    return reread(replace(kept, note=note, blocks=[], measures=[], removed=[]))


def load(note: Note) -> Chart:
    """Load what belongs to `note`. Blocks and measures are read anew each time."""
    charted = _load(note)
    _around.put(key_of(note), charted)
    return charted


def _load(note: Note) -> Chart:
    visit = note.visit
    plan = plan_on(visit.patient_id, note.discipline, visit.served_on)
    diagnoses = list(
        Diagnosis.objects.filter(
            patient__in=records_of(visit.patient_id), added_on__lte=visit.served_on
        ).exclude(ended_on__lt=visit.served_on)
    )
    others, with_others = blocks_of_the_day(note)
    return reread(
        Chart(
            note=note,
            blocks=[],
            measures=[],
            removed=[],
            plan=plan,
            goals=list(plan.goals.all()) if plan else [],
            diagnoses=diagnoses,
            others=[block for block in others if block.note.discipline == note.discipline],
            other_discipline=[block for block in others if block.note.discipline != note.discipline],
            clinician_day=with_others,
            before=note_before(note),
            progress=progress_of(note, plan),
            late=lateness(note) if note.status in OPEN else None,
        )
    )


def reread(chart: Chart) -> Chart:
    """The chart with its blocks and measures as they are stored now: what a save may have changed."""
    chart.arrange(list(chart.note.blocks.select_related("goal")), list(chart.note.measures.all()))
    return chart


def blocks_of_the_day(note: Note) -> tuple[list[Block], list[Block]]:
    """What else was charted that day: of the patient, and of the clinician with others, by clock times."""
    visit = note.visit
    of_patient = Q(note__visit__patient__in=records_of(visit.patient_id))
    timed = Q(note__visit__clinician=visit.clinician_id, starts_at__isnull=False, ends_at__isnull=False)
    blocks = (
        Block.objects.filter(of_patient | timed, note__visit__served_on=visit.served_on, is_removed=False)
        .exclude(note=note.pk)
        .exclude(note__status__in=PUT_ASIDE)
        .select_related("note__visit__patient")
        .only(*DAY_FIELDS, "note__discipline", "note__visit__patient__merged_into")
    )
    here: list[Block] = []
    elsewhere: list[Block] = []
    for block in blocks:
        (here if person_of(block.note.visit) == person_of(visit) else elsewhere).append(block)
    return here, elsewhere


def person_of(visit: Visit) -> UUID:
    """The record that stays of the patient's: two visits with the same are of one person."""
    return visit.patient.merged_into_id or visit.patient_id


DAY_FIELDS = (
    "position",
    "code",
    "minutes_therapist",
    "minutes_assistant",
    "minutes_together",
    "one_on_one",
    "starts_at",
    "ends_at",
)
"""What facts.day_block reads: a day's other blocks are read without their words."""


def note_before(note: Note) -> Note | None:
    """The patient's last signed treatment note of the discipline before this note's day, with its blocks."""
    earlier = Note.objects.filter(
        visit__patient__in=records_of(note.visit.patient_id),
        visit__served_on__lt=note.visit.served_on,
        discipline=note.discipline,
        status=Status.SIGNED,
        kind=note.kind,
    )
    return earlier.prefetch_related("blocks").order_by("-visit__served_on", "-saved_at").first()


def progress_of(note: Note, plan: PlanOfCare | None) -> Progress | None:
    """The treatment days of the plan up to this note, and the last progress report signed among them."""
    if plan is None:
        return None
    notes = (
        Note.objects.filter(
            visit__patient__in=records_of(note.visit.patient_id),
            discipline=note.discipline,
            visit__served_on__range=(plan.starts_on, note.visit.served_on),
        )
        .exclude(status__in=PUT_ASIDE)
        .select_related("visit", "author")
        .only("kind", "status", "sections", "goal_reports", "visit__served_on", "author__credential")
    )
    rows = sorted(notes, key=lambda row: row.visit.served_on)
    treated = {row.visit.served_on for row in rows if CONTENTS[row.kind].treats}
    reports = [row for row in rows if row.has_report and row.status == Status.SIGNED and row.pk != note.pk]
    last = reports[-1] if reports else None
    return Progress(
        treatment_day=len(treated),
        every=limits.report_every(note.visit.served_on),
        last_report_day=len({day for day in treated if last and day <= last.visit.served_on}),
        last_report_on=last.visit.served_on if last else None,
        last_report_by=last.author.credential if last else "",
    )
