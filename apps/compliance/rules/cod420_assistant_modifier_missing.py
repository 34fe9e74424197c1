"""Units that an assistant's minutes mark, and no CQ or CO charted with the code.

A claim without it is paid in full and asked back with interest, years later, from a
clinic that has spent it. Which units are marked is worked out from the charted minutes;
when they are split, billing makes two lines. Critical access hospitals need no modifier;
whether the clinic is one is not among the facts, so such a clinic gives that as its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .. import assistants, samples, sources
from ..assistants import Share
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[Share]]:
    """Each code whose assistant minutes stand in this note, at the first block that has them."""
    for share in case.units.assistants:
        for block in case.facts.blocks:
            if block.code == share.code and block.minutes_assistant:
                yield Part(block.path("modifiers"), share, block.id)
                break


def check(share: Share, case: Case) -> Verdict:
    if not share.units_with:
        return Pass("No unit is marked; COD421 judges a modifier that is charted.")
    if any(share.modifier in b.modifiers for b in case.facts.blocks if b.code == share.code):
        return Pass("Charted. When units are split, billing makes two lines.")
    return Fail(f"{share.code} has no {share.modifier}: {share.summary}.", evidence=share.summary)


RULE = Rule(
    code="COD420",
    name="assistant-modifier-missing",
    title="Assistant's modifier missing",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.read(
        "CMS billing examples using CQ/CO modifiers", "steps 1 to 4; Pub. 100-04 ch.5 §20.1"
    ),
    looks_at=looks_at,
    check=check,
    fix="Check who gave the minutes; then add CQ for a PTA or CO for an OTA, beside GP or GO.",
    passes=(
        Example(
            "all by the PTA, with CQ",
            samples.with_other_block(minutes_therapist=None, minutes_assistant=23, modifiers=("GP", "CQ")),
        ),
        Example(
            "given together, so the therapist's",
            samples.with_other_block(minutes_therapist=None, minutes_together=23),
        ),
        Example(
            "the therapist alone has 8 minutes of the unit left",
            samples.with_other_block(minutes_therapist=13, minutes_assistant=10),
        ),
        Example(
            "the year before CQ",
            samples.note(
                date_of_service=date(2019, 11, 16),
                blocks=(samples.block(), samples.other_block(minutes_therapist=None, minutes_assistant=23)),
            ),
        ),
    ),
    fails=(
        Example(
            "all by the PTA, no CQ",
            samples.with_other_block(minutes_therapist=None, minutes_assistant=23),
        ),
        Example(
            "a full 15 minutes by the PTA",
            samples.with_other_block(minutes_therapist=13, minutes_assistant=23),
        ),
        Example(
            "the unit left is the PTA's",
            samples.with_other_block(minutes_therapist=5, minutes_assistant=10),
        ),
    ),
    applies_from=assistants.FIRST_DAY,
    payers=assistants.PAYERS,
    hold_billing=True,
)
