"""Much of a text stands in another note too: of the patient, or of another patient of the author.

Cloned notes are denied together, and what was true of one patient is told of another. But
two visits can truly be alike: so this asks, says how much and where, and an answer closes it.
The same words letter for letter in the note before are NOT515's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from .. import samples, similarity, sources
from ..facts import EchoFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict
from . import not515_copied_text as copied


def looks_at(case: Case) -> Iterator[Part[EchoFacts]]:
    asked = {part.path for part in copied.looks_at(case) if isinstance(copied.check(part.thing, case), Ask)}
    for echo in case.facts.echoes:
        if echo.path not in asked:
            yield Part(echo.path, echo, echo.block)


def check(echo: EchoFacts, case: Case) -> Verdict:
    on = case.facts.date_of_service
    if echo.words < similarity.number("ask_from_words", on):
        return Pass("Too short to tell.")
    if echo.percent < similarity.number("ask_from_percent", on):
        return Pass("Mostly its own words.")
    day = f" of {echo.on:%m/%d/%Y}" if echo.on else ""
    where = "this patient’s note" if echo.of_patient else "your note about another patient"
    whom = "today" if echo.of_patient else "this patient today"
    return Ask(
        f"{echo.percent} % of these words stand in {where}{day} too. Are they true of {whom}?",
        evidence=" … ".join(echo.runs),
    )


_ECHO = EchoFacts("assessment", percent=90, words=20, runs=("(words that both share)",), on=date(2026, 11, 9))

RULE = Rule(
    code="NOT522",
    name="similar-text",
    title="Much the same words as in another note",
    topic="Note",
    severity=Severity.WARNING,
    citation=sources.read("APTA on payer complaints (2019); aapc.com 147105", "repetitious and cloned notes"),
    looks_at=looks_at,
    check=check,
    fix="Change what was different today, or answer that it was the same.",
    passes=(
        Example("half of the words", samples.note(echoes=(replace(_ECHO, percent=50),))),
        Example("a short text", samples.note(echoes=(replace(_ECHO, words=8),))),
        Example(
            "letter for letter, which another rule asks about",
            samples.note(
                assessment="(the assessment of every single visit)",
                earlier_words=("(the assessment of every single visit)",),
                echoes=(_ECHO,),
            ),
        ),
    ),
    fails=(
        Example("most of the words", samples.note(echoes=(_ECHO,))),
        Example("of another patient", samples.note(echoes=(replace(_ECHO, of_patient=False),))),
        Example(
            "in a block",
            samples.note(echoes=(replace(_ECHO, path="blocks.a.response", block="a", percent=75),)),
        ),
    ),
)
