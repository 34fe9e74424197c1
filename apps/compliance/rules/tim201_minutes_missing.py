"""A timed code without minutes.

Minutes are what a timed code is. Any number is an answer, also 1, also 0.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    if block.has_minutes and block.minutes >= 0:
        return Pass("Minutes are charted.")
    return Fail(f"{block.code} has no minutes.")


RULE = Rule(
    code="TIM201",
    name="minutes-missing",
    title="Minutes missing",
    topic="Minutes",
    severity=Severity.BLOCKER,
    citation=sources.COUNTING_UNITS,
    looks_at=parts.timed("minutes_therapist"),
    check=check,
    fix="Chart the minutes as they were.",
    passes=(
        Example("24 minutes", samples.note()),
        Example("1 minute", samples.cut_short(blocks=(samples.block(minutes_therapist=1),))),
        Example("only the assistant's", samples.with_block(minutes_therapist=None, minutes_assistant=24)),
    ),
    fails=(Example("no minutes", samples.with_block(minutes_therapist=None)),),
)
