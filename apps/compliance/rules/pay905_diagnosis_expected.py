"""A payer that is said to look for a neurologic diagnosis, and none is charted.

Second-hand: no plan was read. The diagnosis stays what it is; a measured finding makes
the case. So this is advice and never interrupts.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import diagnoses, samples, sources
from ..facts import NoteFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[NoteFacts]]:
    expected = (
        case.policy.demand_on("diagnosis_expectation", case.facts.date_of_service) if case.policy else None
    )
    if expected and case.neuromuscular and case.facts.diagnoses:
        yield Part("measures", case.facts)


def check(facts: NoteFacts, case: Case) -> Verdict:
    if any(map(diagnoses.is_neuromotor, facts.diagnoses)):
        return Pass("A diagnosis that carries the case.")
    return Fail(
        "This payer is said to look for a neuromuscular reason; the diagnoses alone do not show one.",
        evidence=" ".join(facts.diagnoses),
    )


RULE = Rule(
    code="PAY905",
    name="diagnosis-expected",
    title="The finding has to make the case",
    topic="Payer",
    severity=Severity.ADVICE,
    citation=sources.not_read("Second-hand reports on payers", "emphasis on neurologic diagnoses"),
    looks_at=looks_at,
    check=check,
    fix="See that the deficit and a finding of today are charted.",
    passes=(
        Example("after a stroke", samples.note(payer="bcbs_other")),
        Example("falls", samples.note(payer="bcbs_other", diagnoses=("M54.2", "R29.6"))),
        Example("unsteadiness", samples.note(payer="bcbs_other", diagnoses=("R26.81",))),
    ),
    fails=(
        Example("neck pain", samples.note(payer="bcbs_other", diagnoses=("M54.2",))),
        Example("weakness", samples.note(payer="bcbs_other", diagnoses=("M62.81", "R53.1"))),
        Example("knee pain", samples.note(payer="bcbs_other", diagnoses=("M25.561",))),
    ),
    payers=frozenset({"bcbs_other"}),
)
