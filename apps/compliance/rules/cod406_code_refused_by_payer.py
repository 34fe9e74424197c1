"""A code that this payer replaces by another.

Medicare does not take 97014; unattended stimulation has a code of its own there.
"""

from __future__ import annotations

from .. import codes, parts, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    code = codes.get(block.code)
    instead = code.refused_by.get(case.policy.family) if code and case.policy else None
    if not instead:
        return Pass("Nothing known against it.")
    return Fail(f"{case.units.payer_name} takes {instead} in place of {block.code}.", evidence=block.code)


RULE = Rule(
    code="COD406",
    name="code-refused-by-payer",
    title="Code that the payer replaces",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.not_read("Lists of untimed codes", "97014 for commercial payers, G0283 for Medicare"),
    looks_at=parts.every_block("code"),
    check=check,
    fix="Choose the code that this payer takes.",
    passes=(
        Example("97112 and 97110", samples.note()),
        Example(
            "97014 for a commercial payer",
            samples.note(payer="aetna", blocks=(samples.other_block(code="97014"),)),
        ),
    ),
    fails=(Example("97014 for Medicare", samples.with_other_block(code="97014")),),
    hold_billing=True,
)
