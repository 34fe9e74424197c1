"""A plan certified late, and no reason for the delay.

Delayed certification is allowed when the reason is charted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .. import certification, payers, samples, sources
from ..facts import CertificationFacts
from ..parts import has_words
from ..rule import Authority, Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[CertificationFacts]]:
    plan = case.facts.plan_of_care
    if plan and plan.certification and plan.certification.is_initial and plan.certification.certified_on:
        yield Part("plan.certification", plan.certification)


def check(facts: CertificationFacts, case: Case) -> Verdict:
    window = certification.initial(facts.first_treatment_on) if facts.first_treatment_on else None
    signed = facts.certified_on
    if window is None or signed is None or signed <= window.late_after or certification.is_excused(facts):
        return Pass("In time, or excused.")
    if has_words(facts.delay_reason):
        return Pass("The reason is charted.")
    return Fail(
        f"Certified on {signed.isoformat()}, due by {window.due_on.isoformat()}, without a reason.",
        evidence=signed.isoformat(),
    )


RULE = Rule(
    code="POC708",
    name="delay-without-reason",
    title="Late certification without a reason",
    topic="Plan of care",
    severity=Severity.WARNING,
    citation=sources.read(
        "Noridian JFB checklist for outpatient therapy",
        "delayed certification with its reason",
        Authority.FEDERAL,
    ),
    looks_at=looks_at,
    check=check,
    fix="Chart why the signature came late.",
    passes=(
        Example("in time", samples.with_plan()),
        Example(
            "late, with a reason",
            samples.with_certification(certified_on=date(2026, 11, 14), delay_reason="(reason)"),
        ),
        Example(
            "on the 30th day by the later count", samples.with_certification(certified_on=date(2026, 11, 11))
        ),
    ),
    fails=(
        Example("late", samples.with_certification(certified_on=date(2026, 11, 14))),
        Example(
            "a dash as the reason",
            samples.with_certification(certified_on=date(2026, 11, 14), delay_reason="-"),
        ),
        Example("a day after the later count", samples.with_certification(certified_on=date(2026, 11, 12))),
    ),
    payers=payers.MEDICARE,
    hold_billing=True,
)
