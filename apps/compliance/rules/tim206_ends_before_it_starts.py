"""A block or a visit that ends before, or as, it starts.

A slip of typing, and it hides overlaps from the other rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from .. import samples, sources
from ..facts import BlockFacts, NoteFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[BlockFacts | NoteFacts]]:
    yield Part("ends_at", case.facts)
    for block in case.facts.blocks:
        yield Part(block.path("ends_at"), block, block.id)


def check(timed: BlockFacts | NoteFacts, case: Case) -> Verdict:
    start, end = timed.starts_at, timed.ends_at
    if start is None or end is None or start < end:
        return Pass("The end is after the start, or not both are charted.")
    said = f"{start:%H:%M} to {end:%H:%M}"
    what = timed.code if isinstance(timed, BlockFacts) else "The visit"
    return Fail(f"{what}: {said} ends before it starts.", evidence=said)


RULE = Rule(
    code="TIM206",
    name="ends-before-it-starts",
    title="End before the start",
    topic="Minutes",
    severity=Severity.WARNING,
    citation=sources.CLINIC,
    looks_at=looks_at,
    check=check,
    fix="Correct the start or the end.",
    passes=(Example("10:00 to 10:50", samples.note()),),
    fails=(
        Example("a visit from 10:50 to 10:00", samples.note(starts_at=time(10, 50), ends_at=time(10, 0))),
        Example(
            "a block from 10:24 to 10:00", samples.with_block(starts_at=time(10, 24), ends_at=time(10, 0))
        ),
    ),
    may_stop=True,
)
