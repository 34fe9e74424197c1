"""The only writer of plans of care and their goals."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max

from apps.accounts.changes import set_fields
from apps.audit import events, verbs
from apps.audit.refused import Refused

from .models import Goal, PlanOfCare

PLAN_FIELDS = ("discipline", "starts_on", "through_on", "certified_on", "frequency")
GOAL_FIELDS = ("words", "target_on", "ended_on")


def check_dates(patient, starts_on, through_on) -> None:
    if starts_on < patient.born_on:
        raise Refused("The plan starts before the patient was born.", field="starts_on")
    if through_on < starts_on:
        raise Refused("The plan ends before it starts.", field="through_on")


@transaction.atomic
def add_plan(
    *, patient, discipline, starts_on, through_on, certified_on=None, frequency="", by
) -> PlanOfCare:
    check_dates(patient, starts_on, through_on)
    plan = PlanOfCare.objects.create(
        patient=patient,
        discipline=discipline,
        starts_on=starts_on,
        through_on=through_on,
        certified_on=certified_on,
        frequency=frequency.strip(),
        established_by=by,
    )
    events.record(verbs.PLAN_ADDED, by=by, clinic=patient.clinic, patient=patient, target=plan)
    return plan


@transaction.atomic
def change_plan(*, plan, by, **fields) -> PlanOfCare:
    plan = PlanOfCare.objects.select_for_update().get(pk=plan.pk)
    patient = plan.patient
    check_dates(patient, fields.get("starts_on", plan.starts_on), fields.get("through_on", plan.through_on))
    changed = set_fields(plan, fields, PLAN_FIELDS)
    events.record(
        verbs.PLAN_CHANGED, by=by, clinic=patient.clinic, patient=patient, target=plan, changed=changed
    )
    return plan


@transaction.atomic
def add_goal(*, plan, words, target_on=None, by) -> Goal:
    """The plan's next goal. Goals end and are never deleted, so a number never means two things."""
    plan = PlanOfCare.objects.select_for_update().get(pk=plan.pk)
    highest = plan.goals.aggregate(highest=Max("number"))["highest"] or 0
    goal = Goal.objects.create(plan=plan, number=highest + 1, words=words.strip(), target_on=target_on)
    patient = plan.patient
    events.record(
        verbs.GOAL_ADDED, by=by, clinic=patient.clinic, patient=patient, target=goal, number=goal.number
    )
    return goal


@transaction.atomic
def change_goal(*, goal, by, **fields) -> Goal:
    goal = Goal.objects.select_for_update().get(pk=goal.pk)
    changed = set_fields(goal, fields, GOAL_FIELDS)
    patient = goal.plan.patient
    events.record(
        verbs.GOAL_CHANGED, by=by, clinic=patient.clinic, patient=patient, target=goal, changed=changed
    )
    return goal
