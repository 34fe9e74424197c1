"""Two codes of an NCCI pair, and the second without 59 or an X modifier.

Without it the second is denied. With it, the record must show separate minutes or
sites, so the modifier is never added by software.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import editions, ncci, parts, samples, sources, units
from ..facts import BlockFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    for block in case.facts.blocks:
        if ncci.partners(block.code, parts.charted_codes(case), case.facts.date_of_service):
            yield Part(block.path("modifiers"), block, block.id)


def check(block: BlockFacts, case: Case) -> Verdict:
    if ncci.SEPARATE.intersection(block.modifiers):
        return Pass("Marked as separate.")
    others = ncci.partners(block.code, parts.charted_codes(case), case.facts.date_of_service)
    said = f"{block.code} beside {units.listed(others)} is paid only when the two were separate"
    return editions.judged(
        "ncci",
        case.facts.date_of_service,
        fails=f"{said}.",
        asks=f"By them, {said}. Is it right that it has no modifier?",
        evidence=", ".join(others),
    )


RULE = Rule(
    code="COD407",
    name="separate-modifier-missing",
    title="Pair of codes without a modifier",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.PAIRS,
    looks_at=looks_at,
    check=check,
    fix="Add 59 or an X modifier only if the minutes or the sites were separate; else leave it for billing.",
    passes=(
        Example("97112 and 97110 are no pair", samples.note()),
        Example(
            "97112 with 59 beside a group",
            samples.note(blocks=(samples.block(modifiers=("GP", "59")), samples.other_block(code="97150"))),
        ),
    ),
    fails=(Example("97112 beside a group", samples.with_other_block(code="97150")),),
    payers=ncci.PAYERS,
    hold_billing=True,
)
