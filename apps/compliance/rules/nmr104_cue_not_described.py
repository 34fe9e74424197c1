"""97112 without a single cue.

The cue is where the skill shows. Without one, a reviewer reads an exercise that the
patient could have done alone, and the hour is denied as not skilled. When the visit
was cut short before a cue could be given, the author says so.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import BlockFacts, CueFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Ask, Fail, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    if any(map(parts.is_described, block.cues)):
        return Pass("A cue is described.")
    if case.is_cut_short:
        return Ask(
            "The visit was cut short. Is it right that no cue was given in this block?",
            choices=parts.CONFIRMED,
        )
    return Fail("This 97112 block has no cue.")


RULE = Rule(
    code="NMR104",
    name="cue-not-described",
    title="No cue described",
    topic="Cues",
    severity=Severity.BLOCKER,
    citation=sources.ELEMENTS,
    looks_at=parts.neuromuscular("cues"),
    check=check,
    fix="Chart at least one cue that you gave: its kind, and what you did.",
    passes=(
        Example("a cue with kind and action", samples.note()),
        Example("a cue of which only the kind is charted", samples.with_cue(action="")),
    ),
    fails=(
        Example("no cue", samples.with_block(cues=())),
        Example("an empty row", samples.with_block(cues=(CueFacts(),))),
        Example(
            "no cue, visit cut short: asked, not stopped", samples.cut_short(blocks=(samples.block(cues=()),))
        ),
    ),
)
