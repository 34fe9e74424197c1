"""97112 beside other timed codes, and nothing says how it differs.

The same activity can be 97110, 97112, 97116 or 97530 by its purpose. When two are
billed, a reviewer looks for two purposes.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import codes, parts, samples, sources, units
from ..facts import BlockFacts
from ..parts import has_words
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    if any(block.code != codes.NEUROMUSCULAR for block in case.timed):
        yield from parts.neuromuscular("distinct")(case)


def check(block: BlockFacts, case: Case) -> Verdict:
    if has_words(block.distinct):
        return Pass("The difference is charted.")
    others = sorted({other.code for other in case.timed} - {codes.NEUROMUSCULAR})
    return Fail(f"It is not said how 97112 differed from {units.listed(others)}.", evidence=", ".join(others))


RULE = Rule(
    code="NMR111",
    name="not-distinct",
    title="Not told apart from the other codes",
    topic="Task",
    severity=Severity.WARNING,
    citation=sources.ELEMENTS,
    looks_at=looks_at,
    check=check,
    fix="Say what this block was for that the other timed codes were not.",
    passes=(
        Example("the difference in words", samples.note()),
        Example("97112 alone", samples.note(blocks=(samples.block(distinct=""),), total_minutes=24)),
    ),
    fails=(Example("97110 charted too, no difference given", samples.with_block(distinct="")),),
    may_stop=True,
)
