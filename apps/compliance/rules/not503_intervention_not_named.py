"""A block that holds only a code.

The manual wants each specific intervention, in language comparable with the code.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import BlockFacts
from ..parts import has_words
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    if has_words(block.description):
        return Pass("The intervention is named.")
    return Fail(f"It is not said what was done under {block.code or 'this block'}.")


RULE = Rule(
    code="NOT503",
    name="intervention-not-named",
    title="Intervention not named",
    topic="Note",
    severity=Severity.BLOCKER,
    citation=sources.TREATMENT_NOTE,
    looks_at=parts.not_neuromuscular("description"),
    check=check,
    fix="Say what was done in this block.",
    passes=(Example("a description", samples.note()),),
    fails=(Example("no description", samples.with_other_block(description="")),),
)
