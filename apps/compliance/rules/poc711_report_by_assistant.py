"""A progress report that an assistant wrote.

An assistant's report helps and is not a complete one: the judgement of progress is the
clinician's.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import payers, samples, sources
from ..facts import ProgressFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[str]]:
    if case.facts.report and case.facts.report.by:
        yield Part("report.by", case.facts.report.by)
    elif case.facts.progress and case.facts.progress.last_report_by:
        yield Part("", case.facts.progress.last_report_by)


def check(credential: str, case: Case) -> Verdict:
    if credential in ("PTA", "OTA", "STUDENT"):
        return Fail(f"The progress report was written by {credential}.", evidence=credential)
    return Pass("By a clinician.")


RULE = Rule(
    code="POC711",
    name="report-by-assistant",
    title="Report by an assistant",
    topic="Plan of care",
    severity=Severity.WARNING,
    citation=sources.PROGRESS_REPORT,
    looks_at=looks_at,
    check=check,
    fix="The therapist adds the judgement of progress and signs.",
    passes=(
        Example("by a PT", samples.report()),
        Example("by a physician", samples.report(by="MD_NPP")),
        Example("the last one by an OT", samples.note(progress=ProgressFacts(12, 10, last_report_by="OT"))),
    ),
    fails=(
        Example("by a PTA", samples.report(by="PTA")),
        Example("by an OTA", samples.report(by="OTA")),
        Example("the last one by a PTA", samples.note(progress=ProgressFacts(12, 10, last_report_by="PTA"))),
    ),
    payers=payers.MEDICARE,
    hold_billing=True,
)
