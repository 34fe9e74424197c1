"""59 or an X modifier on 97112, with no code beside it that asks for one.

Routine 59 is an old advice and a mark of abuse to an auditor.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import editions, ncci, parts, samples, sources, units
from ..facts import BlockFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    for block in case.neuromuscular:
        if ncci.SEPARATE.intersection(block.modifiers):
            yield Part(block.path("modifiers"), block, block.id)


def check(block: BlockFacts, case: Case) -> Verdict:
    day, charted = case.facts.date_of_service, parts.charted_codes(case)
    if ncci.partners(block.code, charted, day) or ncci.belongs_on(block.code, charted, day):
        return Pass("A pair is charted, or COD410 speaks.")
    used = sorted(ncci.SEPARATE.intersection(block.modifiers))
    said = f"97112 has {units.listed(used)}, and no code of the day forms a pair with it"
    return editions.judged(
        "ncci",
        day,
        fails=f"{said}.",
        asks=f"By them, {said}. Is there a reason for it?",
        evidence=" ".join(used),
    )


RULE = Rule(
    code="COD408",
    name="separate-modifier-without-pair",
    title="59 without a pair",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.PAIRS,
    looks_at=looks_at,
    check=check,
    fix="Take the modifier out, or give the reason for it.",
    passes=(
        Example(
            "59 beside a group",
            samples.note(blocks=(samples.block(modifiers=("GP", "59")), samples.other_block(code="97150"))),
        ),
    ),
    fails=(Example("59 beside 97110", samples.with_block(modifiers=("GP", "59"))),),
    payers=ncci.PAYERS,
    # The pairs before this day were not loaded, so nothing can be said about them.
    applies_from=ncci.FIRST_DAY,
    hold_billing=True,
)
