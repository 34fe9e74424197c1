"""59 or an X modifier on the code that does not carry it.

In a pair it stands on the column 2 code. On the other line it separates nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .. import editions, ncci, parts, samples, sources, units
from ..facts import BlockFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    for block in case.facts.blocks:
        if ncci.SEPARATE.intersection(block.modifiers):
            yield Part(block.path("modifiers"), block, block.id)


def check(block: BlockFacts, case: Case) -> Verdict:
    day, charted = case.facts.date_of_service, parts.charted_codes(case)
    carriers = ncci.belongs_on(block.code, charted, day)
    if not carriers or ncci.partners(block.code, charted, day):
        return Pass("The line carries it, or COD408 speaks.")
    said = f"the modifier of this pair stands on {units.listed(carriers)}, not on {block.code}"
    return editions.judged(
        "ncci",
        day,
        fails=f"{said[0].upper()}{said[1:]}.",
        asks=f"By them, {said}. Is it right here?",
        evidence=" ".join(carriers),
    )


RULE = Rule(
    code="COD410",
    name="separate-modifier-on-wrong-line",
    title="59 on the wrong line",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.PAIRS,
    looks_at=looks_at,
    check=check,
    fix="Move the modifier to the line that carries it, if the two were separate; else take it out.",
    passes=(
        Example(
            "59 on 97112 beside a group",
            samples.note(blocks=(samples.block(modifiers=("GP", "59")), samples.other_block(code="97150"))),
        ),
        Example(
            "59 on the whirlpool beside 97112", samples.with_other_block(code="97022", modifiers=("GP", "59"))
        ),
        Example("59 without any pair is another rule's", samples.with_block(modifiers=("GP", "59"))),
    ),
    fails=(
        Example(
            "59 on 97112 beside the whirlpool",
            samples.note(blocks=(samples.block(modifiers=("GP", "59")), samples.other_block(code="97022"))),
        ),
        Example("XU on a group beside 97112", samples.with_other_block(code="97150", modifiers=("GP", "XU"))),
        Example(
            "59 on 95992, while the file was current",
            samples.note(
                date_of_service=date(2024, 8, 1),
                blocks=(samples.block(), samples.other_block(code="95992", modifiers=("GP", "59"))),
            ),
        ),
    ),
    payers=ncci.PAYERS,
    hold_billing=True,
    applies_from=ncci.FIRST_DAY,
)
