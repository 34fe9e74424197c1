"""A response that speaks of tolerance and of nothing that was seen.

Tolerance is not a response to skill: every patient who finished tolerated it.
"""

from __future__ import annotations

from .. import hints, parts, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    word = hints.only_tolerated(block.response)
    if not word:
        return Pass("Something observable, or NMR110 or NMR114 speaks.")
    return Ask(f'The response says "{word}". Was anything else seen?', evidence=block.response)


RULE = Rule(
    code="NMR120",
    name="response-only-tolerated",
    title="Response says tolerance and no more",
    topic="Response",
    severity=Severity.WARNING,
    citation=sources.read("APTA on payer complaints (2019)", "no skill, no progress shown"),
    looks_at=parts.neuromuscular("response"),
    check=check,
    fix="Say what you saw, or answer that nothing else was.",
    passes=(
        Example("words of the author's own", samples.note()),
        Example(
            "tolerance beside something seen",
            samples.with_block(response="Tolerated with 3 LOB, each recovered by stepping"),
        ),
        Example("not tolerated", samples.with_block(response="Did not tolerate quick turns")),
        Example("a count", samples.with_block(response="Tolerated; 7/10 on the line")),
    ),
    fails=(
        Example(
            "tolerated, in more words",
            samples.with_block(response="Tolerated all activities of the morning very well indeed"),
        ),
        Example("good tolerance", samples.with_block(response="Good tolerance throughout the whole visit")),
        Example("tolerating more", samples.with_block(response="Tolerating more activity lately")),
    ),
)
