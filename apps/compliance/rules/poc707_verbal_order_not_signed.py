"""A verbal order that was not signed within 14 days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .. import certification, payers, samples, sources
from ..facts import CertificationFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[CertificationFacts]]:
    plan = case.facts.plan_of_care
    if plan and plan.certification and plan.certification.verbal_order_on:
        yield Part("plan.certification", plan.certification)


def check(facts: CertificationFacts, case: Case) -> Verdict:
    due = certification.verbal_due_on(facts)
    signed = facts.verbal_order_signed_on or facts.certified_on
    if due is None or (signed and signed <= due) or (signed is None and case.facts.date_of_service <= due):
        return Pass("Signed in time, or still in time.")
    if signed:
        return Fail(
            f"The verbal order was signed on {signed.isoformat()}, after {due.isoformat()}.",
            evidence=str(signed),
        )
    return Fail(f"The verbal order was to be signed by {due.isoformat()}.", evidence=due.isoformat())


RULE = Rule(
    code="POC707",
    name="verbal-order-not-signed",
    title="Verbal order not signed",
    topic="Plan of care",
    severity=Severity.WARNING,
    citation=sources.CERTIFICATION,
    looks_at=looks_at,
    check=check,
    fix="Get the signature, and chart the reason for the delay.",
    passes=(
        Example(
            "signed after a week",
            samples.with_certification(
                verbal_order_on=date(2026, 10, 12), verbal_order_signed_on=date(2026, 10, 19)
            ),
        ),
        Example(
            "signed on the last day",
            samples.with_certification(
                verbal_order_on=date(2026, 10, 12),
                verbal_order_signed_on=date(2026, 10, 26),
                certified_on=None,
            ),
        ),
        Example(
            "not signed, still in time",
            samples.with_certification(verbal_order_on=date(2026, 11, 5), certified_on=None),
        ),
    ),
    fails=(
        Example(
            "not signed after five weeks",
            samples.with_certification(verbal_order_on=date(2026, 10, 12), certified_on=None),
        ),
        Example(
            "signed a day late",
            samples.with_certification(
                verbal_order_on=date(2026, 10, 12),
                verbal_order_signed_on=date(2026, 10, 27),
                certified_on=None,
            ),
        ),
        Example(
            "the plan signed instead, too late",
            samples.with_certification(verbal_order_on=date(2026, 10, 12), certified_on=date(2026, 11, 10)),
        ),
    ),
    payers=payers.MEDICARE,
    hold_billing=True,
)
