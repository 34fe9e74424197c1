"""A result that the scale does not have.

A Berg of 65 is a slip of typing that would later be read as progress.
"""

from __future__ import annotations

from decimal import Decimal

from .. import measures, parts, samples, sources
from ..facts import MeasureFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(measure: MeasureFacts, case: Case) -> Verdict:
    known = measures.get(measure.key)
    if known is None:
        return Fail(f'"{measure.key}" is not a measure in the table.', evidence=measure.key)
    problem = known.problem_with(measure.value) if measure.value is not None else None
    if problem is None:
        return Pass("A possible result, or NOT512 speaks.")
    return Fail(problem, evidence=f"{measure.key} {measure.value}")


RULE = Rule(
    code="NOT509",
    name="measure-value-impossible",
    title="Result not possible",
    topic="Measures",
    severity=Severity.WARNING,
    citation=sources.not_read("Scales of the measures", "data/measures.toml"),
    looks_at=parts.every_measure("value"),
    check=check,
    fix="Correct the result.",
    passes=(
        Example("Berg 44", samples.note()),
        Example(
            "Berg 0 and 56",
            samples.note(
                measures=(samples.measure(value=Decimal(0)), samples.measure(id="n", value=Decimal(56)))
            ),
        ),
    ),
    fails=(
        Example("Berg 57", samples.note(measures=(samples.measure(value=Decimal(57)),))),
        Example("Berg 44.5", samples.note(measures=(samples.measure(value=Decimal("44.5")),))),
        Example(
            "Timed Up and Go of 0 s", samples.note(measures=(samples.measure(key="tug", value=Decimal(0)),))
        ),
    ),
)
