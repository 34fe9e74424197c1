"""An author without a credential.

A signature without its credential is not one for Medicare, and nobody can tell who
was allowed to treat.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import NoteFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(facts: NoteFacts, case: Case) -> Verdict:
    if facts.author.credential.strip():
        return Pass("The credential is known.")
    return Fail("The author has no credential in the account.")


RULE = Rule(
    code="AUT602",
    name="credential-missing",
    title="Credential missing",
    topic="Author",
    severity=Severity.BLOCKER,
    citation=sources.SIGNATURE,
    looks_at=parts.the_note(""),
    check=check,
    fix="Fill in your credential in your account.",
    passes=(Example("PT", samples.note()),),
    fails=(Example("none", samples.note(author=samples.author(credential=""))),),
)
