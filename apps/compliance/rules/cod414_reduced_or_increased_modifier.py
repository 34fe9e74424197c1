"""52 or 22 on a timed code, for time.

Time is what the units say. A short service has fewer units or none; a long one has more.
"""

from __future__ import annotations

from .. import parts, samples, sources, units
from ..facts import BlockFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict

_TIME = frozenset({"52", "22"})


def check(block: BlockFacts, case: Case) -> Verdict:
    used = sorted(_TIME.intersection(block.modifiers))
    if not used:
        return Pass("Neither is there.")
    return Fail(
        f"{block.code} has {units.listed(used)}; the units already say how long it took.",
        evidence=" ".join(used),
    )


RULE = Rule(
    code="COD414",
    name="reduced-or-increased-modifier",
    title="52 or 22 on a timed code",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.not_read("CMS Pub. 100-04 ch.5", "§20.2 and CPT's time rule, inferred"),
    looks_at=parts.timed("modifiers"),
    check=check,
    fix="Take the modifier out.",
    passes=(
        Example("GP alone", samples.note()),
        Example("a short session", samples.with_blocks(samples.block(minutes_therapist=10))),
        Example(
            "52 on a code without a clock",
            samples.note(blocks=(samples.block(), samples.other_block(code="97161", modifiers=("GP", "52")))),
        ),
    ),
    fails=(
        Example("52 on 97112", samples.with_block(modifiers=("GP", "52"))),
        Example("22 on 97110", samples.with_other_block(modifiers=("GP", "22"))),
        Example("both", samples.with_block(modifiers=("22", "52", "GP"))),
    ),
    hold_billing=True,
)
