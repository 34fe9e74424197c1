"""The year's figure is past the threshold, and a line has no KX.

KX attests that the treatment is needed beyond it; without KX the line is denied. The
figure is the one that the clinic entered for PT with SLP, or for OT.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from .. import codes, editions, limits, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    threshold = limits.threshold(case.facts.discipline, case.facts.date_of_service)
    if threshold is not None and case.facts.year_to_date is not None and case.facts.year_to_date >= threshold:
        for block in case.facts.blocks:
            if codes.get(block.code):
                yield Part(block.path("modifiers"), block, block.id)


def check(block: BlockFacts, case: Case) -> Verdict:
    if "KX" in block.modifiers:
        return Pass("KX is there.")
    day = case.facts.date_of_service
    said = "the year's figure as entered has reached the threshold"
    return editions.judged(
        "threshold",
        day,
        fails=f"{block.code} has no KX, and {said}.",
        asks=f"By them, {said}, and {block.code} has no KX. Is that right?",
        evidence=f"{block.code} {day.year}",
    )


RULE = Rule(
    code="COD412",
    name="threshold-modifier-missing",
    title="KX missing past the threshold",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.THRESHOLD,
    looks_at=looks_at,
    check=check,
    fix="Add KX if the record supports the need; else leave it for billing.",
    passes=(
        Example(
            "past it, with KX",
            samples.note(
                year_to_date=Decimal(2500),
                blocks=(samples.block(modifiers=("GP", "KX")), samples.other_block(modifiers=("GP", "KX"))),
            ),
        ),
        Example(
            "past the threshold of 2025 with KX on each line",
            samples.note(
                date_of_service=date(2025, 6, 2),
                year_to_date=Decimal(2410),
                blocks=(samples.block(modifiers=("GP", "KX")),),
            ),
        ),
        Example(
            "past that of another payer's year",
            samples.note(year_to_date=Decimal(2480), blocks=(samples.block(modifiers=("KX", "GP")),)),
        ),
    ),
    fails=(
        Example("past it, without KX", samples.note(year_to_date=Decimal(2480))),
        Example("OT, past its own", samples.note(discipline="OT", year_to_date=Decimal(9000))),
        Example(
            "2024, at the threshold of that year",
            samples.note(date_of_service=date(2024, 12, 30), year_to_date=Decimal(2330)),
        ),
        Example(
            "2027, for which no threshold is at hand",
            samples.note(date_of_service=date(2027, 1, 8), year_to_date=Decimal(2600)),
        ),
    ),
    payers=frozenset({"medicare_b"}),
    hold_billing=True,
)
