"""No level of assistance.

It makes the next visit comparable with this one. It never interrupts.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    if block.assistance_before or block.assistance_after or case.is_cut_short:
        return Pass("A level is charted, or the visit was cut short.")
    return Fail("No level of assistance is charted.")


RULE = Rule(
    code="NMR113",
    name="assistance-missing",
    title="Assistance not charted",
    topic="Response",
    severity=Severity.ADVICE,
    citation=sources.not_read("Clinical convention", "scale of assistance"),
    looks_at=parts.neuromuscular("assistance_before"),
    check=check,
    fix="Choose the assistance before and after, if there was any to judge.",
    passes=(Example("a level before and after", samples.note()),),
    fails=(Example("no level", samples.with_block(assistance_before="", assistance_after="")),),
    may_stop=True,
)
