"""A plan of care that an assistant established.

Setting the plan is the therapist's judgement. An assistant treats under it.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[str]]:
    plan = case.facts.plan_of_care
    if plan and plan.contents and plan.contents.established_by_credential:
        yield Part("plan.established_by", plan.contents.established_by_credential)


def check(credential: str, case: Case) -> Verdict:
    if credential in ("PTA", "OTA", "STUDENT"):
        return Fail(f"The plan of care was established by {credential}.", evidence=credential)
    return Pass("By a therapist or a physician.")


RULE = Rule(
    code="POC704",
    name="plan-by-assistant",
    title="Plan set by an assistant",
    topic="Plan of care",
    severity=Severity.WARNING,
    citation=sources.not_read("CMS Pub. 100-02 ch.15", "§220.1.2, who may establish a plan"),
    looks_at=looks_at,
    check=check,
    fix="The therapist who evaluated establishes and signs the plan.",
    passes=(
        Example("a PT", samples.with_plan()),
        Example("a physician", samples.with_contents(established_by_credential="MD_NPP")),
        Example("an OT", samples.with_contents(established_by_credential="OT")),
    ),
    fails=(
        Example("a PTA", samples.with_contents(established_by_credential="PTA")),
        Example("an OTA", samples.with_contents(established_by_credential="OTA")),
        Example("a student", samples.with_contents(established_by_credential="STUDENT")),
    ),
    hold_billing=True,
)
