"""A note with everything around it, loaded once: what facts, record and pages are made from.

Only reading. The number of queries does not depend on the number of blocks.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property

from apps.episodes.models import Goal, PlanOfCare
from apps.patients.models import Diagnosis, Patient, Payer
from apps.visits.models import Visit

from .models import Block, MeasureTaken, Note, Status


@dataclass
class Chart:
    """One note as it stands. `others` are blocks of the patient's other notes of that discipline and day."""

    note: Note
    blocks: list[Block]
    measures: list[MeasureTaken]
    removed: list[Block | MeasureTaken]
    plan: PlanOfCare | None
    goals: list[Goal]
    diagnoses: list[Diagnosis]
    others: list[Block] = field(default_factory=list)

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

    @cached_property
    def earlier_measures(self) -> dict[str, list[MeasureTaken]]:
        """Values of today's measures in signed notes of earlier days, oldest first, by measure key."""
        keys = {measure.key for measure in self.measures if measure.key != "observation"}
        found: dict[str, list[MeasureTaken]] = defaultdict(list)
        if keys:
            rows = MeasureTaken.objects.filter(
                note__visit__patient=self.patient.pk,
                note__status=Status.SIGNED,
                note__visit__served_on__lt=self.visit.served_on,
                key__in=keys,
                value__isnull=False,
                is_removed=False,
            ).select_related("note__visit")
            for row in rows.order_by("note__visit__served_on", "id"):
                found[row.key].append(row)
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


def load(note: Note) -> Chart:
    """Load what belongs to `note`. Blocks and measures are read anew each time."""
    visit = note.visit
    plan, goals = plan_for(note)
    diagnoses = list(
        Diagnosis.objects.filter(patient=visit.patient_id, added_on__lte=visit.served_on).exclude(
            ended_on__lt=visit.served_on
        )
    )
    others = Block.objects.filter(
        note__visit__patient=visit.patient_id,
        note__visit__served_on=visit.served_on,
        note__discipline=note.discipline,
        is_removed=False,
    ).exclude(note=note.pk)
    return reread(
        Chart(
            note=note,
            blocks=[],
            measures=[],
            removed=[],
            plan=plan,
            goals=goals,
            diagnoses=diagnoses,
            others=list(others.exclude(note__status=Status.DISCARDED)),
        )
    )


def reread(chart: Chart) -> Chart:
    """The chart with its blocks and measures as they are stored now: what a save may have changed."""
    blocks = list(chart.note.blocks.select_related("goal"))
    measures = list(chart.note.measures.all())
    return replace(
        chart,
        blocks=[block for block in blocks if not block.is_removed],
        measures=[measure for measure in measures if not measure.is_removed],
        removed=[row for row in [*blocks, *measures] if row.is_removed],
    )


def plan_for(note: Note) -> tuple[PlanOfCare | None, list[Goal]]:
    """The discipline's plan that covers the date of service, else the latest before it, with its goals."""
    served_on = note.visit.served_on
    goals = list(
        Goal.objects.filter(
            plan__patient=note.visit.patient_id,
            plan__discipline=note.discipline,
            plan__starts_on__lte=served_on,
        ).select_related("plan")
    )
    plans = {goal.plan_id: goal.plan for goal in goals} or {
        plan.pk: plan
        for plan in PlanOfCare.objects.filter(
            patient=note.visit.patient_id, discipline=note.discipline, starts_on__lte=served_on
        )
    }
    if not plans:
        return None, []
    best = max(plans.values(), key=lambda plan: (plan.through_on >= served_on, plan.starts_on))
    return best, [goal for goal in goals if goal.plan_id == best.pk]
