"""An entry that says no more than a stock phrase.

Reviewers deny stock phrases, and copied ones look cloned. A word list cannot tell
whether this one was meant, so it asks. "Not tolerated well" is no stock phrase.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import hints, samples, sources
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[str]]:
    for block in case.neuromuscular:
        yield Part(block.path("deficit"), block.deficit, block.id)
        yield Part(block.path("activity"), block.activity, block.id)
        yield Part(block.path("response"), block.response, block.id)
        for number, cue in enumerate(block.cues):
            yield Part(block.path(f"cues.{number}.action"), cue.action, block.id)
            yield Part(block.path(f"cues.{number}.error"), cue.error, block.id)
            yield Part(block.path(f"cues.{number}.seen"), cue.seen, block.id)


def check(text: str, case: Case) -> Verdict:
    phrase = hints.generic_phrase(text)
    if not phrase:
        return Pass("In the author's own words.")
    return Ask(f'This entry says "{phrase}" and no more. Does it say what you meant?', evidence=text)


RULE = Rule(
    code="NMR114",
    name="generic-words",
    title="Stock phrase",
    topic="Response",
    severity=Severity.WARNING,
    citation=sources.read("APTA on payer complaints (2019)", "repetitious notes, skill not shown"),
    looks_at=looks_at,
    check=check,
    fix="Say what you saw of this patient, or answer that the entry stands.",
    passes=(
        Example("words of the author's own", samples.note()),
        Example("a stock phrase that is negated", samples.with_block(response="Not tolerated well")),
        Example(
            "a stock phrase beside something seen",
            samples.with_block(response="Tolerated well; (count) of (count) steps with (sign)"),
        ),
    ),
    fails=(
        Example(
            "a stock phrase as the whole response",
            samples.with_block(response="Pt tolerated treatment well."),
        ),
        Example("a stock phrase as the whole cue", samples.with_cue(action="Cues given throughout")),
    ),
)
