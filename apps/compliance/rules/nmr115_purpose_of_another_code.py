"""A 97112 deficit that reads like strength, endurance or range.

Those are the purposes of 97110. Words cannot settle it: the same words may belong to
a block that was neuromuscular. So the author is asked.
"""

from __future__ import annotations

from .. import hints, parts, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    word = hints.other_purpose(block.deficit)
    if not word:
        return Pass("Nothing points to another code.")
    return Ask(
        f'The deficit speaks of "{word}". Was the purpose of this block neuromuscular?',
        evidence=block.deficit,
    )


RULE = Rule(
    code="NMR115",
    name="purpose-of-another-code",
    title="Purpose may fit another code",
    topic="Deficit and goal",
    severity=Severity.WARNING,
    citation=sources.not_read("CPT coding practice", "97110, 97112, 97116 and 97530 differ by purpose"),
    looks_at=parts.neuromuscular("deficit"),
    check=check,
    fix="If the purpose was another, chart the block under the code of that purpose.",
    passes=(
        Example("a neuromuscular deficit", samples.note()),
        Example(
            "strength named beside motor control",
            samples.with_block(deficit="Strength and motor control of (part)"),
        ),
    ),
    fails=(Example("range of motion as the deficit", samples.with_block(deficit="Reduced range of motion")),),
)
