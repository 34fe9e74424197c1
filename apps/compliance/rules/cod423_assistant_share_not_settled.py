"""Minutes shared with an assistant in a way on which the sources differ or are silent.

At 23 minutes of one code, shared by two persons, the proposed rule and the final rule
are told differently, and we have read neither in full. Some splits no source at hand
mentions. A guess would be a claim nobody can defend, so a person says.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import assistants, samples, sources
from ..assistants import Share
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[Share]]:
    for share in case.units.assistants:
        for block in case.facts.blocks:
            if block.code == share.code:
                yield Part(block.path("modifiers"), share, block.id)
                break


def check(share: Share, case: Case) -> Verdict:
    if not share.question:
        return Pass("The minutes settle it.")
    return Ask(share.question, evidence=" ".join(share.working), choices=share.choices)


RULE = Rule(
    code="COD423",
    name="assistant-share-not-settled",
    title="With or without the assistant's modifier?",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.not_read(
        "CY 2022 physician fee schedule rules", "two units left: 24 to 28 minutes proposed, 23 to 28 final"
    ),
    looks_at=looks_at,
    check=check,
    fix="Answer as your contractor has it, or leave the line for billing.",
    passes=(
        Example(
            "24 minutes shared",
            samples.note(
                blocks=(
                    samples.block(minutes_therapist=15),
                    samples.other_block(minutes_therapist=12, minutes_assistant=12, modifiers=("GP", "CQ")),
                ),
                total_minutes=39,
            ),
        ),
        Example(
            "the therapist alone has 8 minutes of the unit left",
            samples.with_other_block(minutes_therapist=13, minutes_assistant=9),
        ),
    ),
    fails=(
        Example(
            "23 minutes shared",
            samples.note(
                blocks=(
                    samples.block(minutes_therapist=15),
                    samples.other_block(minutes_therapist=12, minutes_assistant=11, modifiers=("GP", "CQ")),
                ),
                total_minutes=38,
            ),
        ),
        Example(
            "two units left, and the therapist gave fewer than 9 minutes",
            samples.note(
                blocks=(
                    samples.block(minutes_therapist=4),
                    samples.other_block(minutes_therapist=8, minutes_assistant=14),
                ),
                total_minutes=26,
            ),
        ),
    ),
    applies_from=assistants.FIRST_DAY,
    payers=assistants.PAYERS,
    hold_billing=True,
)
