"""What the therapist makes of the visit.

The skill of judging shows here or nowhere; payers ask for skilled reassessment.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import NoteFacts
from ..parts import has_words
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(facts: NoteFacts, case: Case) -> Verdict:
    if has_words(facts.assessment):
        return Pass("Charted.")
    return Fail("Assessment is empty.")


RULE = Rule(
    code="NOT506",
    name="assessment-missing",
    title="Assessment empty",
    topic="Note",
    severity=Severity.WARNING,
    citation=sources.TREATMENT_NOTE_OPTIONAL,
    looks_at=parts.the_treatment("assessment"),
    check=check,
    fix="Chart what you make of today's findings.",
    passes=(Example("words", samples.note()),),
    fails=(Example("empty", samples.note(assessment="")),),
    may_stop=True,
)
