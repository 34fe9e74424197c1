"""KX, and the year's figure as entered has not reached the threshold.

Routine KX draws review. The visit that crosses the threshold may carry it, so this asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from .. import limits, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    if case.facts.year_to_date is not None:
        for block in case.facts.blocks:
            if "KX" in block.modifiers:
                yield Part(block.path("modifiers"), block, block.id)


def check(block: BlockFacts, case: Case) -> Verdict:
    threshold = limits.threshold(case.facts.discipline, case.facts.date_of_service)
    spent = case.facts.year_to_date
    if threshold is None or spent is None or spent >= threshold:
        return Pass("The threshold is reached, or is not known.")
    return Ask(
        f"{block.code} has KX, and the year's figure as entered is below the threshold. "
        "Does this visit cross it?",
        evidence=block.code,
    )


RULE = Rule(
    code="COD413",
    name="threshold-modifier-early",
    title="KX before the threshold",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.THRESHOLD,
    looks_at=looks_at,
    check=check,
    fix="Take KX out, or answer that this visit crosses the threshold.",
    passes=(
        Example(
            "past the threshold",
            samples.note(
                year_to_date=Decimal(2480),
                blocks=(samples.block(modifiers=("GP", "KX")), samples.other_block(modifiers=("GP", "KX"))),
            ),
        ),
        Example(
            "a year whose threshold is not known",
            samples.note(
                date_of_service=date(2023, 5, 2),
                year_to_date=Decimal(100),
                blocks=(samples.block(modifiers=("GP", "KX")),),
            ),
        ),
        Example(
            "exactly at the threshold of 2025",
            samples.note(
                date_of_service=date(2025, 5, 2),
                year_to_date=Decimal(2410),
                blocks=(samples.block(modifiers=("GP", "KX")),),
            ),
        ),
    ),
    fails=(
        Example(
            "early in the year",
            samples.note(year_to_date=Decimal(300), blocks=(samples.block(modifiers=("GP", "KX")),)),
        ),
        Example(
            "the threshold of 2025 is not that of 2026",
            samples.note(year_to_date=Decimal(2410), blocks=(samples.block(modifiers=("GP", "KX")),)),
        ),
        Example(
            "OT, nothing used yet",
            samples.note(
                discipline="OT", year_to_date=Decimal(0), blocks=(samples.block(modifiers=("GO", "KX")),)
            ),
        ),
    ),
    payers=frozenset({"medicare_b"}),
    hold_billing=True,
)
