"""The rows of a list of visits: what stands beside each, and the one thing to do next."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Prefetch, QuerySet

from apps.accounts.models import User
from apps.episodes import due
from apps.episodes.models import Goal, PlanOfCare
from apps.patients.models import Diagnosis

from .models import Attendance, Visit

ATTENDANCE_KINDS: dict[str, str] = {
    Attendance.ATTENDED: "ok",
    Attendance.CUT_SHORT: "warn",
    Attendance.CANCELLED: "warn",
    Attendance.NO_SHOW: "warn",
    Attendance.REFUSED: "warn",
}


@dataclass(frozen=True)
class Row:
    """A visit in a list. `note` is its note, if it has one that was not discarded."""

    visit: Visit
    age: int
    diagnosis: Diagnosis | None
    plan: PlanOfCare | None
    note: Any
    due: tuple[due.Item, ...]
    is_mine: bool
    others: tuple[Any, ...]
    may_start: bool
    may_start_other: bool

    @property
    def attendance_kind(self) -> str:
        """The colour that goes with the word."""
        return ATTENDANCE_KINDS.get(self.visit.attendance, "")

    @property
    def goals(self) -> int:
        return len(self.plan.goals.all()) if self.plan else 0


def of(visits: QuerySet[Visit], user: User, today: dt.date) -> list[Row]:
    """`visits` as rows, earliest first. The number of queries does not depend on how many there are."""
    visits = visits.select_related(
        "patient", "coverage__payer", "clinician", "assistant", "student", "clinic"
    ).prefetch_related(
        "notes",
        Prefetch("patient__diagnoses", Diagnosis.objects.filter(ended_on=None)),
        Prefetch("patient__plans__goals", Goal.objects.filter(ended_on=None)),
    )
    ordered = visits.order_by(
        "served_on", F("expected_at").asc(nulls_last=True), "patient__family_name", "id"
    )
    found = list(ordered)
    standing = due.of_many({visit.patient for visit in found}, today)
    return [row_of(visit, user, today, standing) for visit in found]


def due_of(visit: Visit, standing: dict[tuple[Any, str], due.Due]) -> tuple[due.Item, ...]:
    """What is due or late for the visit's patient and discipline: certification, order, authorization."""
    found = standing.get((visit.patient_id, visit.clinician.discipline))
    return tuple(item for item in found.items if item.tone in ("warn", "stop")) if found else ()


def row_of(visit: Visit, user: User, today: dt.date, standing: dict[tuple[Any, str], due.Due]) -> Row:
    # Visits do not know notes (imports run one way); the relation is asked for by its name.
    notes = [note for note in visit.notes.all() if note.status != "discarded"]
    own = [note for note in notes if note.discipline == user.discipline]
    # The treatment's own note first; evaluations and reports of the same visit stand beside it.
    ordered = sorted(own or notes, key=lambda note: note.kind != "treatment")
    # A voided note is beside the way: it can be read, and another one can be started.
    note = next((one for one in ordered if one.status != "voided"), None)
    is_mine = user.pk in (visit.clinician_id, visit.assistant_id, visit.student_id)
    diagnoses = list(visit.patient.diagnoses.all())
    treating = [diagnosis for diagnosis in diagnoses if diagnosis.type == Diagnosis.Type.TREATING]
    discipline = visit.clinician.discipline
    plans = [
        plan
        for plan in visit.patient.plans.all()
        if plan.starts_on <= visit.served_on <= plan.through_on and discipline in ("", plan.discipline)
    ]
    return Row(
        visit=visit,
        age=visit.patient.age_on(visit.served_on),
        diagnosis=next(iter(treating or diagnoses), None),
        plan=next(iter(plans), None),
        note=note,
        due=due_of(visit, standing),
        is_mine=is_mine,
        others=tuple(one for one in ordered if one is not note),
        may_start=note is None and is_mine and visit.happened and visit.served_on <= today,
        may_start_other=is_mine and visit.happened and visit.served_on <= today and user.writes_reports,
    )
