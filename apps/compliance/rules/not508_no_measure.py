"""No objective measure or observation.

Medicare recommends them and does not require them, so this is a warning. Without
numbers nobody can show that the treatment helped.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources
from ..facts import NoteFacts
from ..rule import Authority, Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[NoteFacts]]:
    if case.facts.blocks:
        yield Part("measures", case.facts)


def check(facts: NoteFacts, case: Case) -> Verdict:
    if facts.measures or case.is_cut_short:
        return Pass("A measure is charted, or the visit was cut short.")
    return Fail("No measure or observation is charted.")


RULE = Rule(
    code="NOT508",
    name="no-measure",
    title="No objective measure",
    topic="Measures",
    severity=Severity.WARNING,
    citation=sources.read("CMS Pub. 100-02 ch.15", "§220.3.D, recommended, not required", Authority.PRACTICE),
    looks_at=looks_at,
    check=check,
    fix="Chart a measure or an observation, if you took one today.",
    passes=(
        Example("a Berg score", samples.note()),
        Example("none, visit cut short", samples.cut_short(measures=())),
    ),
    fails=(Example("none", samples.note(measures=())),),
)
