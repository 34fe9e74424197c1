"""A telehealth visit without 95."""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    if case.facts.is_telehealth:
        for block in case.facts.blocks:
            yield Part(block.path("modifiers"), block, block.id)


def check(block: BlockFacts, case: Case) -> Verdict:
    if "95" in block.modifiers:
        return Pass("95 is there.")
    return Fail(f"{block.code} was given by telehealth and has no 95.", evidence=block.code)


RULE = Rule(
    code="COD417",
    name="telehealth-modifier-missing",
    title="95 missing",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.read(
        "CMS telehealth list and codingintel.com (5 Feb 2026)", "97112 on the list since 2020"
    ),
    looks_at=looks_at,
    check=check,
    fix="Add 95, or correct how the visit was given.",
    passes=(
        Example(
            "telehealth with 95",
            samples.note(is_telehealth=True, blocks=(samples.block(modifiers=("GP", "95")),)),
        ),
        Example(
            "two codes with 95",
            samples.note(
                is_telehealth=True,
                blocks=(samples.block(modifiers=("GP", "95")), samples.other_block(modifiers=("95", "GP"))),
            ),
        ),
        Example(
            "95 beside KX",
            samples.note(is_telehealth=True, blocks=(samples.block(modifiers=("GP", "KX", "95")),)),
        ),
    ),
    fails=(
        Example("telehealth without it", samples.note(is_telehealth=True)),
        Example(
            "one line without it",
            samples.note(
                is_telehealth=True, blocks=(samples.block(modifiers=("GP", "95")), samples.other_block())
            ),
        ),
        Example(
            "another modifier",
            samples.note(is_telehealth=True, blocks=(samples.block(modifiers=("GP", "93")),)),
        ),
    ),
    payers=frozenset({"medicare_b"}),
    hold_billing=True,
)
