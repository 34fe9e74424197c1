"""A note of a visit in which nothing was done.

A visit that was cut short before anything happened is a true record, when it says so.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import NoteFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(facts: NoteFacts, case: Case) -> Verdict:
    if facts.blocks or facts.is_cut_short:
        return Pass("A block is charted, or the visit was cut short.")
    return Fail("No intervention is charted.")


RULE = Rule(
    code="NOT501",
    name="nothing-charted",
    title="Nothing charted",
    topic="Note",
    severity=Severity.BLOCKER,
    citation=sources.TREATMENT_NOTE,
    looks_at=parts.the_treatment("blocks"),
    check=check,
    fix="Add a block for each intervention, or mark the visit as cut short.",
    passes=(
        Example("two blocks", samples.note()),
        Example("no block, visit cut short", samples.cut_short(blocks=(), total_minutes=0)),
    ),
    fails=(Example("no block", samples.note(blocks=(), total_minutes=0)),),
)
