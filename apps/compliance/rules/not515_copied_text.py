"""Words that stand in the note before, letter for letter.

Cloned notes are denied together. A finding may truly be the same; then the author says
so.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict

_SHORT = 25


def _same(text: str) -> str:
    return " ".join(text.lower().split())


def looks_at(case: Case) -> Iterator[Part[str]]:
    if case.facts.earlier_words:
        yield Part("assessment", case.facts.assessment)
        for block in case.neuromuscular:
            yield Part(block.path("response"), block.response, block.id)


def check(text: str, case: Case) -> Verdict:
    said = _same(text)
    if len(said) < _SHORT or said not in {_same(earlier) for earlier in case.facts.earlier_words}:
        return Pass("Not the words of the note before.")
    return Ask(
        "These words stand in the note before, letter for letter. Are they true of today?", evidence=text
    )


RULE = Rule(
    code="NOT515",
    name="copied-text",
    title="Same words as in the note before",
    topic="Note",
    severity=Severity.WARNING,
    citation=sources.read("APTA on payer complaints (2019); aapc.com 147105", "repetitious and cloned notes"),
    looks_at=looks_at,
    check=check,
    fix="Say what was seen today, or answer that it was the same.",
    passes=(
        Example(
            "other words",
            samples.note(
                assessment="(the assessment of today, in its own words)",
                earlier_words=("(the assessment of the visit before)",),
            ),
        ),
        Example(
            "a short entry that repeats", samples.note(assessment="As planned", earlier_words=("As planned",))
        ),
        Example(
            "one figure differs",
            samples.note(
                assessment="Seven of ten steps were recovered alone",
                earlier_words=("Six of ten steps were recovered alone",),
            ),
        ),
    ),
    fails=(
        Example(
            "the same assessment",
            samples.note(
                assessment="(the assessment of every single visit)",
                earlier_words=("(the assessment of every single visit)",),
            ),
        ),
        Example(
            "the same, with other spaces and capitals",
            samples.note(
                assessment="(The assessment  of every single visit)",
                earlier_words=("(the assessment of every single visit)",),
            ),
        ),
        Example(
            "the same response",
            samples.note(
                blocks=(samples.block(response="(seven of ten steps as ever before)"), samples.other_block()),
                earlier_words=("(seven of ten steps as ever before)",),
            ),
        ),
    ),
)
