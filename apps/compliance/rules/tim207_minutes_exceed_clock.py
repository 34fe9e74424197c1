"""More minutes than there were between start and end.

Fewer are fine: rest is not treatment. More cannot be.
"""

from __future__ import annotations

from datetime import time

from .. import parts, samples, sources, units
from ..facts import BlockFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    if block.starts_at is None or block.ends_at is None or block.ends_at <= block.starts_at:
        return Pass("No span to compare, or TIM206 speaks.")
    span = (block.ends_at.hour - block.starts_at.hour) * 60 + block.ends_at.minute - block.starts_at.minute
    if block.minutes <= span:
        return Pass("The minutes fit between start and end.")
    return Fail(
        f"{block.code} has {units.count(block.minutes, 'minute')} "
        f"between {block.starts_at:%H:%M} and {block.ends_at:%H:%M}.",
        evidence=f"{block.minutes} > {span}",
    )


RULE = Rule(
    code="TIM207",
    name="minutes-exceed-clock",
    title="Minutes do not fit the clock",
    topic="Minutes",
    severity=Severity.WARNING,
    citation=sources.CLINIC,
    looks_at=parts.every_block("ends_at"),
    check=check,
    fix="Correct the minutes or the times.",
    passes=(
        Example(
            "24 minutes in half an hour", samples.with_block(starts_at=time(10, 0), ends_at=time(10, 30))
        ),
    ),
    fails=(Example("24 minutes in 20", samples.with_block(starts_at=time(10, 0), ends_at=time(10, 20))),),
)
