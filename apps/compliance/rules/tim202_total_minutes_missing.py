"""No total treatment minutes.

The manual wants two totals: timed minutes and all treatment minutes. Medicare's
reviewers count notes without them as errors.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import NoteFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(facts: NoteFacts, case: Case) -> Verdict:
    if facts.total_minutes is None:
        return Fail("The total treatment minutes are not charted.")
    return Pass("The total is charted.")


RULE = Rule(
    code="TIM202",
    name="total-minutes-missing",
    title="Total minutes missing",
    topic="Minutes",
    severity=Severity.BLOCKER,
    citation=sources.TREATMENT_NOTE,
    looks_at=parts.the_treatment("total_minutes"),
    check=check,
    fix="Chart all minutes of treatment, timed and untimed, without rest.",
    passes=(Example("a total", samples.note()),),
    fails=(Example("no total", samples.note(total_minutes=None)),),
)
