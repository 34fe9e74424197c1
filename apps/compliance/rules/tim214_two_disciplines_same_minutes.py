"""PT and OT over the same minutes.

Treating together is allowed where the need for both is in the record; the same minutes
counted in full by both is not. Only the clinicians know which it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from .. import samples, sources, spans
from ..facts import BlockFacts, DayBlock
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[tuple[DayBlock, BlockFacts]]]:
    elsewhere = [block for block in case.facts.other_discipline if spans.has(block)]
    if elsewhere:
        for block in case.timed:
            if spans.has(block):
                for other in elsewhere:
                    yield Part(block.path("starts_at"), (other, block), block.id)


def check(pair: tuple[DayBlock, BlockFacts], case: Case) -> Verdict:
    other, block = pair
    if not spans.overlap(other, block):
        return Pass("One after the other.")
    return Ask(
        f"{spans.said(block)}: the other discipline has {spans.said(other)}. Was it treatment together, "
        "with each one's minutes counted once?",
        evidence=f"{other.note} {spans.said(other)} / {spans.said(block)}",
    )


RULE = Rule(
    code="TIM214",
    name="two-disciplines-same-minutes",
    title="PT and OT in the same minutes",
    topic="Minutes",
    severity=Severity.WARNING,
    citation=sources.not_read("CMS Pub. 100-04 ch.5", "co-treatment; minutes are counted once"),
    looks_at=looks_at,
    check=check,
    fix="Correct the times, or agree with your colleague who counts which minutes.",
    passes=(
        Example(
            "OT followed",
            samples.with_blocks(
                samples.timed_block("97112", time(10), time(10, 24)),
                other_discipline=(DayBlock("o", "97535", 20, starts_at=time(10, 24), ends_at=time(10, 44)),),
            ),
        ),
        Example(
            "OT came before",
            samples.with_blocks(
                samples.timed_block("97112", time(10), time(10, 24)),
                other_discipline=(DayBlock("o", "97535", 20, starts_at=time(9), ends_at=time(10)),),
            ),
        ),
        Example(
            "OT in the afternoon",
            samples.with_blocks(
                samples.timed_block("97110", time(10), time(10, 24)),
                other_discipline=(DayBlock("o", "97112", 20, starts_at=time(14), ends_at=time(14, 20)),),
            ),
        ),
    ),
    fails=(
        Example(
            "the same minutes",
            samples.with_blocks(
                samples.timed_block("97112", time(10), time(10, 24)),
                other_discipline=(DayBlock("o", "97535", 24, starts_at=time(10), ends_at=time(10, 24)),),
            ),
        ),
        Example(
            "one minute shared",
            samples.with_blocks(
                samples.timed_block("97112", time(10), time(10, 24)),
                other_discipline=(DayBlock("o", "97530", 10, starts_at=time(10, 23), ends_at=time(10, 33)),),
            ),
        ),
        Example(
            "97112 by both",
            samples.with_blocks(
                samples.timed_block("97112", time(10), time(10, 24)),
                other_discipline=(DayBlock("o", "97112", 30, starts_at=time(9, 50), ends_at=time(10, 20)),),
            ),
        ),
    ),
    hold_billing=True,
)
