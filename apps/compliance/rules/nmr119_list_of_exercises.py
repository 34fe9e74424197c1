"""The task of a 97112 block is a row of exercises with counts.

A row of names and repetitions reads like a flow sheet: it shows neither a deficit nor a
skill. It may still be right, so the author is asked.
"""

from __future__ import annotations

from .. import hints, parts, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    if not hints.exercise_list(block.activity):
        return Pass("No bare list.")
    return Ask("The task is a list of exercises. Does it say what was trained?", evidence=block.activity)


RULE = Rule(
    code="NMR119",
    name="list-of-exercises",
    title="List of exercises",
    topic="Task",
    severity=Severity.WARNING,
    citation=sources.read("LifeCare on 97112", "what, why and how; how matters most"),
    looks_at=parts.neuromuscular("activity"),
    check=check,
    fix="Say what the task trained, or answer that the entry stands.",
    passes=(
        Example("a task in words", samples.note()),
        Example("two exercises with counts", samples.with_block(activity="Heel raises 3x10, step-ups 2x8")),
        Example(
            "a list that names what was trained",
            samples.with_block(activity="Tandem stance 3x30, reactive stepping 2x8, sway shifts 3x10"),
        ),
    ),
    fails=(
        Example(
            "three exercises with counts", samples.with_block(activity="SLR 3x10, bridging 3x10, clams 2x15")
        ),
        Example(
            "counts with a sign of multiplication",
            samples.with_block(activity="Heel raises 3×10; squats 3×8; marching 2×20"),
        ),
        Example(
            "repetitions in words",
            samples.with_block(activity="Marching 20 reps, squats 10 reps, lunges 10 reps"),
        ),
    ),
)
