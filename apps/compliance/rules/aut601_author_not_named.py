"""A note without its author's name.

The manual wants the signature and the professional identification of whoever treated.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import NoteFacts
from ..parts import has_words
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(facts: NoteFacts, case: Case) -> Verdict:
    if has_words(facts.author.name):
        return Pass("The author is named.")
    return Fail("The author has no name in the account.")


RULE = Rule(
    code="AUT601",
    name="author-not-named",
    title="Author not named",
    topic="Author",
    severity=Severity.BLOCKER,
    citation=sources.SIGNATURE,
    looks_at=parts.the_note(""),
    check=check,
    fix="Fill in your name in your account.",
    passes=(Example("a name", samples.note()),),
    fails=(Example("no name", samples.note(author=samples.author(name=""))),),
)
