"""Stimulation and the task it accompanied, charted as two codes without clock times.

Stimulation during a task may be fine; its minutes are then the minutes of one of the two
codes. Clock times that overlap are TIM205's.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from .. import hints, parts, samples, sources, spans
from ..facts import BlockFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict

_BESIDE = frozenset({"97110", "97112", "97116", "97530"})


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    if any(block.code == "97032" and not spans.has(block) for block in case.facts.blocks):
        for block in case.facts.blocks:
            if block.code in _BESIDE:
                yield Part(block.path("starts_at"), block, block.id)


def check(block: BlockFacts, case: Case) -> Verdict:
    if spans.has(block) or not hints.names_stimulation(parts.words_of(block)):
        return Pass("The block speaks of no stimulation, or has clock times.")
    return Ask(
        f"{block.code} speaks of stimulation, and 97032 is charted too. Were their minutes apart?",
        evidence=f"{block.code} 97032",
    )


RULE = Rule(
    code="TIM212",
    name="stimulation-in-same-minutes",
    title="Stimulation over the same minutes",
    topic="Minutes",
    severity=Severity.WARNING,
    citation=sources.read(
        "CGS (codapedia.com 2442); A53065", "97032 not for the same time as 97110, 97112, 97116 or 97530"
    ),
    looks_at=looks_at,
    check=check,
    fix="Count minutes that were both in one of the two codes.",
    passes=(
        Example("nothing said of stimulation", samples.with_other_block(code="97032")),
        Example(
            "stimulation before, with clock times",
            samples.with_blocks(
                samples.timed_block("97112", time(10), time(10, 20), activity="Reaching after NMES"),
                samples.other_block(code="97032"),
            ),
        ),
        Example(
            "stimulation denied",
            samples.note(
                blocks=(samples.block(activity="Stepping without NMES"), samples.other_block(code="97032"))
            ),
        ),
    ),
    fails=(
        Example(
            "stimulation during the task",
            samples.note(
                blocks=(
                    samples.block(activity="Stepping with NMES to the dorsiflexors"),
                    samples.other_block(code="97032"),
                )
            ),
        ),
        Example(
            "stimulation during an exercise",
            samples.with_blocks(
                samples.other_block(id="a", description="Knee extension with e-stim"),
                samples.other_block(code="97032"),
            ),
        ),
        Example(
            "stimulation during walking",
            samples.with_blocks(
                samples.other_block(id="a", code="97116", description="FES for foot clearance"),
                samples.other_block(code="97032"),
            ),
        ),
    ),
    hold_billing=True,
)
