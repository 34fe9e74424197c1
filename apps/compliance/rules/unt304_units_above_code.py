"""The total fits, but one code has more units than its minutes give it.

Units may not move from one code to another. Fewer than calculated is never
questioned: a question there would push towards more.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources, units
from ..facts import BlockFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    if case.units.allocation:
        for code in dict.fromkeys(block.code for block in case.timed if block.units_billed is not None):
            block = next(b for b in case.timed if b.code == code and b.units_billed is not None)
            yield Part(block.path("units_billed"), block, block.id)


def check(block: BlockFacts, case: Case) -> Verdict:
    allocation = case.units.allocation
    if allocation is None:
        return Pass("Nothing to compare with.")
    billed = sum(other.units_billed or 0 for other in case.timed if other.code == block.code)
    most = allocation.units.get(block.code, 0)
    if allocation.tie and block.code in allocation.tie.codes:
        most += 1
    if billed <= most:
        return Pass("Not above the code's own share.")
    return Fail(
        f"{units.count(billed, 'unit')} of {block.code} charted; its minutes give it {most}.",
        evidence=f"{block.code} {billed} > {most}",
    )


RULE = Rule(
    code="UNT304",
    name="units-above-code",
    title="Units above the code's share",
    topic="Units",
    severity=Severity.WARNING,
    citation=sources.COUNTING_UNITS,
    looks_at=looks_at,
    check=check,
    fix="Correct the units of this code, or leave them empty to have them calculated.",
    passes=(
        Example("2 of 97112, as calculated", samples.with_block(units_billed=2)),
        Example("1 of 97112, fewer than calculated", samples.with_block(units_billed=1)),
    ),
    fails=(
        Example(
            "3 of 97112 and none of 97110",
            samples.note(blocks=(samples.block(units_billed=3), samples.other_block(units_billed=0))),
        ),
    ),
    hold_billing=True,
)
