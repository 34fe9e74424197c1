"""Equal remainders, and nobody said which code has the unit.

CMS leaves the choice to the clinician. Software that chose by itself would be
coding for them, so it asks and waits.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import NoteFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def check(facts: NoteFacts, case: Case) -> Verdict:
    tie = case.units.tie
    if tie is None:
        return Pass("No tie, or the clinician has chosen.")
    return Ask(
        case.units.question, evidence=f"{tie.units} among {tie.codes}", choices=(), answered_in="unit_choice"
    )


RULE = Rule(
    code="UNT302",
    name="tie-unresolved",
    title="Which code has the unit?",
    topic="Units",
    severity=Severity.WARNING,
    citation=sources.not_read("CMS Pub. 100-04 ch.5", "§20.2.C, example 5: the clinician selects the code"),
    looks_at=parts.the_treatment("unit_choice"),
    check=check,
    fix="Choose the code that the unit belongs to.",
    passes=(
        Example("24 and 23 minutes", samples.note()),
        Example(
            "20 and 20 minutes, chosen",
            samples.note(
                blocks=(samples.block(minutes_therapist=20), samples.other_block(minutes_therapist=20)),
                total_minutes=40,
                unit_choice=("97112",),
            ),
        ),
    ),
    fails=(
        Example(
            "20 and 20 minutes",
            samples.note(
                blocks=(samples.block(minutes_therapist=20), samples.other_block(minutes_therapist=20)),
                total_minutes=40,
            ),
        ),
    ),
)
