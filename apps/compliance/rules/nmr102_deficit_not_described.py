"""A domain of deficit ticked, and not a word about it.

"Balance" fits every patient. A tick alone cannot be told from the last visit's tick.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import BlockFacts
from ..parts import has_words
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    if has_words(block.deficit) or not block.deficit_domains:
        return Pass("Described, or NMR101 speaks.")
    return Fail("The deficit is a domain only, without words about this patient.")


RULE = Rule(
    code="NMR102",
    name="deficit-not-described",
    title="Deficit not described",
    topic="Deficit and goal",
    severity=Severity.WARNING,
    citation=sources.ELEMENTS,
    looks_at=parts.neuromuscular("deficit"),
    check=check,
    fix="Say how the deficit shows itself: where, when, how much.",
    passes=(Example("a domain and words", samples.note()),),
    fails=(Example("a domain alone", samples.with_block(deficit="")),),
    may_stop=True,
)
