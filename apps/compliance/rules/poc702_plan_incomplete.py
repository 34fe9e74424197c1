"""A plan of care without something that makes it one.

Diagnoses, long-term goals, type and duration. Amount and frequency have defaults in the
manual, so they may be missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources
from ..parts import has_words
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict

_ASKED = {
    "diagnoses": "diagnoses",
    "goals": "long-term goals",
    "kind": "type of treatment",
    "duration": "duration",
}


def looks_at(case: Case) -> Iterator[Part[tuple[str, bool]]]:
    plan = case.facts.plan_of_care
    if plan and (contents := plan.contents):
        goals = contents.goals
        yield from (
            Part(f"plan.{name}", (name, has_it))
            for name, has_it in (
                (
                    "diagnoses",
                    None if contents.diagnoses is None else any(map(has_words, contents.diagnoses)),
                ),
                ("goals", None if goals is None else any(one.is_long_term is not False for one in goals)),
                ("kind", None if contents.kind is None else has_words(contents.kind)),
                ("duration", None if contents.duration is None else has_words(contents.duration)),
            )
            if has_it is not None
        )


def check(asked: tuple[str, bool], case: Case) -> Verdict:
    name, has_it = asked
    return Pass("It is there.") if has_it else Fail(f"The plan of care has no {_ASKED[name]}.", evidence=name)


RULE = Rule(
    code="POC702",
    name="plan-incomplete",
    title="Plan of care incomplete",
    topic="Plan of care",
    severity=Severity.WARNING,
    citation=sources.PLAN_OF_CARE,
    looks_at=looks_at,
    check=check,
    fix="Complete the plan, or ask the therapist who set it.",
    passes=(
        Example("all of it", samples.with_plan()),
        Example("no amount and no frequency", samples.with_contents(amount_per_day=0, frequency_per_week=0)),
        Example(
            "goals whose term nobody asked for",
            samples.with_contents(goals=(samples.goal(is_long_term=None),)),
        ),
    ),
    fails=(
        Example("no diagnoses", samples.with_contents(diagnoses=())),
        Example("short-term goals alone", samples.with_contents(goals=(samples.goal(is_long_term=False),))),
        Example("no duration", samples.with_contents(duration="")),
        Example("no type", samples.with_contents(kind=" ")),
    ),
    hold_billing=True,
)
