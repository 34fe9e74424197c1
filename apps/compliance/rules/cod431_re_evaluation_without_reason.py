"""A re-evaluation code, and no reason for one.

New findings, a significant change, or no response to treatment. A look at progress is
part of every visit and is not a re-evaluation.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import codes, samples, sources
from ..facts import BlockFacts, EvaluationFacts
from ..parts import has_words
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    if case.facts.evaluation and case.facts.evaluation.reevaluation_reason is not None:
        for block in case.facts.blocks:
            if block.code in codes.RE_EVALUATIONS:
                yield Part("evaluation.reevaluation_reason", block, block.id)


def check(block: BlockFacts, case: Case) -> Verdict:
    evaluation = case.facts.evaluation
    if evaluation and has_words(evaluation.reevaluation_reason or ""):
        return Pass("The reason is charted.")
    return Ask(
        f"{block.code} without a reason. Were there new findings, a significant change, or no response?",
        evidence=block.code,
    )


RULE = Rule(
    code="COD431",
    name="re-evaluation-without-reason",
    title="Re-evaluation without a reason",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.not_read("CMS Pub. 100-02 ch.15", "§220.3, re-evaluation"),
    looks_at=looks_at,
    check=check,
    fix="Chart the reason for the re-evaluation; without one, leave the code out.",
    passes=(
        Example(
            "with a reason",
            samples.note(
                evaluation=EvaluationFacts(reevaluation_reason="(reason)"),
                blocks=(samples.other_block(code="97164"),),
            ),
        ),
        Example(
            "a fall",
            samples.note(
                evaluation=EvaluationFacts(reevaluation_reason="Fall"),
                blocks=(samples.other_block(code="97164"),),
            ),
        ),
        Example(
            "OT, with a reason",
            samples.note(
                discipline="OT",
                evaluation=EvaluationFacts(reevaluation_reason="(reason)"),
                blocks=(samples.other_block(code="97168"),),
            ),
        ),
    ),
    fails=(
        Example(
            "no reason",
            samples.note(
                evaluation=EvaluationFacts(reevaluation_reason=""),
                blocks=(samples.other_block(code="97164"),),
            ),
        ),
        Example(
            "a dash",
            samples.note(
                evaluation=EvaluationFacts(reevaluation_reason="-"),
                blocks=(samples.other_block(code="97164"),),
            ),
        ),
        Example(
            "OT, no reason",
            samples.note(
                discipline="OT",
                evaluation=EvaluationFacts(reevaluation_reason=" "),
                blocks=(samples.other_block(code="97168"),),
            ),
        ),
    ),
    hold_billing=True,
)
