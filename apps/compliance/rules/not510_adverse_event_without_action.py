"""An adverse event, and nothing about what was done.

The patient and the clinic both need that line, more than any payer does.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources
from ..facts import NoteFacts
from ..parts import has_words
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[NoteFacts]]:
    if has_words(case.facts.adverse_event):
        yield Part("adverse_event_action", case.facts)


def check(facts: NoteFacts, case: Case) -> Verdict:
    if has_words(facts.adverse_event_action):
        return Pass("The action is charted.")
    return Fail("An adverse event is charted without what was done.")


RULE = Rule(
    code="NOT510",
    name="adverse-event-without-action",
    title="Adverse event without action",
    topic="Note",
    severity=Severity.WARNING,
    citation=sources.TREATMENT_NOTE_OPTIONAL,
    looks_at=looks_at,
    check=check,
    fix="Say what you did and whom you told.",
    passes=(
        Example("event and action", samples.note(adverse_event="(event)", adverse_event_action="(action)")),
    ),
    fails=(Example("event alone", samples.note(adverse_event="(event)")),),
)
