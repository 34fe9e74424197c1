"""An evaluation and treatment in the same minutes.

Both may be billed on one day, without a modifier since the edits ended. The minutes are
one or the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from .. import codes, samples, sources, spans
from ..facts import BlockFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[tuple[BlockFacts, BlockFacts]]]:
    evaluations = [
        block for block in case.facts.blocks if block.code in codes.EVALUATIONS and spans.has(block)
    ]
    for evaluation in evaluations:
        for block in case.timed:
            if spans.has(block):
                yield Part(block.path("starts_at"), (evaluation, block), block.id)


def check(pair: tuple[BlockFacts, BlockFacts], case: Case) -> Verdict:
    evaluation, block = pair
    if not spans.overlap(evaluation, block):
        return Pass("One after the other.")
    return Fail(
        f"{spans.said(evaluation)} and {spans.said(block)} share minutes.",
        evidence=f"{spans.said(evaluation)} / {spans.said(block)}",
    )


RULE = Rule(
    code="TIM216",
    name="evaluation-in-same-minutes",
    title="Evaluation and treatment at the same time",
    topic="Minutes",
    severity=Severity.WARNING,
    citation=sources.COUNTING_UNITS,
    looks_at=looks_at,
    check=check,
    fix="Correct the start or the end of one of them.",
    passes=(
        Example(
            "treatment after the evaluation",
            samples.with_blocks(
                samples.timed_block("97161", time(9), time(9, 40), id="e"),
                samples.timed_block("97112", time(9, 40), time(10)),
            ),
        ),
        Example(
            "treatment before a re-evaluation",
            samples.with_blocks(
                samples.timed_block("97112", time(9), time(9, 30)),
                samples.timed_block("97164", time(9, 30), time(9, 50), id="e"),
            ),
        ),
        Example(
            "a break between",
            samples.with_blocks(
                samples.timed_block("97162", time(9), time(9, 30), id="e"),
                samples.timed_block("97110", time(9, 45), time(10)),
            ),
        ),
    ),
    fails=(
        Example(
            "ten minutes shared",
            samples.with_blocks(
                samples.timed_block("97161", time(9), time(9, 40), id="e"),
                samples.timed_block("97112", time(9, 30), time(10)),
            ),
        ),
        Example(
            "treatment inside a re-evaluation",
            samples.with_blocks(
                samples.timed_block("97164", time(9), time(9, 40), id="e"),
                samples.timed_block("97110", time(9, 10), time(9, 30)),
            ),
        ),
        Example(
            "the same start",
            samples.with_blocks(
                samples.timed_block("97163", time(9), time(9, 40), id="e"),
                samples.timed_block("97112", time(9), time(9, 20)),
            ),
        ),
    ),
    hold_billing=True,
)
