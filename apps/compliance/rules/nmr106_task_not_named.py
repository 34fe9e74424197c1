"""97112 without the task that was done.

The manual wants each specific intervention named. The code alone names a category,
and a record that names no task cannot support the claim.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import BlockFacts
from ..parts import has_words
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    if has_words(block.activity):
        return Pass("The task is named.")
    return Fail("This 97112 block does not name the task.")


RULE = Rule(
    code="NMR106",
    name="task-not-named",
    title="Task not named",
    topic="Task",
    severity=Severity.BLOCKER,
    citation=sources.TREATMENT_NOTE,
    looks_at=parts.neuromuscular("activity"),
    check=check,
    fix="Name what the patient did in this block.",
    passes=(Example("a task in words", samples.note()),),
    fails=(Example("no task", samples.with_block(activity="-")),),
)
