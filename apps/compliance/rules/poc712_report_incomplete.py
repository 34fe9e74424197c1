"""A progress report without something that makes it one.

Its dates, a status for each goal, the clinician's judgement of the progress, and what
follows for the plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .. import payers, samples, sources
from ..facts import ReportFacts
from ..parts import has_words
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[tuple[str, str]]]:
    report = case.facts.report
    if report:
        yield Part(
            "report.begins_on",
            ("the dates of its period", "yes" if report.begins_on and report.ends_on else ""),
        )
        yield Part(
            "report.written_on", ("the day on which it was written", "yes" if report.written_on else "")
        )
        yield Part("report.extent_of_progress", ("the judgement of progress", report.extent_of_progress))
        yield Part("report.plan", ("what follows for the plan", report.plan))
        goals = case.facts.plan_of_care.goal_numbers if case.facts.plan_of_care else ()
        for number in goals:
            yield Part(
                "report.goals",
                (f"the status of goal {number}", "yes" if number in report.goals_reported else ""),
            )


def check(asked: tuple[str, str], case: Case) -> Verdict:
    what, said = asked
    return Pass("It is there.") if has_words(said) else Fail(f"The report lacks {what}.", evidence=what)


RULE = Rule(
    code="POC712",
    name="report-incomplete",
    title="Progress report incomplete",
    topic="Plan of care",
    severity=Severity.WARNING,
    citation=sources.PROGRESS_REPORT,
    looks_at=looks_at,
    check=check,
    fix="Chart it, if it is known.",
    passes=(
        Example("all of it", samples.report()),
        Example(
            "no goals in the plan",
            samples.note(
                report=ReportFacts(
                    date(2026, 10, 12), samples.DAY, samples.DAY, "PT", (), "(extent)", "(plan)"
                ),
                plan_of_care=samples.plan(goal_numbers=()),
            ),
        ),
        Example("a goal beyond the plan's", samples.report(goals_reported=(1, 2, 3))),
    ),
    fails=(
        Example("no judgement of progress", samples.report(extent_of_progress="")),
        Example("a goal without a status", samples.report(goals_reported=(1,))),
        Example("no period", samples.report(begins_on=None)),
        Example("no plan", samples.report(plan=" ")),
    ),
    payers=payers.MEDICARE,
    hold_billing=True,
)
