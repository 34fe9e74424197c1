"""A note written days after the visit, and not marked as a late entry.

CMS names no number of days; the clinic's are in data/limits.toml. A delayed entry is
clearly identified as one, or it is left out of a review.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .. import limits, samples, sources, units
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[date]]:
    if case.facts.written_on is not None and case.facts.is_late_entry is not None:
        yield Part("", case.facts.written_on)


def check(written: date, case: Case) -> Verdict:
    allowed = limits.late_entry_days(case.facts.date_of_service)
    days = (written - case.facts.date_of_service).days
    if case.facts.is_late_entry or allowed is None or days <= allowed:
        return Pass("Marked, or written in time.")
    return Ask(
        f"The note is written {units.count(days, 'day')} after the visit. Is it a late entry?",
        evidence=str(days),
    )


RULE = Rule(
    code="REC801",
    name="late-entry-not-marked",
    title="Late entry not marked",
    topic="Record",
    severity=Severity.WARNING,
    citation=sources.AMENDMENTS,
    looks_at=looks_at,
    check=check,
    fix="Mark it as a late entry, with the reason.",
    passes=(
        Example("the same day", samples.note(written_on=samples.DAY, is_late_entry=False)),
        Example("three days after", samples.note(written_on=date(2026, 11, 19), is_late_entry=False)),
        Example("a week after, marked", samples.note(written_on=date(2026, 11, 23), is_late_entry=True)),
    ),
    fails=(
        Example("four days after", samples.note(written_on=date(2026, 11, 20), is_late_entry=False)),
        Example("a week after", samples.note(written_on=date(2026, 11, 23), is_late_entry=False)),
        Example("a year after", samples.note(written_on=date(2027, 11, 16), is_late_entry=False)),
    ),
)
