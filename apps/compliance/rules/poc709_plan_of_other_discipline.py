"""A plan of care of the other discipline.

PT and OT each have a plan of their own; one does not cover the other's treatment.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[str]]:
    plan = case.facts.plan_of_care
    if plan and plan.discipline:
        yield Part("", plan.discipline)


def check(discipline: str, case: Case) -> Verdict:
    if discipline == case.facts.discipline:
        return Pass("The same discipline.")
    return Fail(
        f"The plan of care is of {discipline}, and the note of {case.facts.discipline}.", evidence=discipline
    )


RULE = Rule(
    code="POC709",
    name="plan-of-other-discipline",
    title="Plan of the other discipline",
    topic="Plan of care",
    severity=Severity.WARNING,
    citation=sources.PLAN_OF_CARE,
    looks_at=looks_at,
    check=check,
    fix="Link the plan of this discipline.",
    passes=(
        Example("PT and PT", samples.with_plan()),
        Example("OT and OT", samples.note(discipline="OT", plan_of_care=samples.plan(discipline="OT"))),
        Example("PT, before the plan's details", samples.with_plan(contents=None, certification=None)),
    ),
    fails=(
        Example("an OT plan for a PT note", samples.with_plan(discipline="OT")),
        Example("a PT plan for an OT note", samples.note(discipline="OT", plan_of_care=samples.plan())),
        Example("an SLP plan", samples.with_plan(discipline="SLP")),
    ),
    hold_billing=True,
)
