"""97112 without a named deficit.

A reviewer asks first what justifies the code. Without the deficit the rest of the
block is exercise, and the patient's next therapist does not know what was treated.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import BlockFacts
from ..parts import has_words
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    if has_words(block.deficit) or block.deficit_domains:
        return Pass("A deficit is named.")
    return Fail("This 97112 block names no neuromuscular deficit.")


RULE = Rule(
    code="NMR101",
    name="deficit-not-named",
    title="Deficit not named",
    topic="Deficit and goal",
    severity=Severity.BLOCKER,
    citation=sources.ELEMENTS,
    looks_at=parts.neuromuscular("deficit"),
    check=check,
    fix="Name the deficit that you treated, as you found it.",
    passes=(
        Example("the deficit in words", samples.note()),
        Example("a domain ticked, no words yet", samples.with_block(deficit="")),
    ),
    fails=(Example("neither words nor a domain", samples.with_block(deficit=" ", deficit_domains=())),),
)
