"""What is due or late for a person's patients, and what is theirs to sign. Only reading."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from apps.accounts.models import Credential, Role, User
from apps.patients.access import are_of, patients_visible_to
from apps.patients.models import Patient

from . import due
from .access import plans_kept_by
from .due import Due, Item, Visit
from .models import PlanVersion

Note = Visit._meta.get_field("notes").related_model

RECENT = dt.timedelta(days=30)
AHEAD = dt.timedelta(days=14)
TONES = ("stop", "warn", "tip")
THERAPISTS = ("report", "therapist")
"""Kinds of item that an assistant or student cannot do away with."""


@dataclass(frozen=True)
class Line:
    """A patient's item, with whose it is."""

    patient: Patient
    due: Due
    item: Item


@dataclass(frozen=True)
class Worklist:
    """Everything on the page. Each part is empty where there is nothing to do."""

    lines: list[Line]
    late_drafts: list[Any]
    student_drafts: list[Any]
    plan_drafts: list[PlanVersion]
    to_cosign: list[Any]

    @property
    def for_therapist(self) -> list[Line]:
        return [line for line in self.lines if line.item.kind in THERAPISTS]

    @property
    def for_anybody(self) -> list[Line]:
        """The rest, without plans that stand among the drafts already."""
        drafted = {version.plan_id for version in self.plan_drafts}
        return [
            line
            for line in self.lines
            if line.item.kind not in THERAPISTS
            and not (line.item.kind == "plan" and line.item.plan and line.item.plan.pk in drafted)
        ]

    @property
    def therapists(self) -> int:
        """How much of it needs a therapist."""
        parts = (self.for_therapist, self.student_drafts, self.to_cosign, self.plan_drafts)
        return sum(len(part) for part in parts)

    @property
    def total(self) -> int:
        return self.therapists + len(self.for_anybody) + len(self.late_drafts)


def patients_of(user: User, clinic, day: dt.date, *, everybody: bool) -> QuerySet[Patient]:
    """Patients seen lately or soon: those with whom `user` has visits, or the clinic's."""
    visits = Visit._default_manager.filter(
        clinic=clinic, served_on__range=(day - RECENT, day + AHEAD)
    ).exclude(attendance__in=["cancelled", "no_show", "refused"])
    if not everybody:
        visits = visits.filter(Q(clinician=user.pk) | Q(assistant=user.pk) | Q(student=user.pk))
    # From the visits of these weeks to their patients, asked first: the other way round, all are looked at.
    seen = set(visits.values_list("patient", flat=True))
    return Patient.objects.filter(are_of(patients_visible_to(user), "pk"), pk__in=seen).order_by()


def lines_of(user: User, patients: Iterable[Patient], day: dt.date, *, everybody: bool) -> list[Line]:
    """What is due of these patients, the loudest first; unless `everybody`, of the user's discipline."""
    by_id = {one.pk: one for one in patients}
    found = due.of_many(by_id.values(), day, discipline="" if everybody else user.discipline)
    lines = [Line(by_id[one.patient_id], one, item) for one in found.values() for item in one.items]
    return sorted(
        lines,
        key=lambda line: (
            TONES.index(line.item.tone),
            line.item.due_on or day,
            line.patient.name,
            line.item.kind,
        ),
    )


def of(user: User, clinic, role: str, day: dt.date, *, everybody: bool = False) -> Worklist:
    patients = list(patients_of(user, clinic, day, everybody=everybody))
    lines = lines_of(user, patients, day, everybody=everybody)
    if role == Role.RECORDS:
        return Worklist(lines, [], [], [], [])
    drafts = (
        Note._default_manager.filter(
            are_of(patients_visible_to(user), "visit__patient"),
            clinic=clinic,
            signed_at=None,
            status__in=["draft", "in_review"],
        )
        .select_related("visit__patient", "author")
        .order_by("visit__served_on", "started_at")
    )
    late = drafts.filter(visit__served_on__lt=day)
    students = drafts.filter(author__credential=Credential.STUDENT)
    plan_drafts = (
        PlanVersion.objects.filter(
            are_of(plans_kept_by(user), "plan"),
            plan__patient__clinic=clinic,
            status=PlanVersion.Status.DRAFT,
        )
        .filter(plan__ended_on=None)
        .select_related("plan__patient", "started_by")
        .order_by("established_on", "pk")
    )
    cosign = (
        Note._default_manager.filter(
            are_of(patients_visible_to(user), "visit__patient"),
            clinic=clinic,
            status="signed",
            awaits_cosignature=True,
        )
        .exclude(signed_by=user)
        .select_related("visit__patient", "author")
        .order_by("visit__served_on", "started_at")
    )
    if not user.writes_reports:
        cosign = cosign.none()
    if not everybody:
        cosign = cosign.filter(visit__clinician=user)
        late = late.filter(author=user)
        students = students.filter(visit__clinician=user)
        plan_drafts = plan_drafts.filter(Q(started_by=user) | Q(plan__patient__in=patients))
        if user.discipline:
            plan_drafts = plan_drafts.filter(plan__discipline=user.discipline)
    else:
        late = late.exclude(author__credential=Credential.STUDENT)
    return Worklist(lines, list(late), list(students), list(plan_drafts), list(cosign))
