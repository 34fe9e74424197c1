"""CO on a physical therapy note, or CQ on an occupational therapy note.

The claim line comes back: CQ goes with GP, CO with GO.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import assistants, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    for block in case.facts.blocks:
        if any(modifier in block.modifiers for modifier in assistants.MODIFIERS.values()):
            yield Part(block.path("modifiers"), block, block.id)


def check(block: BlockFacts, case: Case) -> Verdict:
    own = assistants.MODIFIERS.get(case.facts.discipline)
    others = [m for m in assistants.MODIFIERS.values() if m != own and m in block.modifiers]
    if own is None or not others:
        return Pass("Of this discipline.")
    return Fail(f"{block.code} has {others[0]} on a note of {case.facts.discipline}.", evidence=others[0])


RULE = Rule(
    code="COD422",
    name="assistant-modifier-of-other-discipline",
    title="Assistant's modifier of the other discipline",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.read(
        "CMS billing examples using CQ/CO modifiers", "definitions; Pub. 100-04 ch.5 §20.1"
    ),
    looks_at=looks_at,
    check=check,
    fix="CQ is for a PTA, with GP; CO is for an OTA, with GO.",
    passes=(
        Example(
            "CQ beside GP",
            samples.with_other_block(minutes_therapist=None, minutes_assistant=23, modifiers=("GP", "CQ")),
        ),
        Example(
            "CO beside GO",
            samples.note(
                discipline="OT",
                author=samples.author(credential="OT", discipline="OT"),
                blocks=(
                    samples.block(modifiers=("GO",)),
                    samples.other_block(minutes_therapist=None, minutes_assistant=23, modifiers=("GO", "CO")),
                ),
            ),
        ),
    ),
    fails=(
        Example(
            "CO on a PT note",
            samples.with_other_block(minutes_therapist=None, minutes_assistant=23, modifiers=("GP", "CO")),
        ),
        Example(
            "CQ on an OT note",
            samples.note(
                discipline="OT",
                author=samples.author(credential="OT", discipline="OT"),
                blocks=(
                    samples.block(modifiers=("GO",)),
                    samples.other_block(minutes_therapist=None, minutes_assistant=23, modifiers=("GO", "CQ")),
                ),
            ),
        ),
        Example(
            "CO beside CQ",
            samples.with_other_block(
                minutes_therapist=None, minutes_assistant=23, modifiers=("GP", "CQ", "CO")
            ),
        ),
    ),
    applies_from=assistants.FIRST_DAY,
    payers=assistants.PAYERS,
    hold_billing=True,
)
