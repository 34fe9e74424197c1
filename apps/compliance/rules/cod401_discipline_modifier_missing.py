"""A therapy code without GP or GO, for a payer that returns it.

97112 is always therapy. A missing modifier is the commonest plain rejection, and the
easiest to put right before the claim goes out.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import codes, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict

_OF = {"PT": "GP", "OT": "GO"}


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    if case.policy and case.policy.wants_discipline_modifier_on(case.facts.date_of_service):
        for block in case.facts.blocks:
            if codes.get(block.code):
                yield Part(block.path("modifiers"), block, block.id)


def check(block: BlockFacts, case: Case) -> Verdict:
    wanted = _OF.get(case.facts.discipline)
    if (
        wanted is None
        or wanted in block.modifiers
        or _OF["PT"] in block.modifiers
        or _OF["OT"] in block.modifiers
    ):
        return Pass("A discipline modifier is there; COD402 and COD403 judge which.")
    return Fail(f"{block.code} has no {wanted}.", evidence=" ".join(block.modifiers))


RULE = Rule(
    code="COD401",
    name="discipline-modifier-missing",
    title="Discipline modifier missing",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.DISCIPLINE_MODIFIERS,
    looks_at=looks_at,
    check=check,
    fix="Add GP for physical therapy or GO for occupational therapy.",
    passes=(
        Example("GP on a PT note", samples.note()),
        Example(
            "a payer of which it is not known",
            samples.note(payer="cigna", blocks=(samples.block(modifiers=()),)),
        ),
    ),
    fails=(Example("Medicare, no modifier", samples.with_block(modifiers=())),),
    hold_billing=True,
)
