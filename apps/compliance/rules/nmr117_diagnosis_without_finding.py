"""A diagnosis that reviewers do not accept alone for 97112, and no finding beside it.

Neck pain does not show a neuromuscular problem; a measured or observed one does. This
never asks for another diagnosis: the diagnosis is what it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import diagnoses, samples, sources
from ..facts import NoteFacts
from ..parts import has_words
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[NoteFacts]]:
    if case.neuromuscular and case.facts.diagnoses:
        yield Part("measures", case.facts)


def check(facts: NoteFacts, case: Case) -> Verdict:
    first = facts.diagnoses[0]
    if not diagnoses.is_at_risk(first) or any(map(diagnoses.is_neuromotor, facts.diagnoses)):
        return Pass("The diagnoses speak of a neuromuscular problem.")
    if any(measure.value is not None or has_words(measure.words) for measure in facts.measures):
        return Pass("A finding stands beside the diagnosis.")
    if case.is_cut_short:
        return Pass("The visit was cut short before one could be taken.")
    return Fail(f"{first} alone shows no neuromuscular problem, and no finding is charted.", evidence=first)


RULE = Rule(
    code="NMR117",
    name="diagnosis-without-finding",
    title="Diagnosis without a neuromuscular finding",
    topic="Measures",
    severity=Severity.WARNING,
    citation=sources.not_read("Reviewers' practice", "diagnoses that do not carry 97112 alone"),
    looks_at=looks_at,
    check=check,
    fix="Chart the finding that you measured or observed today, or give the reason.",
    passes=(
        Example("a neuromotor diagnosis", samples.note(measures=())),
        Example("neck pain with a measure", samples.note(diagnoses=("M54.2",))),
    ),
    fails=(
        Example("neck pain, nothing measured or observed", samples.note(diagnoses=("M54.2",), measures=())),
    ),
)
