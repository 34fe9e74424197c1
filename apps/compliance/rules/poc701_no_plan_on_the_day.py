"""A treatment that no plan of care covers.

Treatment without a plan is not payable. It happened all the same, so it is recorded,
and billing waits until the plan is found or settled.
"""

from __future__ import annotations

from datetime import date

from .. import parts, samples, sources
from ..facts import NoteFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(facts: NoteFacts, case: Case) -> Verdict:
    plan, day = facts.plan_of_care, facts.date_of_service
    if plan is None:
        return Fail("No plan of care covers this date.")
    if plan.starts_on and day < plan.starts_on:
        said = f"starts on {plan.starts_on.isoformat()}"
    elif plan.through_on and day > plan.through_on:
        said = f"ended on {plan.through_on.isoformat()}"
    else:
        return Pass("A plan covers the date.")
    return Fail(f"The plan of care {said}.", evidence=said)


RULE = Rule(
    code="POC701",
    name="no-plan-on-the-day",
    title="No plan of care on this date",
    topic="Plan of care",
    severity=Severity.WARNING,
    citation=sources.PLAN_OF_CARE,
    looks_at=parts.the_note(""),
    check=check,
    fix="Link or renew the plan of care, or say why there is none.",
    passes=(
        Example("inside the plan", samples.note()),
        Example("on its last day", samples.note(date_of_service=date(2027, 1, 9))),
    ),
    fails=(
        Example("no plan", samples.note(plan_of_care=None)),
        Example("the day after its last", samples.note(date_of_service=date(2027, 1, 10))),
        Example("the day before its first", samples.note(date_of_service=date(2026, 10, 11))),
    ),
    hold_billing=True,
)
