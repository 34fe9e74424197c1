"""97112 without the patient's response.

The response is how the next therapist knows whether to go on, and how a reviewer
knows that skill was at work. When the visit was cut short there may be none.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import BlockFacts
from ..parts import has_words
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Ask, Fail, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    if has_words(block.response):
        return Pass("The response is charted.")
    if case.is_cut_short:
        return Ask(
            "The visit was cut short. Is it right that there was no response to chart for this block?",
            choices=parts.CONFIRMED,
        )
    return Fail("This 97112 block has no patient response.")


RULE = Rule(
    code="NMR110",
    name="response-missing",
    title="Response missing",
    topic="Response",
    severity=Severity.BLOCKER,
    citation=sources.ELEMENTS,
    looks_at=parts.neuromuscular("response"),
    check=check,
    fix="Chart the patient's response, as you saw it, counted it or were told.",
    passes=(Example("a response in words", samples.note()),),
    fails=(
        Example("no response", samples.with_block(response="")),
        Example(
            "no response, visit cut short: asked", samples.cut_short(blocks=(samples.block(response=""),))
        ),
    ),
)
