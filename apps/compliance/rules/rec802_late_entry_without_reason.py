"""A late entry, and no reason why it is late."""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources
from ..parts import has_words
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[str]]:
    if case.facts.is_late_entry and case.facts.late_reason is not None:
        yield Part("late_reason", case.facts.late_reason)


def check(reason: str, case: Case) -> Verdict:
    return (
        Pass("The reason is charted.")
        if has_words(reason)
        else Fail("The late entry does not say why it is late.")
    )


RULE = Rule(
    code="REC802",
    name="late-entry-without-reason",
    title="Late entry without a reason",
    topic="Record",
    severity=Severity.WARNING,
    citation=sources.not_read("Clinic policy on late entries", "the reason is shown to the reader"),
    looks_at=looks_at,
    check=check,
    fix="Say why the note was written late.",
    passes=(
        Example("a reason", samples.note(is_late_entry=True, late_reason="(reason)")),
        Example("one word", samples.note(is_late_entry=True, late_reason="Outage")),
        Example("a reason, cut short", samples.cut_short(is_late_entry=True, late_reason="(reason)")),
    ),
    fails=(
        Example("none", samples.note(is_late_entry=True, late_reason="")),
        Example("spaces", samples.note(is_late_entry=True, late_reason="  ")),
        Example("a dash", samples.note(is_late_entry=True, late_reason="-")),
    ),
    may_stop=True,
)
