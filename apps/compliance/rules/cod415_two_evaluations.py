"""Two evaluation codes of one discipline on one day."""

from __future__ import annotations

from collections.abc import Iterator

from .. import codes, samples, sources, units
from ..facts import BlockFacts, DayBlock
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    for block in case.facts.blocks:
        if block.code in codes.EVALUATIONS:
            yield Part(block.path("code"), block, block.id)


def check(block: BlockFacts, case: Case) -> Verdict:
    first = next(one for one in case.facts.blocks if one.code in codes.EVALUATIONS)
    before = [one.code for one in case.facts.same_day if one.code in codes.EVALUATIONS]
    if block is not first:
        before.append(first.code)
    if not before:
        return Pass("The only one of the day.")
    return Fail(
        f"{block.code} beside {units.listed(before)}: one evaluation counts on a day.",
        evidence=" ".join(before),
    )


RULE = Rule(
    code="COD415",
    name="two-evaluations",
    title="Two evaluations on one day",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.read("CMS MUE practitioner file", "1 July 2024: one evaluation a day (MAI 2)"),
    looks_at=looks_at,
    check=check,
    fix="Keep the code of the evaluation that was done.",
    passes=(
        Example("an evaluation and treatment", samples.with_other_block(code="97162")),
        Example("a re-evaluation and treatment", samples.with_other_block(code="97164")),
        Example("an evaluation, no treatment", samples.with_blocks(samples.other_block(code="97163"))),
    ),
    fails=(
        Example(
            "two levels of one evaluation",
            samples.note(
                blocks=(samples.other_block(id="a", code="97161"), samples.other_block(code="97162"))
            ),
        ),
        Example(
            "an evaluation and a re-evaluation",
            samples.note(
                blocks=(samples.other_block(id="a", code="97161"), samples.other_block(code="97164"))
            ),
        ),
        Example(
            "another in another note of the day",
            samples.note(
                blocks=(samples.other_block(code="97161"),), same_day=(DayBlock("n2", "97161", 30),)
            ),
        ),
    ),
    hold_billing=True,
)
