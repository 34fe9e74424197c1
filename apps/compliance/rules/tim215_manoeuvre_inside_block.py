"""A repositioning manoeuvre described inside a 97112 block.

It has an untimed code of its own, 95992. Its minutes are not minutes of 97112.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import hints, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    for block in case.neuromuscular:
        yield Part(block.path("activity"), block, block.id)


def check(block: BlockFacts, case: Case) -> Verdict:
    name = hints.manoeuvre(block.activity)
    if not name:
        return Pass("No manoeuvre is named.")
    return Ask(f'The task names "{name}", which is 95992. Are its minutes left out of 97112?', evidence=name)


RULE = Rule(
    code="TIM215",
    name="manoeuvre-inside-block",
    title="Manoeuvre inside a 97112 block",
    topic="Minutes",
    severity=Severity.WARNING,
    citation=sources.read("CMS NCCI PTP practitioner file", "1 July 2024, 95992 with 97112"),
    looks_at=looks_at,
    check=check,
    fix="Chart the manoeuvre under its own code, and leave its minutes out here.",
    passes=(
        Example(
            "habituation, no manoeuvre",
            samples.with_block(activity="Habituation: rolling to the right, dizziness settled in 20 s"),
        ),
        Example("the manoeuvre denied", samples.with_block(activity="Gaze exercise, no Epley today")),
        Example("another task", samples.note()),
    ),
    fails=(
        Example("Epley", samples.with_block(activity="Epley for the right posterior canal")),
        Example("canalith repositioning", samples.with_block(activity="Canalith repositioning, then gaze")),
        Example(
            "Semont beside its own code",
            samples.note(
                blocks=(samples.block(activity="Semont, then stance"), samples.other_block(code="95992"))
            ),
        ),
    ),
    hold_billing=True,
)
