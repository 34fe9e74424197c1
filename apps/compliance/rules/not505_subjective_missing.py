"""What the patient said today.

Optional for Medicare, asked for by other payers, and missed by the next therapist.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import NoteFacts
from ..parts import has_words
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(facts: NoteFacts, case: Case) -> Verdict:
    if has_words(facts.subjective):
        return Pass("Charted.")
    return Fail("Subjective is empty.")


RULE = Rule(
    code="NOT505",
    name="subjective-missing",
    title="Subjective empty",
    topic="Note",
    severity=Severity.WARNING,
    citation=sources.TREATMENT_NOTE_OPTIONAL,
    looks_at=parts.the_treatment("subjective"),
    check=check,
    fix="Chart what the patient or the caregiver reported.",
    passes=(Example("words", samples.note()),),
    fails=(Example("empty", samples.note(subjective="")),),
    may_stop=True,
)
