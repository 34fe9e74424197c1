"""A student about to sign alone.

A student's services are not payable. The professional who was in the room signs all
documentation; the student's signature may stand beside it.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import NoteFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(facts: NoteFacts, case: Case) -> Verdict:
    if facts.author.credential != "STUDENT":
        return Pass("Not a student.")
    return Fail("A student cannot sign a note alone.")


RULE = Rule(
    code="AUT603",
    name="student-as-sole-signer",
    title="Student as sole signer",
    topic="Author",
    severity=Severity.BLOCKER,
    citation=sources.STUDENTS,
    looks_at=parts.the_note(""),
    check=check,
    fix="Send the note to the professional who was in the room.",
    passes=(Example("a PT", samples.note()),),
    fails=(Example("a student", samples.note(author=samples.author(credential="STUDENT"))),),
)
