"""The initial plan is not certified, and its time is over.

A dated signature within 30 days of the first treatment. Since 2025 a signed order and
the plan's transmission stand in for it. Whether the first treatment is day 0 or day 1
was not verified, so on the one day between the readings this asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .. import certification, payers, samples, sources
from ..facts import CertificationFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[CertificationFacts]]:
    plan = case.facts.plan_of_care
    if (
        plan
        and plan.certification
        and plan.certification.is_initial
        and plan.certification.first_treatment_on
    ):
        yield Part("plan.certification", plan.certification)


def check(facts: CertificationFacts, case: Case) -> Verdict:
    day, first = case.facts.date_of_service, facts.first_treatment_on
    window = certification.initial(first) if first else None
    if window is None or facts.certified_on or certification.is_excused(facts) or day <= window.due_on:
        return Pass("Certified, excused, or still in time.")
    if facts.verbal_order_on and facts.verbal_order_on <= window.late_after:
        return Pass("A verbal order in time; POC707 looks at its signature.")
    due = window.due_on.isoformat()
    if day <= window.late_after:
        return Ask(
            f"By one way of counting, the plan was due to be certified by {due}. "
            "Is the signature on its way?",
            evidence=due,
        )
    return Fail(f"The plan was due to be certified by {due}, and no signature is charted.", evidence=due)


RULE = Rule(
    code="POC705",
    name="certification-late",
    title="Certification late",
    topic="Plan of care",
    severity=Severity.WARNING,
    citation=sources.CERTIFICATION,
    looks_at=looks_at,
    check=check,
    fix="Get the signature with the reason for the delay, or chart the order and when the plan was sent.",
    passes=(
        Example("certified", samples.with_plan()),
        Example("not yet due", samples.with_certification(date(2026, 11, 10), certified_on=None)),
        Example(
            "order signed and plan sent in time",
            samples.with_certification(
                certified_on=None,
                order_on=date(2026, 10, 5),
                order_signed_by="(physician)",
                transmitted_on=date(2026, 10, 14),
                transmitted_how="fax",
            ),
        ),
        Example(
            "verbal order in time",
            samples.with_certification(certified_on=None, verbal_order_on=date(2026, 11, 5)),
        ),
    ),
    fails=(
        Example("35 days after the first treatment", samples.with_certification(certified_on=None)),
        Example(
            "the day between the two ways of counting: asked",
            samples.with_certification(date(2026, 11, 11), certified_on=None),
        ),
        Example(
            "an order without transmission",
            samples.with_certification(
                certified_on=None, order_on=date(2026, 10, 5), order_signed_by="(physician)"
            ),
        ),
        Example(
            "transmission without a signed order",
            samples.with_certification(
                certified_on=None, order_on=date(2026, 10, 5), transmitted_on=date(2026, 10, 14)
            ),
        ),
        Example(
            "sent too late",
            samples.with_certification(
                certified_on=None,
                order_on=date(2026, 10, 5),
                order_signed_by="(physician)",
                transmitted_on=date(2026, 11, 12),
            ),
        ),
        Example(
            "the exception does not reach back to 2024",
            samples.with_certification(
                date(2024, 12, 20),
                first_treatment_on=date(2024, 11, 1),
                certified_on=None,
                order_on=date(2024, 10, 28),
                order_signed_by="(physician)",
                transmitted_on=date(2024, 11, 4),
            ),
        ),
    ),
    payers=payers.MEDICARE,
    hold_billing=True,
)
