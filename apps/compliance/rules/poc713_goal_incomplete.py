"""A goal that does not say how it is measured, or by when.

Who, which task, from what to what, and until when. Words are hard to judge, so this
asks, and only where goals are set or judged: evaluations and reports.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import hints, samples, sources, units
from ..facts import GoalFacts
from ..parts import has_words
from ..rule import Authority, Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict

_TIME = hints.beginnings(("within", "in ", "by ", "week", "wk", "day", "month", "visit", "session"))


def looks_at(case: Case) -> Iterator[Part[GoalFacts]]:
    plan = case.facts.plan_of_care
    if (
        plan
        and plan.contents
        and (case.facts.kind in ("evaluation", "re-evaluation", "progress") or case.facts.report)
    ):
        for goal in plan.contents.goals or ():
            yield Part(f"plan.goals.{goal.number}", goal)


def check(goal: GoalFacts, case: Case) -> Verdict:
    words = goal.words.lower()
    lacks = []
    if goal.person is not None and not has_words(goal.person):
        lacks.append("whose it is")
    if goal.task is not None and not has_words(goal.task):
        lacks.append("which task")
    measured = goal.measure if goal.measure is not None else words
    if not any(map(str.isdigit, measured)) and not has_words(goal.target or ""):
        lacks.append("how it is measured")
    if goal.due_on is None and not _TIME.is_in(words):
        lacks.append("until when")
    if not lacks:
        return Pass("It can be measured.")
    return Ask(
        f"Goal {goal.number}: does it say {units.listed(lacks)}?", evidence=f"{goal.number} {words} {lacks}"
    )


RULE = Rule(
    code="POC713",
    name="goal-incomplete",
    title="Goal not measurable",
    topic="Plan of care",
    severity=Severity.WARNING,
    citation=sources.read(
        "CMS Pub. 100-02 ch.15", "§220.1.2 and §220.2: measurable goals tied to function", Authority.PRACTICE
    ),
    looks_at=looks_at,
    check=check,
    fix="Say from what to what, and until when; or answer that it does.",
    passes=(
        Example("measured, with a date", samples.note(kind="evaluation", plan_of_care=samples.plan())),
        Example(
            "the time in its words",
            samples.note(
                kind="evaluation",
                plan_of_care=samples.plan(contents=samples.plan_contents(goals=(samples.goal(due_on=None),))),
            ),
        ),
        Example(
            "structured, with a target",
            samples.note(
                kind="progress",
                plan_of_care=samples.plan(
                    contents=samples.plan_contents(
                        goals=(
                            samples.goal(
                                words="", person="(who)", task="(task)", measure="", target="(target)"
                            ),
                        )
                    )
                ),
            ),
        ),
    ),
    fails=(
        Example(
            "nothing to measure",
            samples.note(
                kind="evaluation",
                plan_of_care=samples.plan(
                    contents=samples.plan_contents(goals=(samples.goal(words="Walk better"),))
                ),
            ),
        ),
        Example(
            "no time",
            samples.note(
                kind="evaluation",
                plan_of_care=samples.plan(
                    contents=samples.plan_contents(
                        goals=(samples.goal(words="Berg from 36 to 46", due_on=None),)
                    )
                ),
            ),
        ),
        Example(
            "no task",
            samples.note(
                kind="re-evaluation",
                plan_of_care=samples.plan(contents=samples.plan_contents(goals=(samples.goal(task=""),))),
            ),
        ),
    ),
)
