"""A diagnosis code that is no longer billable by itself on this date.

A longer code of the same diagnosis took its place, and the claim with the short one
rejects. The diagnosis does not change by it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .. import diagnoses, samples, sources
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[str]]:
    for code in case.facts.diagnoses:
        yield Part("", code)


def check(code: str, case: Case) -> Verdict:
    ended = diagnoses.ended(code, case.facts.date_of_service)
    if ended is None:
        return Pass("Nothing known against it.")
    return Fail(
        f"{ended.code} by itself is not billable from {ended.from_day.isoformat()} on.", evidence=ended.code
    )


RULE = Rule(
    code="COD433",
    name="diagnosis-code-ended",
    title="Diagnosis code no longer billable",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.read(
        "ICD-10-CM changes (legalclarity.org, codingmcw.com)",
        "G35 from 1 Oct 2025; G20 from 1 Oct 2023 commonly known",
    ),
    looks_at=looks_at,
    check=check,
    fix="Look up the longer code of the same diagnosis.",
    passes=(
        Example("a longer code", samples.note(diagnoses=("G35.A",))),
        Example("G35 on its last day", samples.note(date_of_service=date(2025, 9, 30), diagnoses=("G35",))),
        Example("G20 before the change", samples.note(date_of_service=date(2023, 9, 30), diagnoses=("G20",))),
        Example("G20.A1", samples.note(diagnoses=("G20.A1",))),
    ),
    fails=(
        Example("G35 today", samples.note(diagnoses=("G35",))),
        Example("G35 on the first day", samples.note(date_of_service=date(2025, 10, 1), diagnoses=("G35",))),
        Example("G20 as second diagnosis", samples.note(diagnoses=("I69.351", "G20"))),
    ),
    hold_billing=True,
)
