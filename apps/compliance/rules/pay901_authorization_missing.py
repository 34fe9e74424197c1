"""A payer that wants prior authorization, and none is in the chart.

The treatment is recorded as it was; the claim waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .. import samples, sources
from ..facts import AuthorizationFacts
from ..parts import has_words
from ..rule import Authority, Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[AuthorizationFacts]]:
    wants = case.policy.demand_on("prior_authorization", case.facts.date_of_service) if case.policy else None
    if wants and case.neuromuscular and case.facts.authorization is not None:
        yield Part("", case.facts.authorization)


def check(authorization: AuthorizationFacts, case: Case) -> Verdict:
    if has_words(authorization.number):
        return Pass("A number is charted.")
    return Fail(
        "This payer wants prior authorization for 97112, and none is charted.", evidence=case.facts.payer
    )


RULE = Rule(
    code="PAY901",
    name="authorization-missing",
    title="Prior authorization missing",
    topic="Payer",
    severity=Severity.WARNING,
    citation=sources.read(
        "uhcprovider.com (Aug 2024, Jan 2025, Nov 2025)", "97112 on the list from 1 Sep 2024", Authority.PAYER
    ),
    looks_at=looks_at,
    check=check,
    fix="Ask the front desk for the authorization, or tell billing.",
    passes=(
        Example("a number", samples.note(payer="uhc_advantage", authorization=AuthorizationFacts("A-1"))),
        Example(
            "a number, first visits",
            samples.note(
                payer="uhc_advantage",
                date_of_service=date(2025, 1, 14),
                authorization=AuthorizationFacts("A-1", visits_allowed=6, visits_used=1),
            ),
        ),
        Example(
            "a number with dates",
            samples.note(
                payer="uhc_advantage",
                authorization=AuthorizationFacts("A-1", date(2026, 11, 1), date(2026, 12, 1)),
            ),
        ),
    ),
    fails=(
        Example("none", samples.note(payer="uhc_advantage", authorization=AuthorizationFacts())),
        Example("a dash", samples.note(payer="uhc_advantage", authorization=AuthorizationFacts("-"))),
        Example(
            "on the first day of the list",
            samples.note(
                payer="uhc_advantage", date_of_service=date(2024, 9, 1), authorization=AuthorizationFacts()
            ),
        ),
    ),
    hold_billing=True,
)
