"""GP and GO on one line.

A line belongs to one plan of care, so to one discipline.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    if "GP" in block.modifiers and "GO" in block.modifiers:
        return Fail(f"{block.code} has both GP and GO.", evidence=" ".join(block.modifiers))
    return Pass("Not both.")


RULE = Rule(
    code="COD403",
    name="both-discipline-modifiers",
    title="Both GP and GO",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.not_read("CMS Pub. 100-04 ch.5", "§10.4, inferred from the text on missing modifiers"),
    looks_at=parts.every_block("modifiers"),
    check=check,
    fix="Keep the modifier of the discipline that treated.",
    passes=(Example("GP alone", samples.note()),),
    fails=(Example("GP and GO", samples.with_block(modifiers=("GP", "GO"))),),
    hold_billing=True,
)
