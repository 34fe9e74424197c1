"""A plan of care, and nobody's name under it."""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources
from ..parts import has_words
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[str]]:
    plan = case.facts.plan_of_care
    if plan and plan.contents and plan.contents.established_by is not None:
        yield Part("plan.established_by", plan.contents.established_by)


def check(name: str, case: Case) -> Verdict:
    return (
        Pass("Somebody signed it.")
        if has_words(name)
        else Fail("Nobody is named who established the plan of care.")
    )


RULE = Rule(
    code="POC703",
    name="plan-not-signed",
    title="Plan of care not signed",
    topic="Plan of care",
    severity=Severity.WARNING,
    citation=sources.PLAN_OF_CARE,
    looks_at=looks_at,
    check=check,
    fix="Ask the therapist who set the plan to sign and date it.",
    passes=(
        Example("a name", samples.with_plan()),
        Example("the author's name", samples.with_contents(established_by="T. Therapist")),
        Example(
            "an earlier colleague",
            samples.with_contents(established_by="(colleague)", established_by_credential=None),
        ),
    ),
    fails=(
        Example("no name", samples.with_contents(established_by="")),
        Example("a dash", samples.with_contents(established_by="-")),
        Example("spaces", samples.with_contents(established_by="  ")),
    ),
    hold_billing=True,
)
