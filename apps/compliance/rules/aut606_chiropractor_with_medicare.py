"""97112 by a chiropractor for a Medicare patient.

Medicare pays a chiropractor for manipulation only. The patient may have to pay, so
somebody must look before a claim goes out.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources
from ..facts import NoteFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[NoteFacts]]:
    if case.facts.author.credential == "DC" and case.neuromuscular:
        yield Part("", case.facts)


def check(facts: NoteFacts, case: Case) -> Verdict:
    if case.policy is None or case.policy.family != "medicare":
        return Pass("Not Medicare.")
    return Fail("Medicare does not cover 97112 by a chiropractor.", evidence=facts.payer)


RULE = Rule(
    code="AUT606",
    name="chiropractor-with-medicare",
    title="Chiropractor and Medicare",
    topic="Author",
    severity=Severity.WARNING,
    citation=sources.read("NGS on chiropractic services", "only 98940 to 98942 are covered"),
    looks_at=looks_at,
    check=check,
    fix="Tell billing, so that the claim is marked as not covered.",
    passes=(
        Example("a commercial payer", samples.note(payer="cigna", author=samples.author(credential="DC"))),
    ),
    fails=(Example("Medicare", samples.note(author=samples.author(credential="DC"))),),
    hold_billing=True,
)
