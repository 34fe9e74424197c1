"""A PT evaluation on an OT note, or the other way round.

Evaluation codes belong to one discipline; the claim is denied for the other.
"""

from __future__ import annotations

from .. import codes, parts, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    code = codes.get(block.code)
    if code is None or case.facts.discipline in code.disciplines:
        return Pass("A code of this discipline, or COD404 speaks.")
    return Fail(f"{code} is not a code of {case.facts.discipline}.", evidence=block.code)


RULE = Rule(
    code="COD405",
    name="code-of-other-discipline",
    title="Code of the other discipline",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.not_read("CMS list of therapy codes", "97161 to 97164 for PT, 97165 to 97168 for OT"),
    looks_at=parts.every_block("code"),
    check=check,
    fix="Choose the code of the discipline that treated.",
    passes=(Example("97112 and 97110", samples.note()),),
    fails=(Example("an OT evaluation on a PT note", samples.with_other_block(code="97165", purpose="")),),
    hold_billing=True,
)
