"""A visit outside the dates or the number of visits that the payer authorized."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .. import samples, sources
from ..facts import AuthorizationFacts
from ..parts import has_words
from ..rule import Authority, Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[AuthorizationFacts]]:
    if case.facts.authorization and has_words(case.facts.authorization.number):
        yield Part("", case.facts.authorization)


def check(facts: AuthorizationFacts, case: Case) -> Verdict:
    day = case.facts.date_of_service
    if facts.starts_on and day < facts.starts_on:
        return Fail(
            f"The authorization starts on {facts.starts_on.isoformat()}.",
            evidence=facts.starts_on.isoformat(),
        )
    if facts.through_on and day > facts.through_on:
        return Fail(
            f"The authorization ended on {facts.through_on.isoformat()}.",
            evidence=facts.through_on.isoformat(),
        )
    if (
        facts.visits_allowed is not None
        and facts.visits_used is not None
        and facts.visits_used > facts.visits_allowed
    ):
        said = f"{facts.visits_used} of {facts.visits_allowed}"
        return Fail(f"This is visit {said} authorized.", evidence=said)
    return Pass("Inside the authorization.")


RULE = Rule(
    code="PAY902",
    name="authorization-used-up",
    title="Authorization used up",
    topic="Payer",
    severity=Severity.WARNING,
    citation=sources.not_read("Payers' authorizations", "dates and visits as authorized", Authority.PAYER),
    looks_at=looks_at,
    check=check,
    fix="Ask for a new authorization, or tell billing.",
    passes=(
        Example(
            "the last visit of it",
            samples.note(authorization=AuthorizationFacts("A", visits_allowed=12, visits_used=12)),
        ),
        Example(
            "the last day of it", samples.note(authorization=AuthorizationFacts("A", through_on=samples.DAY))
        ),
        Example("its first day", samples.note(authorization=AuthorizationFacts("A", starts_on=samples.DAY))),
    ),
    fails=(
        Example(
            "a visit too many",
            samples.note(authorization=AuthorizationFacts("A", visits_allowed=12, visits_used=13)),
        ),
        Example(
            "after its end",
            samples.note(authorization=AuthorizationFacts("A", through_on=date(2026, 11, 15))),
        ),
        Example(
            "before its start",
            samples.note(authorization=AuthorizationFacts("A", starts_on=date(2026, 11, 17))),
        ),
    ),
    hold_billing=True,
)
