"""59 says that two services were separate, and the record does not show it.

Timed services qualify in different 15-minute blocks; in the same block never.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from .. import ncci, samples, sources, spans
from ..facts import BlockFacts
from ..parts import has_words
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[tuple[BlockFacts, BlockFacts]]]:
    for block in case.facts.blocks:
        if ncci.SEPARATE.intersection(block.modifiers):
            for other in case.facts.blocks:
                if ncci.partners(block.code, (other.code,), case.facts.date_of_service):
                    yield Part(block.path("modifiers"), (other, block), block.id)


def check(pair: tuple[BlockFacts, BlockFacts], case: Case) -> Verdict:
    other, block = pair
    if spans.has(other) and spans.has(block):
        if not spans.overlap(other, block):
            return Pass("Different minutes.")
        return Fail(
            f"{spans.said(other)} and {spans.said(block)} share minutes; the second is marked as separate.",
            evidence=f"{spans.said(other)} / {spans.said(block)}",
        )
    if has_words(block.distinct):
        return Pass("The block says why it is separate.")
    return Ask(
        f"{block.code} is marked as separate from {other.code}. "
        "Does the record show other minutes or another site?",
        evidence=f"{block.code} {other.code}",
    )


RULE = Rule(
    code="COD411",
    name="separate-but-same-minutes",
    title="Marked as separate, not shown",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.read(
        "CMS example on modifier 59, as quoted by WebPT (Apr 2023)", "different 15-minute blocks qualify"
    ),
    looks_at=looks_at,
    check=check,
    fix="Chart the times of both, or take the modifier out.",
    passes=(
        Example(
            "different minutes",
            samples.with_blocks(
                samples.timed_block("97112", time(10), time(10, 24), modifiers=("GP", "59")),
                samples.timed_block("97150", time(10, 24), time(10, 50), id="b"),
            ),
        ),
        Example(
            "no times, the block says why",
            samples.note(blocks=(samples.block(modifiers=("GP", "59")), samples.other_block(code="97150"))),
        ),
        Example(
            "XS on the whirlpool, different minutes",
            samples.with_blocks(
                samples.timed_block("97112", time(10), time(10, 24)),
                samples.timed_block("97022", time(10, 24), time(10, 40), id="b", modifiers=("GP", "XS")),
            ),
        ),
    ),
    fails=(
        Example(
            "the same minutes",
            samples.with_blocks(
                samples.timed_block("97112", time(10), time(10, 24), modifiers=("GP", "59")),
                samples.timed_block("97150", time(10, 10), time(10, 40), id="b"),
            ),
        ),
        Example(
            "no times and no reason",
            samples.note(
                blocks=(samples.block(modifiers=("GP", "59"), distinct=""), samples.other_block(code="97150"))
            ),
        ),
        Example(
            "a manoeuvre without times",
            samples.note(
                blocks=(samples.block(modifiers=("GP", "XU"), distinct=""), samples.other_block(code="95992"))
            ),
        ),
    ),
    payers=ncci.PAYERS,
    hold_billing=True,
)
