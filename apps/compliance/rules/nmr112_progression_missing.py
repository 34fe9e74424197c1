"""No decision to progress, hold or regress.

Worth having: it shows the therapist deciding. It never interrupts.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import BlockFacts
from ..parts import has_words
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    if has_words(block.progression) or case.is_cut_short:
        return Pass("The decision is charted, or the visit was cut short.")
    return Fail("No progression or regression is charted.")


RULE = Rule(
    code="NMR112",
    name="progression-missing",
    title="Progression not charted",
    topic="Response",
    severity=Severity.ADVICE,
    citation=sources.ELEMENTS,
    looks_at=parts.neuromuscular("progression"),
    check=check,
    fix="If you made the task harder, easier, or kept it on purpose, say so.",
    passes=(Example("a decision in words", samples.note()),),
    fails=(Example("no decision", samples.with_block(progression="")),),
    may_stop=True,
)
