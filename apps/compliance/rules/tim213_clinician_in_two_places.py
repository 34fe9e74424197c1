"""One clinician's one-on-one minutes with two patients at once.

The clock of one of the notes is wrong, or somebody else gave the minutes. Which of the
two cannot be seen from here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from .. import samples, sources, spans
from ..facts import BlockFacts, DayBlock
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def _own(block: BlockFacts, case: Case) -> bool:
    """Whether the author gave minutes of it; an assistant's minutes are somebody else's time."""
    if case.facts.author.credential in ("PTA", "OTA"):
        return bool(block.minutes_assistant or block.minutes_together)
    return bool(block.minutes_therapist or block.minutes_together)


def looks_at(case: Case) -> Iterator[Part[tuple[DayBlock, BlockFacts]]]:
    elsewhere = [
        block
        for block in case.facts.clinician_day
        if spans.has(block) and (block.code == "97150" or block.one_on_one)
    ]
    if elsewhere:
        for block in case.timed:
            if block.one_on_one and spans.has(block) and _own(block, case):
                for other in elsewhere:
                    yield Part(block.path("starts_at"), (other, block), block.id)


def check(pair: tuple[DayBlock, BlockFacts], case: Case) -> Verdict:
    other, block = pair
    if not spans.overlap(other, block):
        return Pass("One after the other.")
    return Ask(
        f"{spans.said(block)}: another note of yours has {spans.said(other)}. Are the times here right?",
        evidence=f"{other.note} {spans.said(other)} / {spans.said(block)}",
    )


RULE = Rule(
    code="TIM213",
    name="clinician-in-two-places",
    title="Two patients in the same minutes",
    topic="Minutes",
    severity=Severity.WARNING,
    citation=sources.read("HNS and AAPC on 97112", "direct one-on-one contact"),
    looks_at=looks_at,
    check=check,
    fix="Correct the times of the note in which they are wrong.",
    passes=(
        Example(
            "the other patient came after",
            samples.with_blocks(
                samples.timed_block("97112", time(10), time(10, 24)),
                clinician_day=(DayBlock("n2", "97110", 20, starts_at=time(10, 24), ends_at=time(10, 44)),),
            ),
        ),
        Example(
            "other minutes there, not one-on-one",
            samples.with_blocks(
                samples.timed_block("97112", time(10), time(10, 24)),
                clinician_day=(
                    DayBlock("n2", "97110", 20, starts_at=time(9), ends_at=time(9, 20)),
                    DayBlock("n3", "97010", 10, one_on_one=False, starts_at=time(10), ends_at=time(10, 20)),
                ),
            ),
        ),
        Example(
            "an hour apart",
            samples.with_blocks(
                samples.timed_block("97112", time(10), time(10, 24)),
                clinician_day=(DayBlock("n2", "97112", 20, starts_at=time(11), ends_at=time(11, 20)),),
            ),
        ),
    ),
    fails=(
        Example(
            "the same minutes",
            samples.with_blocks(
                samples.timed_block("97112", time(10), time(10, 24)),
                clinician_day=(DayBlock("n2", "97110", 20, starts_at=time(10, 10), ends_at=time(10, 30)),),
            ),
        ),
        Example(
            "a group at that time",
            samples.with_blocks(
                samples.timed_block("97112", time(10), time(10, 24)),
                clinician_day=(
                    DayBlock("n2", "97150", 30, one_on_one=False, starts_at=time(10), ends_at=time(10, 30)),
                ),
            ),
        ),
        Example(
            "one inside the other",
            samples.with_blocks(
                samples.timed_block("97110", time(10), time(10, 30)),
                clinician_day=(DayBlock("n2", "97112", 10, starts_at=time(10, 10), ends_at=time(10, 20)),),
            ),
        ),
    ),
    hold_billing=True,
)
