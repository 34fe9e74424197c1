"""A visit marked as cut short, without the reason.

The reason stands in for everything that could not happen any more, and it is what
the next therapist needs to know.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import NoteFacts
from ..parts import has_words
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(facts: NoteFacts, case: Case) -> Verdict:
    if not facts.is_cut_short or has_words(facts.cut_short_reason):
        return Pass("Not cut short, or the reason is charted.")
    return Fail("The visit is marked as cut short, without the reason.")


RULE = Rule(
    code="NOT502",
    name="cut-short-reason-missing",
    title="Reason for ending early missing",
    topic="Note",
    severity=Severity.BLOCKER,
    citation=sources.CLINIC,
    looks_at=parts.the_note("cut_short_reason"),
    check=check,
    fix="Say why the visit ended early.",
    passes=(
        Example("not cut short", samples.note()),
        Example("cut short, with the reason", samples.cut_short()),
    ),
    fails=(Example("cut short, no reason", samples.cut_short(cut_short_reason="")),),
)
