"""Timed minutes that come to no unit.

The treatment happened and is charted; the record is complete. Only the claim is
affected, so billing waits for a person and the signature does not.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources, units
from ..facts import BlockFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    if case.units.timed_minutes_here > 0:
        block = case.timed[0]
        yield Part(block.path("minutes_therapist"), block, block.id)


def check(block: BlockFacts, case: Case) -> Verdict:
    possible = (case.units.allocation,) if case.units.allocation else case.units.alternatives
    if any(allocation and allocation.total_units for allocation in possible):
        return Pass("There is a unit.")
    minutes = units.count(case.units.timed_minutes, "timed minute")
    return Fail(f"No unit comes from {minutes}. The note can be signed; the claim waits.", evidence=minutes)


RULE = Rule(
    code="TIM209",
    name="under-eight-minutes",
    title="Fewer than 8 minutes",
    topic="Units",
    severity=Severity.WARNING,
    citation=sources.COUNTING_UNITS,
    looks_at=looks_at,
    check=check,
    fix="Leave the minutes as they were, and say why the treatment was short.",
    passes=(
        Example("8 minutes", samples.note(blocks=(samples.block(minutes_therapist=8),), total_minutes=8)),
        Example("24 and 23 minutes", samples.note()),
    ),
    fails=(
        Example("7 minutes", samples.note(blocks=(samples.block(minutes_therapist=7),), total_minutes=7)),
        Example("1 minute", samples.cut_short(blocks=(samples.block(minutes_therapist=1),), total_minutes=1)),
    ),
    hold_billing=True,
)
