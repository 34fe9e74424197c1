"""A timed code without its purpose.

The same activity is coded by what it is for, so the purpose is what holds the code.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import codes, samples, sources
from ..facts import BlockFacts
from ..parts import has_words
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    for block in case.timed:
        if block.code != codes.NEUROMUSCULAR:
            yield Part(block.path("purpose"), block, block.id)


def check(block: BlockFacts, case: Case) -> Verdict:
    if has_words(block.purpose):
        return Pass("The purpose is charted.")
    return Fail(f"It is not said what {block.code} was for.")


RULE = Rule(
    code="NOT504",
    name="purpose-missing",
    title="Purpose missing",
    topic="Note",
    severity=Severity.WARNING,
    citation=sources.not_read("CPT coding practice", "97110, 97112, 97116 and 97530 differ by purpose"),
    looks_at=looks_at,
    check=check,
    fix="Say what this block was for.",
    passes=(Example("a purpose", samples.note()),),
    fails=(Example("no purpose", samples.with_other_block(purpose="")),),
    may_stop=True,
)
