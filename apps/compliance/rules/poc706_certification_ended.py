"""A treatment after the certification ended.

It holds for the plan's duration or 90 days, whichever is less. Recertification needs a
signature; the exception of 2025 is for the initial plan alone.
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
        and (plan.certification.certified_on or certification.is_excused(plan.certification))
    ):
        yield Part("plan.certification", plan.certification)


def check(facts: CertificationFacts, case: Case) -> Verdict:
    plan, day = case.facts.plan_of_care, case.facts.date_of_service
    initial = facts.first_treatment_on if facts.is_initial else None
    start = initial or (plan.starts_on if plan else None) or facts.certified_on
    window = certification.lasts(start, facts.through_on) if start else None
    if window is None or day <= window.due_on:
        return Pass("Inside the certified time.")
    until = window.due_on.isoformat()
    if day <= window.late_after:
        return Ask(
            f"The certification holds until {until}, by one way of counting. Is it renewed?", evidence=until
        )
    return Fail(f"The certification ended on {until}.", evidence=until)


RULE = Rule(
    code="POC706",
    name="certification-ended",
    title="Certification ended",
    topic="Plan of care",
    severity=Severity.WARNING,
    citation=sources.CERTIFICATION,
    looks_at=looks_at,
    check=check,
    fix="Send the updated plan for recertification, and chart the signature.",
    passes=(
        Example("in the fifth week", samples.with_plan()),
        Example("the 90th day by the earlier count", samples.with_certification(date(2027, 1, 9))),
        Example(
            "recertified",
            samples.note(
                date_of_service=date(2027, 2, 1),
                plan_of_care=samples.plan(
                    starts_on=date(2027, 1, 4),
                    through_on=date(2027, 3, 1),
                    certification=samples.certification(
                        is_initial=False, first_treatment_on=date(2026, 10, 12), certified_on=date(2027, 1, 5)
                    ),
                ),
            ),
        ),
    ),
    fails=(
        Example("the 93rd day", samples.with_certification(date(2027, 1, 13))),
        Example(
            "after the end that was certified", samples.with_certification(through_on=date(2026, 11, 10))
        ),
        Example(
            "the day between the two ways of counting: asked", samples.with_certification(date(2027, 1, 10))
        ),
        Example(
            "an excused plan after 90 days",
            samples.with_certification(
                date(2027, 1, 20),
                certified_on=None,
                order_on=date(2026, 10, 5),
                order_signed_by="(physician)",
                transmitted_on=date(2026, 10, 14),
            ),
        ),
    ),
    payers=payers.MEDICARE,
    hold_billing=True,
)
