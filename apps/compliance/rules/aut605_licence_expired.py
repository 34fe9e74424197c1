"""A licence that had run out on the day of treatment.

The date of service counts, not the date of signing. It cannot be changed by writing,
so the note is recorded and the claim waits.
"""

from __future__ import annotations

from datetime import timedelta

from .. import parts, samples, sources
from ..facts import NoteFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(facts: NoteFacts, case: Case) -> Verdict:
    expires = facts.author.licence_expires_on
    if expires is None or facts.date_of_service <= expires:
        return Pass("Valid on the day, or no date is known.")
    return Fail(f"The author's licence ended on {expires.isoformat()}.", evidence=expires.isoformat())


RULE = Rule(
    code="AUT605",
    name="licence-expired",
    title="Licence expired on the day",
    topic="Author",
    severity=Severity.WARNING,
    citation=sources.not_read("State practice acts", "a current licence on the day of treatment"),
    looks_at=parts.the_note(""),
    check=check,
    fix="Correct the date in your account if it was renewed; else tell the clinic.",
    passes=(
        Example("valid", samples.note()),
        Example("last day", samples.note(author=samples.author(licence_expires_on=samples.DAY))),
    ),
    fails=(
        Example(
            "ended the day before",
            samples.note(author=samples.author(licence_expires_on=samples.DAY - timedelta(days=1))),
        ),
    ),
    hold_billing=True,
)
