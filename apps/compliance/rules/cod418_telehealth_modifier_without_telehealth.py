"""95 on a visit that was not telehealth."""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    for block in case.facts.blocks:
        if "95" in block.modifiers and case.facts.is_telehealth is not None:
            yield Part(block.path("modifiers"), block, block.id)


def check(block: BlockFacts, case: Case) -> Verdict:
    if case.facts.is_telehealth:
        return Pass("It was telehealth.")
    return Fail(f"{block.code} has 95, and the visit was in person.", evidence=block.code)


RULE = Rule(
    code="COD418",
    name="telehealth-modifier-without-telehealth",
    title="95 on a visit in person",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.not_read("CPT modifier 95", "synchronous telehealth"),
    looks_at=looks_at,
    check=check,
    fix="Take the modifier out, or correct how the visit was given.",
    passes=(
        Example(
            "telehealth", samples.note(is_telehealth=True, blocks=(samples.block(modifiers=("GP", "95")),))
        ),
        Example(
            "telehealth in OT",
            samples.note(
                is_telehealth=True, discipline="OT", blocks=(samples.block(modifiers=("GO", "95")),)
            ),
        ),
        Example(
            "telehealth, two lines",
            samples.note(
                is_telehealth=True,
                blocks=(samples.block(modifiers=("95",)), samples.other_block(modifiers=("95",))),
            ),
        ),
    ),
    fails=(
        Example(
            "in person", samples.note(is_telehealth=False, blocks=(samples.block(modifiers=("GP", "95")),))
        ),
        Example(
            "in person, one line",
            samples.note(
                is_telehealth=False, blocks=(samples.block(), samples.other_block(modifiers=("GP", "95")))
            ),
        ),
        Example(
            "in person, commercial",
            samples.note(payer="aetna", is_telehealth=False, blocks=(samples.block(modifiers=("95",)),)),
        ),
    ),
    hold_billing=True,
)
