"""A 97112 task that is named after another code, and no neuromuscular deficit beside it.

Gait or transfer training may be neuromuscular when motor control is the stated purpose.
When the deficit says so, there is nothing to ask.
"""

from __future__ import annotations

from .. import hints, parts, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    code, word = hints.task_of_another_code(block.activity)
    says_so = hints.is_neuromuscular(block.deficit) or hints.is_neuromuscular(block.activity)
    if not code or block.deficit_domains or says_so:
        return Pass("The stated purpose is neuromuscular, or nothing points elsewhere.")
    return Ask(
        f'The task speaks of "{word}". Was the purpose of this block neuromuscular?', evidence=block.activity
    )


RULE = Rule(
    code="NMR121",
    name="task-of-another-code",
    title="Task may fit another code",
    topic="Task",
    severity=Severity.WARNING,
    citation=sources.CODING,
    looks_at=parts.neuromuscular("activity"),
    check=check,
    fix="If the purpose was another, chart the block under the code of that purpose.",
    passes=(
        Example("a task of its own", samples.note()),
        Example(
            "gait training for a deficit of control",
            samples.with_block(deficit="Poor control of the left knee in stance", activity="Gait training"),
        ),
        Example(
            "transfer training denied",
            samples.with_block(activity="Reaching in sitting, no transfer training"),
        ),
        Example(
            "strengthening left to the other block",
            samples.with_block(activity="Tandem stance; strengthening is in 97110"),
        ),
    ),
    fails=(
        Example(
            "gait training",
            samples.with_block(deficit_domains=(), deficit="Walks slowly", activity="Gait training 200 ft"),
        ),
        Example(
            "transfer training",
            samples.with_block(
                deficit_domains=(), deficit="Cannot get up", activity="Transfer training from bed"
            ),
        ),
        Example(
            "strengthening",
            samples.with_block(deficit_domains=(), deficit="Weak legs", activity="Theraband strengthening"),
        ),
    ),
)
