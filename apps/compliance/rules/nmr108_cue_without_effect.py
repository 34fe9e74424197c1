"""No cue in the block is complete, and of this one it is not said what was seen.

"No change", "worse" and "not tolerated" are whole answers. "Improved" needs words,
because by itself it says nothing that can be checked.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import parts, samples, sources
from ..facts import CueFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[CueFacts]]:
    for block in case.neuromuscular:
        if not any(map(parts.is_complete, block.cues)):
            yield from parts.cues_of(block, "seen")


def check(cue: CueFacts, case: Case) -> Verdict:
    if parts.says_what_was_seen(cue):
        return Pass("It is said what was seen.")
    if case.is_cut_short:
        return Ask(
            "The visit was cut short. Is it right that nothing was seen after this cue?",
            cue.effect,
            parts.CONFIRMED,
        )
    if cue.effect == "improved":
        return Fail('"Improved" is charted without what improved.', evidence=cue.effect)
    return Fail("It is not said what was seen after this cue.")


RULE = Rule(
    code="NMR108",
    name="cue-without-effect",
    title="Cue without what was seen",
    topic="Cues",
    severity=Severity.BLOCKER,
    citation=sources.ELEMENTS,
    looks_at=looks_at,
    check=check,
    fix="Choose the effect. If it improved, say what you saw; no change is an answer too.",
    passes=(
        Example("improved, in words", samples.note()),
        Example("no change, without words", samples.with_cue(effect="no_change", seen="", error="")),
        Example("worse, without words", samples.with_cue(effect="worse", seen="", error="")),
        Example("not tolerated, without words", samples.with_cue(effect="not_tolerated", seen="", error="")),
        Example("words, without a chosen effect", samples.with_cue(effect="", error="")),
    ),
    fails=(
        Example("nothing about the effect", samples.with_cue(effect="", seen="")),
        Example("improved, without words", samples.with_cue(seen="")),
    ),
)
