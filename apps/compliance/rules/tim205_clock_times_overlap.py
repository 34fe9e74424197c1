"""Two one-on-one blocks in the same minutes.

One-on-one minutes are given once. A record with the same minutes in two timed codes
is false, whoever noticed it first. Other notes of the patient's day count too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from itertools import combinations

from .. import codes, samples, sources
from ..facts import BlockFacts, DayBlock
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def _has_span(block: BlockFacts | DayBlock) -> bool:
    return (
        block.one_on_one
        and block.starts_at is not None
        and block.ends_at is not None
        and block.starts_at < block.ends_at
        and codes.counts_by_quarter_hour(block.code)
    )


def _said(block: BlockFacts | DayBlock) -> str:
    return f"{block.code} {block.starts_at:%H:%M} to {block.ends_at:%H:%M}"


def looks_at(case: Case) -> Iterator[Part[tuple[BlockFacts | DayBlock, BlockFacts]]]:
    here = [block for block in case.timed if _has_span(block)]
    for first, second in combinations(here, 2):
        yield Part(second.path("starts_at"), (first, second), second.id)
    for other in case.facts.same_day:
        if _has_span(other):
            for block in here:
                yield Part(block.path("starts_at"), (other, block), block.id)


def check(pair: tuple[BlockFacts | DayBlock, BlockFacts], case: Case) -> Verdict:
    one, two = pair
    if one.starts_at is None or one.ends_at is None or two.starts_at is None or two.ends_at is None:
        return Pass("No times to compare.")
    # A block may start in the minute in which another ends.
    if one.ends_at <= two.starts_at or two.ends_at <= one.starts_at:
        return Pass("One after the other.")
    where = " in another note of the day" if isinstance(one, DayBlock) else ""
    which = one.note if isinstance(one, DayBlock) else one.id
    return Fail(
        f"{_said(one)}{where} and {_said(two)} share minutes.",
        evidence=f"{which} {_said(one)} / {_said(two)}",
    )


RULE = Rule(
    code="TIM205",
    name="clock-times-overlap",
    title="Same minutes in two blocks",
    topic="Minutes",
    severity=Severity.BLOCKER,
    citation=sources.read("CGS and A53065 on one-on-one codes", "not for the same time"),
    looks_at=looks_at,
    check=check,
    fix="Correct the start or the end of one of them.",
    passes=(
        Example(
            "one block starts as the other ends",
            samples.note(
                blocks=(
                    samples.block(starts_at=time(10, 0), ends_at=time(10, 24)),
                    samples.other_block(starts_at=time(10, 24), ends_at=time(10, 47)),
                )
            ),
        ),
    ),
    fails=(
        Example(
            "one minute shared",
            samples.note(
                blocks=(
                    samples.block(starts_at=time(10, 0), ends_at=time(10, 25)),
                    samples.other_block(starts_at=time(10, 24), ends_at=time(10, 47)),
                )
            ),
        ),
        Example(
            "minutes shared with another note of the day",
            samples.note(
                blocks=(samples.block(starts_at=time(10, 0), ends_at=time(10, 24)), samples.other_block()),
                same_day=(
                    DayBlock(
                        "n2", "97140", minutes_therapist=10, starts_at=time(10, 20), ends_at=time(10, 30)
                    ),
                ),
            ),
        ),
    ),
)
