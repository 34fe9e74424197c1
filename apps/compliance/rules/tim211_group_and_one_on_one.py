"""A group and one-on-one treatment in the same minutes.

Nobody is treated alone and in a group at once. Before or after each other both are fine.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from .. import codes, samples, sources, spans
from ..facts import BlockFacts, DayBlock
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[tuple[BlockFacts | DayBlock, BlockFacts]]]:
    here = [block for block in case.facts.blocks if spans.has(block)]
    groups: list[BlockFacts | DayBlock] = [block for block in here if block.code == "97150"]
    groups += [block for block in case.facts.same_day if block.code == "97150" and spans.has(block)]
    for block in here:
        if block.one_on_one and codes.counts_by_quarter_hour(block.code):
            for group in groups:
                yield Part(block.path("starts_at"), (group, block), block.id)
    for group in here:
        if group.code == "97150":
            for other in case.facts.same_day:
                if other.one_on_one and codes.counts_by_quarter_hour(other.code) and spans.has(other):
                    yield Part(group.path("starts_at"), (other, group), group.id)


def check(pair: tuple[BlockFacts | DayBlock, BlockFacts], case: Case) -> Verdict:
    one, two = pair
    if not spans.overlap(one, two):
        return Pass("One after the other.")
    which = one.note if isinstance(one, DayBlock) else one.id
    return Fail(
        f"{spans.said(one)} and {spans.said(two)} share minutes.",
        evidence=f"{which} {spans.said(one)} / {spans.said(two)}",
    )


RULE = Rule(
    code="TIM211",
    name="group-and-one-on-one",
    title="Group and one-on-one at the same time",
    topic="Minutes",
    severity=Severity.BLOCKER,
    citation=sources.read(
        "CMS Pub. 100-04 ch.5; webpt.com on group therapy", "the same minutes are group minutes only"
    ),
    looks_at=looks_at,
    check=check,
    fix="Correct the start or the end of one of them.",
    passes=(
        Example(
            "the group follows",
            samples.with_blocks(
                samples.timed_block("97112", time(10), time(10, 24)),
                samples.timed_block("97150", time(10, 24), time(10, 50), id="b"),
            ),
        ),
        Example(
            "the group came before",
            samples.with_blocks(
                samples.timed_block("97150", time(9, 30), time(10), id="b"),
                samples.timed_block("97112", time(10), time(10, 24)),
            ),
        ),
        Example(
            "the group of another note ended before",
            samples.with_blocks(
                samples.timed_block("97112", time(10), time(10, 24)),
                same_day=(DayBlock("n2", "97150", starts_at=time(9), ends_at=time(9, 30)),),
            ),
        ),
    ),
    fails=(
        Example(
            "a group in the same minutes",
            samples.with_blocks(
                samples.timed_block("97112", time(10), time(10, 24)),
                samples.timed_block("97150", time(10, 10), time(10, 40), id="b"),
            ),
        ),
        Example(
            "the group in another note of the day",
            samples.with_blocks(
                samples.timed_block("97112", time(10), time(10, 24)),
                same_day=(DayBlock("n2", "97150", starts_at=time(10), ends_at=time(10, 30)),),
            ),
        ),
        Example(
            "one-on-one in another note of the day",
            samples.with_blocks(
                samples.timed_block("97150", time(10), time(10, 24), id="b"),
                same_day=(DayBlock("n2", "97112", 20, starts_at=time(10), ends_at=time(10, 20)),),
            ),
        ),
    ),
)
