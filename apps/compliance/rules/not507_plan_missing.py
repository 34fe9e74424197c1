"""What happens next.

An empty plan reads like a patient who needs no more visits.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import NoteFacts
from ..parts import has_words
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(facts: NoteFacts, case: Case) -> Verdict:
    if has_words(facts.plan):
        return Pass("Charted.")
    return Fail("Plan is empty.")


RULE = Rule(
    code="NOT507",
    name="plan-missing",
    title="Plan empty",
    topic="Note",
    severity=Severity.WARNING,
    citation=sources.TREATMENT_NOTE_OPTIONAL,
    looks_at=parts.the_treatment("plan"),
    check=check,
    fix="Chart what you mean to do next.",
    passes=(Example("words", samples.note()),),
    fails=(Example("empty", samples.note(plan="")),),
    may_stop=True,
)
