"""97112 that serves no goal of the plan of care.

Each billed code needs a goal of its own. A goal number that the plan does not have
is worse than none, because it looks linked.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    if block.goal is None:
        return Fail("This 97112 block is not linked to a goal.")
    plan = case.facts.plan_of_care
    if plan and plan.goal_numbers and block.goal not in plan.goal_numbers:
        return Fail(f"The plan of care has no goal {block.goal}.", evidence=str(block.goal))
    return Pass("Linked to a goal of the plan.")


RULE = Rule(
    code="NMR105",
    name="goal-not-linked",
    title="No goal linked",
    topic="Deficit and goal",
    severity=Severity.WARNING,
    citation=sources.read("AAPC on neuromuscular re-education", "each active code needs its own goal"),
    looks_at=parts.neuromuscular("goal"),
    check=check,
    fix="Choose the goal of the plan of care that this block served.",
    passes=(Example("goal 1 of a plan with goals 1 and 2", samples.note()),),
    fails=(
        Example("no goal", samples.with_block(goal=None)),
        Example("a goal that the plan does not have", samples.with_block(goal=7)),
    ),
    may_stop=True,
)
