"""Ten treatment days without a progress report.

At least one in ten treatment days, per plan and discipline. It may stand inside a
treatment note.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import limits, payers, samples, sources
from ..facts import ProgressFacts, ReportFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[ProgressFacts]]:
    if case.facts.progress and case.facts.kind != "evaluation":
        yield Part("", case.facts.progress)


def check(facts: ProgressFacts, case: Case) -> Verdict:
    every = limits.report_every(case.facts.date_of_service)
    since = facts.treatment_day - facts.last_report_day
    if every is None or since < every or case.facts.report is not None:
        return Pass("Not due, or this note holds it.")
    said = "is due with this visit" if since == every else "was due before this visit"
    return Fail(
        f"Treatment day {since} since the last progress report; the next {said}.", evidence=str(since)
    )


RULE = Rule(
    code="POC710",
    name="report-due",
    title="Progress report due",
    topic="Plan of care",
    severity=Severity.WARNING,
    citation=sources.PROGRESS_REPORT,
    looks_at=looks_at,
    check=check,
    fix="Write the report, in this note or by itself; an assistant asks the therapist.",
    passes=(
        Example("the ninth day", samples.note(progress=ProgressFacts(9))),
        Example("nine days since the last", samples.note(progress=ProgressFacts(19, 10))),
        Example(
            "the tenth day, with the report",
            samples.note(progress=ProgressFacts(10), report=ReportFacts(by="PT")),
        ),
    ),
    fails=(
        Example("the tenth day", samples.note(progress=ProgressFacts(10))),
        Example("the eleventh day", samples.note(progress=ProgressFacts(11))),
        Example("twelve days since the last", samples.note(progress=ProgressFacts(22, 10))),
    ),
    payers=payers.MEDICARE,
    hold_billing=True,
)
