"""A total that is larger than all blocks together.

It may be right: an untimed service whose minutes are in no block. Often it is the
length of the visit, rest included, and rest is not treatment.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources
from ..facts import NoteFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[NoteFacts]]:
    # A block without minutes, such as a hot pack, may hold any part of the total.
    if case.facts.blocks and all(block.has_minutes for block in case.facts.blocks):
        yield Part("total_minutes", case.facts)


def check(facts: NoteFacts, case: Case) -> Verdict:
    charted = sum(block.minutes for block in facts.blocks)
    if facts.total_minutes is None or facts.total_minutes <= charted:
        return Pass("The blocks explain the total.")
    return Ask(
        f"The total is {facts.total_minutes} and the blocks come to {charted}. "
        "Is the total treatment only, without rest and set-up?",
        evidence=f"{facts.total_minutes} > {charted}",
    )


RULE = Rule(
    code="TIM204",
    name="total-not-explained",
    title="Total larger than the blocks",
    topic="Minutes",
    severity=Severity.WARNING,
    citation=sources.TREATMENT_NOTE,
    looks_at=looks_at,
    check=check,
    fix="Leave rest, set-up and writing out of the total.",
    passes=(
        Example("47 in all, 47 in blocks", samples.note()),
        Example(
            "a hot pack without minutes",
            samples.note(
                total_minutes=60,
                blocks=(samples.block(), samples.other_block(code="97010", minutes_therapist=None)),
            ),
        ),
    ),
    fails=(Example("60 in all, 47 in blocks", samples.note(total_minutes=60)),),
)
