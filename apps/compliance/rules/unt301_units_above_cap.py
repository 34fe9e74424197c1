"""More units than the minutes of the day make.

The sum of timed minutes caps the units (CMS), or each code does (AMA). Units above
it are the plainest overpayment there is.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources, units
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[int]]:
    figures = [block.units_billed for block in case.timed if block.units_billed is not None]
    if figures and case.units.allocation:
        first = next(block for block in case.timed if block.units_billed is not None)
        yield Part(first.path("units_billed"), sum(figures), first.id)


def check(billed: int, case: Case) -> Verdict:
    allocation = case.units.allocation
    if allocation is None or billed <= allocation.total_units:
        return Pass("Not above the cap.")
    return Fail(
        f"{units.count(billed, 'unit')} charted; "
        f"{units.count(allocation.timed_minutes, 'timed minute')} make {allocation.total_units}.",
        evidence=f"{billed} > {allocation.total_units}",
    )


RULE = Rule(
    code="UNT301",
    name="units-above-cap",
    title="Units above the minutes",
    topic="Units",
    severity=Severity.WARNING,
    citation=sources.COUNTING_UNITS,
    looks_at=looks_at,
    check=check,
    fix="Correct the units, or leave them empty to have them calculated.",
    passes=(
        Example("as calculated", samples.note()),
        Example(
            "2 and 1 from 47 minutes",
            samples.note(blocks=(samples.block(units_billed=2), samples.other_block(units_billed=1))),
        ),
    ),
    fails=(
        Example(
            "2 and 2 from 47 minutes",
            samples.note(blocks=(samples.block(units_billed=2), samples.other_block(units_billed=2))),
        ),
    ),
    hold_billing=True,
)
