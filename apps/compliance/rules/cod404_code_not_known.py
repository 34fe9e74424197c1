"""A code that our table does not have.

Whether it is timed is not known, so no unit is counted for it. It may be right; a
person has to look.
"""

from __future__ import annotations

from .. import codes, parts, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    if codes.get(block.code):
        return Pass("A known code.")
    if not block.code.strip():
        return Fail("This block has no code.")
    return Fail(f"{block.code} is not in the table of codes.", evidence=block.code)


RULE = Rule(
    code="COD404",
    name="code-not-known",
    title="Code not known",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.CLINIC,
    looks_at=parts.every_block("code"),
    check=check,
    fix="Choose the code from the list.",
    passes=(Example("97112 and 97110", samples.note()),),
    fails=(
        Example("a mistyped code", samples.with_other_block(code="97119")),
        Example("no code", samples.with_other_block(code="")),
    ),
    hold_billing=True,
)
