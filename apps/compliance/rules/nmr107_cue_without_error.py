"""No cue in the block is complete, and this one names no error.

A cue answers an error. Without it the cue could have been given to anybody.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import parts, samples, sources
from ..facts import CueFacts
from ..parts import has_words
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[CueFacts]]:
    for block in case.neuromuscular:
        if not any(map(parts.is_complete, block.cues)):
            yield from parts.cues_of(block, "error")


def check(cue: CueFacts, case: Case) -> Verdict:
    if has_words(cue.error):
        return Pass("The error is named.")
    if case.is_cut_short:
        return Ask(
            "The visit was cut short. Is it right that no error is charted for this cue?",
            choices=parts.CONFIRMED,
        )
    return Fail("This cue does not say which error it addressed.")


RULE = Rule(
    code="NMR107",
    name="cue-without-error",
    title="Cue without the error it addressed",
    topic="Cues",
    severity=Severity.BLOCKER,
    citation=sources.ELEMENTS,
    looks_at=looks_at,
    check=check,
    fix="Name the error that you saw before you gave this cue.",
    passes=(
        Example("a cue with its error", samples.note()),
        Example("a cue with its error, not yet with its effect", samples.with_cue(effect="", seen="")),
    ),
    fails=(Example("a cue without its error", samples.with_cue(error="")),),
)
