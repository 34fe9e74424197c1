"""No licence number in the author's account.

The note can be signed; the packet for a reviewer will lack it.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import NoteFacts
from ..parts import has_words
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(facts: NoteFacts, case: Case) -> Verdict:
    if facts.author.credential in ("", "STUDENT") or has_words(facts.author.licence_number):
        return Pass("There is a number, or AUT602 and AUT603 speak.")
    return Fail("The author has no licence number in the account.")


RULE = Rule(
    code="AUT604",
    name="licence-missing",
    title="Licence number missing",
    topic="Author",
    severity=Severity.WARNING,
    citation=sources.CLINIC,
    looks_at=parts.the_note(""),
    check=check,
    fix="Fill in your licence number in your account.",
    passes=(Example("a number", samples.note()),),
    fails=(Example("none", samples.note(author=samples.author(licence_number=""))),),
)
