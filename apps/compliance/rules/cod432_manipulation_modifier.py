"""AT on a code that is not a chiropractor's manipulation."""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    if "AT" not in block.modifiers:
        return Pass("AT is not there.")
    if block.code in ("98940", "98941", "98942"):
        return Pass("Manipulation carries it.")
    return Fail(f"{block.code} has AT, which belongs to spinal manipulation alone.", evidence=block.code)


RULE = Rule(
    code="COD432",
    name="manipulation-modifier",
    title="AT on a therapy code",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.read("NGS on chiropractic services", "AT only on 98940 to 98942"),
    looks_at=parts.every_block("modifiers"),
    check=check,
    fix="Take the modifier out.",
    passes=(
        Example("GP", samples.note()),
        Example(
            "AT on manipulation",
            samples.note(blocks=(samples.block(), samples.other_block(code="98941", modifiers=("AT",)))),
        ),
        Example("KX", samples.with_block(modifiers=("GP", "KX"))),
    ),
    fails=(
        Example("AT on 97112", samples.with_block(modifiers=("AT",))),
        Example("AT and GP", samples.with_block(modifiers=("AT", "GP"))),
        Example("AT on 97110", samples.with_other_block(modifiers=("GP", "AT"))),
    ),
    hold_billing=True,
)
