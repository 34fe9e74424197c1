"""A block that starts before the visit or ends after it.

One of the times is wrong, and a reviewer who compares them sees it first.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from .. import parts, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    if case.facts.starts_at is not None and case.facts.ends_at is not None:
        yield from parts.every_block("starts_at")(case)


def check(block: BlockFacts, case: Case) -> Verdict:
    first, last = case.facts.starts_at, case.facts.ends_at
    if first is None or last is None or last <= first:
        return Pass("No visit times to compare, or TIM206 speaks.")
    if (block.starts_at and block.starts_at < first) or (block.ends_at and block.ends_at > last):
        return Fail(
            f"{block.code} lies outside the visit, {first:%H:%M} to {last:%H:%M}.",
            evidence=f"{block.starts_at}-{block.ends_at} {first}-{last}",
        )
    return Pass("Inside the visit.")


RULE = Rule(
    code="TIM208",
    name="block-outside-visit",
    title="Block outside the visit",
    topic="Minutes",
    severity=Severity.WARNING,
    citation=sources.CLINIC,
    looks_at=looks_at,
    check=check,
    fix="Correct the times of the block or of the visit.",
    passes=(
        Example("a block inside the visit", samples.with_block(starts_at=time(10, 0), ends_at=time(10, 24))),
        Example("no block times", samples.note()),
    ),
    fails=(
        Example("a block before the visit", samples.with_block(starts_at=time(9, 50), ends_at=time(10, 20))),
        Example("a block after the visit", samples.with_block(starts_at=time(10, 30), ends_at=time(10, 55))),
    ),
)
