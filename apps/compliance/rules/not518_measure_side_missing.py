"""A result that belongs to a side or a condition, and neither is said.

Single-leg stance of 8 seconds on an unknown leg cannot be compared with anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from .. import measures, samples, sources
from ..facts import MeasureFacts
from ..parts import has_words
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[MeasureFacts]]:
    for measure in case.facts.measures:
        known = measures.get(measure.key)
        if known and known.sides and measure.side is not None:
            yield Part(measure.path("side"), measure)
        elif known and known.conditions and measure.condition is not None:
            yield Part(measure.path("condition"), measure)


def check(measure: MeasureFacts, case: Case) -> Verdict:
    known = measures.get(measure.key)
    label = known.label if known else "The measure"
    if known and known.sides and not has_words(measure.side or ""):
        return Fail(f"{label} is charted without a side.", evidence=measure.key)
    if known and known.conditions and measure.condition is not None and not has_words(measure.condition):
        return Fail(f"{label} is charted without its condition.", evidence=measure.key)
    return Pass("Side and condition are said.")


RULE = Rule(
    code="NOT518",
    name="measure-side-missing",
    title="Side or condition missing",
    topic="Measures",
    severity=Severity.ADVICE,
    citation=sources.not_read("Scales of the measures", "data/measures.toml"),
    looks_at=looks_at,
    check=check,
    fix="Say which side, or under which condition.",
    passes=(
        Example(
            "a side and a condition",
            samples.note(
                measures=(
                    samples.measure(
                        key="single_leg_stance", value=Decimal(8), side="left", condition="eyes open"
                    ),
                )
            ),
        ),
        Example(
            "Romberg with its condition",
            samples.note(
                measures=(samples.measure(key="romberg", value=Decimal(20), condition="eyes closed"),)
            ),
        ),
        Example(
            "a side, where the form asks for no condition",
            samples.note(
                measures=(samples.measure(key="single_leg_stance", value=Decimal(8), side="right"),)
            ),
        ),
    ),
    fails=(
        Example(
            "no side",
            samples.note(measures=(samples.measure(key="single_leg_stance", value=Decimal(8), side=""),)),
        ),
        Example(
            "no condition",
            samples.note(measures=(samples.measure(key="romberg", value=Decimal(20), condition=""),)),
        ),
        Example(
            "Ashworth without a side",
            samples.note(measures=(samples.measure(key="ashworth", value=Decimal(2), side=""),)),
        ),
    ),
)
