"""An evaluation without something that reviewers ask for.

The prior level of function shows what there is to win back; without it the goals hang in
the air.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources
from ..facts import EvaluationFacts
from ..parts import has_words
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict

_ASKED = {
    "prior_level": "prior level of function",
    "diagnosis": "treatment diagnosis",
    "objective_findings": "objective findings",
}


def looks_at(case: Case) -> Iterator[Part[tuple[str, str]]]:
    if case.facts.evaluation and case.facts.kind == "evaluation":
        for name in _ASKED:
            said = getattr(case.facts.evaluation, name)
            if said is not None:
                yield Part(f"evaluation.{name}", (name, said))


def check(asked: tuple[str, str], case: Case) -> Verdict:
    name, said = asked
    if has_words(said):
        return Pass("It is there.")
    return Fail(f"The evaluation has no {_ASKED[name]}.", evidence=name)


RULE = Rule(
    code="NOT519",
    name="evaluation-incomplete",
    title="Evaluation incomplete",
    topic="Note",
    severity=Severity.WARNING,
    citation=sources.read(
        "Noridian A/B checklist for outpatient therapy", "evaluation with prior level of function"
    ),
    looks_at=looks_at,
    check=check,
    fix="Chart it, if it is known.",
    passes=(
        Example(
            "all of it",
            samples.note(
                kind="evaluation", evaluation=EvaluationFacts("(prior)", "(diagnosis)", "(findings)")
            ),
        ),
        Example(
            "a form that does not ask for it",
            samples.note(kind="evaluation", evaluation=EvaluationFacts(prior_level="(prior)")),
        ),
        Example(
            "one word",
            samples.note(
                kind="evaluation", evaluation=EvaluationFacts(prior_level="Independent", diagnosis="I69.351")
            ),
        ),
    ),
    fails=(
        Example(
            "no prior level", samples.note(kind="evaluation", evaluation=EvaluationFacts(prior_level=""))
        ),
        Example("no diagnosis", samples.note(kind="evaluation", evaluation=EvaluationFacts(diagnosis=" "))),
        Example(
            "no findings",
            samples.note(kind="evaluation", evaluation=EvaluationFacts("(prior)", "(diagnosis)", "-")),
        ),
    ),
    may_stop=True,
)
