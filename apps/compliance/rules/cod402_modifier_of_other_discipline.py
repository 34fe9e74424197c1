"""GO on a PT note, or GP on an OT note.

The claim says that another discipline treated, and counts against its threshold.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict

_OTHER = {"PT": "GO", "OT": "GP"}
_OWN = {"PT": "GP", "OT": "GO"}


def check(block: BlockFacts, case: Case) -> Verdict:
    discipline = case.facts.discipline
    other = _OTHER.get(discipline)
    if other is None or other not in block.modifiers or _OWN[discipline] in block.modifiers:
        return Pass("Not the other discipline's alone.")
    return Fail(f"{block.code} has {other} on a note of {discipline}.", evidence=" ".join(block.modifiers))


RULE = Rule(
    code="COD402",
    name="modifier-of-other-discipline",
    title="Modifier of the other discipline",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.not_read("CMS Pub. 100-04 ch.5", "§10.4, inferred from the text on missing modifiers"),
    looks_at=parts.every_block("modifiers"),
    check=check,
    fix="GP belongs to physical therapy, GO to occupational therapy.",
    passes=(Example("GP on a PT note", samples.note()),),
    fails=(Example("GO on a PT note", samples.with_block(modifiers=("GO",))),),
    hold_billing=True,
)
