"""A block of another code whose stated purpose is not that code's.

Balance alone as the purpose of 97110, or strength alone as that of 97116. Skilled cueing
of a 97110 block is fine, and a purpose of its own beside it settles the matter.
"""

from __future__ import annotations

from .. import hints, parts, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    word = hints.foreign_purpose(block.code, f"{block.purpose} {block.description}")
    if not word:
        return Pass("The purpose is the code's own, or not one of those we know.")
    return Ask(
        f'The block speaks of "{word}". Was that the purpose of {block.code}?',
        evidence=f"{block.purpose}\n{block.description}",
    )


RULE = Rule(
    code="NOT514",
    name="purpose-of-another-code-elsewhere",
    title="Purpose may not fit the code",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.CODING,
    looks_at=parts.not_neuromuscular("purpose"),
    check=check,
    fix="Say the purpose of this code, or chart the block under the code of its purpose.",
    passes=(
        Example("a purpose of its own", samples.note()),
        Example(
            "strength for balance",
            samples.with_other_block(purpose="Strength for balance", description="Heel raises"),
        ),
        Example(
            "skilled cueing of an exercise",
            samples.with_other_block(
                purpose="Quadriceps endurance", description="Tactile cueing at the knee for alignment"
            ),
        ),
        Example("balance not the purpose", samples.with_other_block(purpose="Flexibility, not balance")),
    ),
    fails=(
        Example(
            "balance alone under 97110",
            samples.with_other_block(purpose="Balance", description="Stance on foam"),
        ),
        Example(
            "strengthening alone under 97116",
            samples.with_other_block(code="97116", purpose="Strengthening", description="Leg press"),
        ),
        Example(
            "range alone under 97530",
            samples.with_other_block(code="97530", purpose="Range of motion", description="Shoulder"),
        ),
    ),
)
