"""Minutes of a timed code that an aide or athletic trainer gave.

Medicare pays for the skill of a therapist or assistant. An aide's minutes are none.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import payers, samples, sources, units
from ..facts import BlockFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Fail, Pass, Verdict

_UNQUALIFIED = frozenset({"AIDE", "TECH", "ATC"})


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    for block in case.timed:
        if block.given_by:
            yield Part(block.path("given_by"), block, block.id)


def check(block: BlockFacts, case: Case) -> Verdict:
    by = sorted(_UNQUALIFIED.intersection(block.given_by))
    if not by:
        return Pass("Given by therapist or assistant.")
    if len(by) == len(set(block.given_by)):
        return Fail(f"{block.code} was given by {units.listed(by)} alone.", evidence=" ".join(by))
    return Ask(
        f"{units.listed(by)} took part in {block.code}. Are those minutes left out?", evidence=" ".join(by)
    )


RULE = Rule(
    code="AUT610",
    name="minutes-by-aide",
    title="Minutes by an aide",
    topic="Author",
    severity=Severity.WARNING,
    citation=sources.not_read("CMS Pub. 100-02 ch.15", "§230: aides and athletic trainers"),
    looks_at=looks_at,
    check=check,
    fix="Leave those minutes out of the timed code.",
    passes=(
        Example("a therapist", samples.with_block(given_by=("PT",))),
        Example("therapist and assistant", samples.with_block(given_by=("PT", "PTA"))),
        Example("an OTA", samples.with_other_block(given_by=("OTA",))),
    ),
    fails=(
        Example("an aide alone", samples.with_block(given_by=("AIDE",))),
        Example("an athletic trainer", samples.with_other_block(given_by=("ATC",))),
        Example("an aide beside the therapist: asked", samples.with_block(given_by=("PT", "AIDE"))),
    ),
    payers=payers.MEDICARE,
    hold_billing=True,
)
