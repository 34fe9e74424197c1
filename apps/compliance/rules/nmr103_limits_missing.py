"""A deficit with no functional limitation.

Necessity is judged by what the deficit keeps the patient from doing.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import BlockFacts
from ..parts import has_words
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    if has_words(block.limits):
        return Pass("The limitation is charted.")
    return Fail("It is not said what the deficit limits.")


RULE = Rule(
    code="NMR103",
    name="limits-missing",
    title="Functional limitation missing",
    topic="Deficit and goal",
    severity=Severity.WARNING,
    citation=sources.ELEMENTS,
    looks_at=parts.neuromuscular("limits"),
    check=check,
    fix="Name the activity that the deficit limits.",
    passes=(Example("a limitation in words", samples.note()),),
    fails=(Example("no limitation", samples.with_block(limits="")),),
    may_stop=True,
)
