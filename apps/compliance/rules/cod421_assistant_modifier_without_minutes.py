"""CQ or CO charted with a code that the assistant's minutes do not mark.

It is paid at 85 %, and the record shows no reason for it. More often the minutes are
wrong: the assistant's were entered as the therapist's.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import assistants, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    wanted = assistants.MODIFIERS.get(case.facts.discipline)
    seen = set()
    for block in case.facts.blocks:
        # COD422 judges the modifier of the other discipline.
        if wanted in block.modifiers and block.code not in seen:
            seen.add(block.code)
            yield Part(block.path("modifiers"), block, block.id)


def check(block: BlockFacts, case: Case) -> Verdict:
    wanted = assistants.MODIFIERS[case.facts.discipline]
    share = next((share for share in case.units.assistants if share.code == block.code), None)
    if share is None:
        if case.units.allocation is None or _is_not_billed(block, case):
            return Pass("No units to judge it by.")
        return Fail(
            f"{block.code} has {wanted}, and no minutes of an assistant are charted for it.", evidence="none"
        )
    if share.units_with or share.units_open or (case.units.tie and block.code in case.units.tie.codes):
        return Pass("A unit is marked, or may be.")
    return Fail(
        f"{block.code} has {wanted}, and its minutes come to {share.summary}.", evidence=share.summary
    )


def _is_not_billed(block: BlockFacts, case: Case) -> bool:
    """No minutes were charted, or they come to nothing: other rules speak of that."""
    allocation = case.units.allocation
    return not block.has_minutes or (allocation is not None and allocation.units.get(block.code) == 0)


RULE = Rule(
    code="COD421",
    name="assistant-modifier-without-minutes",
    title="Assistant's modifier without minutes",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.read(
        "CMS billing examples using CQ/CO modifiers", "steps 1 to 4; Pub. 100-04 ch.5 §20.1"
    ),
    looks_at=looks_at,
    check=check,
    fix="Check who gave the minutes. If they are right, take the modifier out.",
    passes=(
        Example(
            "all by the PTA, with CQ",
            samples.with_other_block(minutes_therapist=None, minutes_assistant=23, modifiers=("GP", "CQ")),
        ),
        Example(
            "one unit with CQ, one without",
            samples.with_other_block(minutes_therapist=13, minutes_assistant=23, modifiers=("GP", "CQ")),
        ),
    ),
    fails=(
        Example("all by the therapist, with CQ", samples.with_other_block(modifiers=("GP", "CQ"))),
        Example(
            "the therapist alone has 8 minutes of the unit left",
            samples.with_other_block(minutes_therapist=13, minutes_assistant=10, modifiers=("GP", "CQ")),
        ),
        Example(
            "given together",
            samples.with_other_block(minutes_therapist=None, minutes_together=23, modifiers=("GP", "CQ")),
        ),
    ),
    applies_from=assistants.FIRST_DAY,
    payers=assistants.PAYERS,
    hold_billing=True,
)
