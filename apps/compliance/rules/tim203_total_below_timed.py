"""A total that is smaller than a part of it.

The total treatment minutes hold the timed minutes, so one of the two is wrong. Either
way the units cannot be trusted.
"""

from __future__ import annotations

from .. import parts, samples, sources, units
from ..facts import NoteFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(facts: NoteFacts, case: Case) -> Verdict:
    timed = case.units.timed_minutes_here
    if facts.total_minutes is None or facts.total_minutes >= timed:
        return Pass("The total holds the timed minutes, or TIM202 speaks.")
    return Fail(
        f"The total is {units.count(facts.total_minutes, 'minute')}; the timed blocks come to {timed}.",
        evidence=f"{facts.total_minutes} < {timed}",
    )


RULE = Rule(
    code="TIM203",
    name="total-below-timed",
    title="Total below the timed minutes",
    topic="Minutes",
    severity=Severity.BLOCKER,
    citation=sources.TREATMENT_NOTE,
    looks_at=parts.the_treatment("total_minutes"),
    check=check,
    fix="Correct the total, or the minutes of the block that is wrong.",
    passes=(Example("47 in all, 47 timed", samples.note()),),
    fails=(Example("46 in all, 47 timed", samples.note(total_minutes=46)),),
)
