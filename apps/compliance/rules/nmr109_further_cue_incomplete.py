"""One cue is complete, another was begun and left.

The complete one carries the block. The other reads as if something was forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import parts, samples, sources, units
from ..facts import CueFacts
from ..parts import has_words
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[CueFacts]]:
    for block in case.neuromuscular:
        if any(map(parts.is_complete, block.cues)):
            yield from parts.cues_of(block, "action")


def check(cue: CueFacts, case: Case) -> Verdict:
    if parts.is_complete(cue) or case.is_cut_short:
        return Pass("Complete, or the visit was cut short.")
    missing = []
    if not parts.is_described(cue):
        missing.append("the cue itself")
    if not has_words(cue.error):
        missing.append("the error")
    if not parts.says_what_was_seen(cue):
        missing.append("what was seen")
    said = units.listed(missing)
    return Fail(f"This cue lacks {said}.", evidence=said)


RULE = Rule(
    code="NMR109",
    name="further-cue-incomplete",
    title="Cue begun and not finished",
    topic="Cues",
    severity=Severity.WARNING,
    citation=sources.ELEMENTS,
    looks_at=looks_at,
    check=check,
    fix="Finish this cue, or take it out.",
    passes=(Example("every cue complete", samples.note()),),
    fails=(
        Example(
            "a second cue without its error", samples.with_block(cues=(samples.cue(), samples.cue(error="")))
        ),
    ),
    may_stop=True,
)
