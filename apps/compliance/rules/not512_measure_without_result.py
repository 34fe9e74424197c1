"""A measure chosen, and no result.

A row without a result looks like a test that was done and not recorded.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import measures, samples, sources
from ..facts import MeasureFacts
from ..parts import has_words
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[MeasureFacts]]:
    for measure in case.facts.measures:
        field = "words" if measure.key == measures.OBSERVATION else "value"
        yield Part(measure.path(field), measure)


def check(measure: MeasureFacts, case: Case) -> Verdict:
    if measure.key == measures.OBSERVATION:
        if has_words(measure.words):
            return Pass("The observation is in words.")
        return Fail("An observation is charted without what was found.")
    if measure.value is not None:
        return Pass("A result is charted.")
    known = measures.get(measure.key)
    return Fail(f"{known.label if known else 'A measure'} is charted without a result.", evidence=measure.key)


RULE = Rule(
    code="NOT512",
    name="measure-without-result",
    title="Measure without a result",
    topic="Measures",
    severity=Severity.WARNING,
    citation=sources.CLINIC,
    looks_at=looks_at,
    check=check,
    fix="Chart the result, or take the row out.",
    passes=(
        Example("Berg 44", samples.note()),
        Example(
            "an observation in words",
            samples.note(
                measures=(samples.measure(key="observation", value=None, name="(what)", words="(finding)"),)
            ),
        ),
    ),
    fails=(
        Example("Berg, no result", samples.note(measures=(samples.measure(value=None),))),
        Example(
            "an observation without words",
            samples.note(measures=(samples.measure(key="observation", value=None),)),
        ),
    ),
    may_stop=True,
)
