"""Taping, for a payer that does not cover it.

By CPT's intent the time of taping belongs to the code it served. Several payers exclude
taping all the same, so the minutes need a look.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources, techniques
from ..facts import BlockFacts
from ..rule import Authority, Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[tuple[str, BlockFacts]]]:
    said = case.policy.demand_on("taping", case.facts.date_of_service) if case.policy else None
    if said:
        for block in case.timed:
            named = "taping" in block.techniques or any(
                one.key == "taping" for one in techniques.named_in(f"{block.activity} {block.description}")
            )
            yield Part(block.path("code"), (said if named else "", block), block.id)


def check(taping: tuple[str, BlockFacts], case: Case) -> Verdict:
    said, block = taping
    if not said:
        return Pass("No taping.")
    return Ask(
        f"Taping is {said} with this payer. Are its minutes left out of {block.code}?",
        evidence=f"{block.code} {said}",
    )


RULE = Rule(
    code="PAY903",
    name="taping-not-covered",
    title="Taping with a payer that excludes it",
    topic="Payer",
    severity=Severity.WARNING,
    citation=sources.read(
        "Aetna CPB 0325 (1 Jan 2026); Cigna CPG 135 (Apr 2021)",
        "taping experimental or excluded",
        Authority.PAYER,
    ),
    looks_at=looks_at,
    check=check,
    fix="Leave the minutes of taping out, or tell billing.",
    passes=(
        Example("no taping", samples.note(payer="cigna")),
        Example(
            "no taping today",
            samples.note(payer="cigna", blocks=(samples.block(activity="Reaching, no taping"),)),
        ),
        Example(
            "tape as a line on the floor",
            samples.note(payer="aetna", blocks=(samples.block(activity="Stepping to tape on the floor"),)),
        ),
    ),
    fails=(
        Example(
            "taping, Cigna",
            samples.note(
                payer="cigna", blocks=(samples.block(activity="Kinesio taping of the shoulder for feedback"),)
            ),
        ),
        Example(
            "McConnell, Aetna",
            samples.note(
                payer="aetna", blocks=(samples.other_block(description="McConnell at the patella"),)
            ),
        ),
        Example(
            "chosen from the list",
            samples.note(payer="cigna", blocks=(samples.block(techniques=("taping",)),)),
        ),
    ),
    hold_billing=True,
)
