"""A result that is worse by more than the error of measurement.

The assessment is the place to say what it means. It may be a bad day; so this is advice
and never interrupts.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from .. import measures, samples, sources
from ..facts import MeasureFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[MeasureFacts]]:
    for measure in case.facts.measures:
        if measure.value is not None and (measure.baseline is not None or measure.last is not None):
            yield Part(measure.path("value"), measure)


def check(measure: MeasureFacts, case: Case) -> Verdict:
    known = measures.get(measure.key)
    if known is None or measure.value is None:
        return Pass("Nothing to compare.")
    for before, since in ((measure.baseline, "the baseline"), (measure.last, "the last time")):
        beyond = known.worse_by(measure.value, before) if before is not None else None
        if beyond:
            return Fail(
                f"{known.short} is worse than {since} by more than the {beyond.kind} of {beyond.value} "
                f"({beyond.population}).",
                evidence=f"{measure.key} {measure.value} {before}",
            )
    return Pass("Not worse by more than is known of changes.")


RULE = Rule(
    code="NOT517",
    name="decline-beyond-error",
    title="Worse by more than the error of measurement",
    topic="Measures",
    severity=Severity.ADVICE,
    citation=sources.not_read("Change values of the measures", "data/measures.toml, each with its source"),
    looks_at=looks_at,
    check=check,
    fix="Say in the assessment what the change means.",
    passes=(
        Example("better than the baseline", samples.note(measures=(samples.measure(baseline=Decimal(38)),))),
        Example(
            "worse by no more than is known of error",
            samples.note(measures=(samples.measure(baseline=Decimal(46), last=Decimal(45)),)),
        ),
        Example(
            "a shorter time",
            samples.note(measures=(samples.measure(key="tug", value=Decimal(12), last=Decimal(18)),)),
        ),
    ),
    fails=(
        Example(
            "Berg down by 6 since the baseline",
            samples.note(measures=(samples.measure(baseline=Decimal(50)),)),
        ),
        Example(
            "TUG up by 5 s since the last time",
            samples.note(measures=(samples.measure(key="tug", value=Decimal(18), last=Decimal(13)),)),
        ),
        Example(
            "DHI up by 20",
            samples.note(measures=(samples.measure(key="dhi", value=Decimal(60), baseline=Decimal(40)),)),
        ),
    ),
)
