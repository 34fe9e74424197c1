"""A plan, its certification and authorization as facts for the rules: what apps/notes/facts.py hands on.

As they stood on the date of service: what was signed or sent later is not in it.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Prefetch

from apps.compliance.facts import (
    AuthorizationFacts,
    CertificationFacts,
    GoalFacts,
    PlanContents,
    PlanFacts,
)
from apps.patients.merging import records_of

from . import due
from .due import Due, Left
from .models import Goal, Paper, PlanOfCare, PlanVersion


def plan_on(patient, discipline: str, day: dt.date) -> PlanOfCare | None:
    """The discipline's plan of a patient (by id) on `day`, with its goals and versions."""
    versions = PlanVersion.objects.select_related("signed_by", "started_by").prefetch_related("diagnoses")
    plans = due.plans_on(day).filter(patient__in=records_of(patient))
    plans = plans.prefetch_related("goals", Prefetch("versions", versions))
    found = due.current(plans, day, discipline=discipline).values()
    # Two records of one person may each have one: the one that covers the day, and of these the latest.
    return max(found, key=lambda plan: (plan.through_on >= day, plan.starts_on), default=None)


def facts_of(plan: PlanOfCare, day: dt.date) -> PlanFacts:
    """A plan (from `plan_on`) as it stood on `day`."""
    version = version_on(plan, day)
    goals = [goal for goal in plan.goals.all() if goal.ended_on is None or goal.ended_on > day]
    papers = due.papers_of([plan.pk]).get(plan.pk, [])
    return PlanFacts(
        starts_on=plan.starts_on,
        through_on=plan.through_on,
        certified_on=plan.certified_on if plan.certified_on and plan.certified_on <= day else None,
        goal_numbers=tuple(goal.number for goal in goals),
        discipline=plan.discipline,
        is_maintenance=plan.is_maintenance,
        contents=contents(version, goals) if version else None,
        certification=certification(plan, papers, day),
    )


def version_on(plan: PlanOfCare, day: dt.date) -> PlanVersion | None:
    """The version in force on `day`: the latest signed one established by then, else the plan's draft."""
    versions = [one for one in plan.versions.all() if one.status != PlanVersion.Status.DISCARDED]
    signed = [one for one in versions if one.is_signed and one.established_on <= day]
    return max(signed or versions[:1], key=lambda one: one.number, default=None)


def contents(version: PlanVersion, goals: list[Goal]) -> PlanContents:
    by = version.signed_by
    return PlanContents(
        diagnoses=tuple(row.code for row in version.diagnoses.all()),
        goals=tuple(goal_facts(goal) for goal in goals),
        kind=version.treatment.strip(),
        amount_per_day=version.times_a_day,
        frequency_per_week=version.times_a_week,
        duration=f"{version.weeks} week{'' if version.weeks == 1 else 's'}",
        established_on=version.established_on,
        established_by=by.signature_name if by else "",
        established_by_credential=by.credential if by else "",
    )


def goal_facts(goal: Goal) -> GoalFacts:
    """A goal's parts. One that was written as a sentence alone is read by its words."""
    if not (goal.who or goal.task or goal.measure):
        return GoalFacts(
            number=goal.number, words=goal.words, due_on=goal.target_on, is_long_term=goal.is_long_term
        )
    measure = goal.measure and f"{goal.measure}, {goal.baseline}".strip(", ") if goal.baseline else ""
    return GoalFacts(
        number=goal.number,
        words=goal.words,
        person=goal.who,
        task=goal.task,
        measure=measure,
        target=goal.target,
        due_on=goal.target_on,
        is_long_term=goal.is_long_term,
    )


def certification(plan: PlanOfCare, papers: list[Paper], day: dt.date) -> CertificationFacts:
    """The papers known on `day`, about the certification that the day falls under."""

    def known(date: dt.date | None) -> dt.date | None:
        return date if date and date <= day else None

    orders = [one for one in papers if one.kind == Paper.Kind.ORDER and known(one.dated_on)]
    signed_orders = [one for one in orders if known(one.signed_on)]
    verbal = next((one for one in orders if one.signed_on is None), None)
    sent = [one for one in papers if one.kind == Paper.Kind.SENT and known(one.dated_on)]
    certified = [
        one for one in papers if one.is_certification and (known(one.signed_on) or known(one.verbal_on))
    ]
    last = max(
        certified, key=lambda one: (one.kind == Paper.Kind.RECERTIFICATION, one.starts_on), default=None
    )
    order = signed_orders[0] if signed_orders else None
    first_sent = min(sent, key=lambda one: one.dated_on or day, default=None)
    verbal_on = known(last.verbal_on) if last else (verbal.dated_on if verbal else None)
    return CertificationFacts(
        first_treatment_on=due.first_treated_on(plan) or plan.starts_on,
        is_initial=last is None or last.kind == Paper.Kind.CERTIFICATION,
        certified_on=known(last.signed_on) if last else None,
        certified_by=last.signer_name if last else "",
        through_on=last.through_on if last else None,
        order_on=order.dated_on if order else None,
        order_signed_by=order.signer_name if order else "",
        transmitted_on=first_sent.dated_on if first_sent else None,
        transmitted_how=first_sent.get_method_display() if first_sent else "",
        verbal_order_on=verbal_on,
        verbal_order_signed_on=known(last.signed_on) if last and last.verbal_on else None,
        delay_reason=last.reason if last else "",
    )


def authorization_facts(of: Due, *, this_visit_counts: bool) -> AuthorizationFacts | None:
    """The authorization of the day. `this_visit_counts`: its note is not signed yet, so it is one more."""
    running = [use for use in of.uses if use.state not in (Left.EXPIRED, Left.LATER)]
    if not of.uses:
        return AuthorizationFacts()
    use = max(running or of.uses, key=lambda one: (one.allowance.left, one.authorization.through_on))
    is_visits = use.authorization.counts == "visits"
    return AuthorizationFacts(
        number=use.authorization.number,
        starts_on=use.authorization.starts_on,
        through_on=use.authorization.through_on,
        visits_allowed=use.allowance.allowed if is_visits else None,
        visits_used=use.allowance.used + int(this_visit_counts) if is_visits else None,
    )
