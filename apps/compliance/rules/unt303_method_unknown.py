"""The payer's way of counting units is not known, and it matters here.

Neither method always gives more, so there is no safe guess. The author may know the
plan. One who does not says so, and billing waits.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import NoteFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def check(facts: NoteFacts, case: Case) -> Verdict:
    if case.units.allocation is not None:
        return Pass("The method is known, or both give the same.")
    said = " / ".join(allocation.summary for allocation in case.units.alternatives)
    return Ask(case.units.question, evidence=said, choices=("unknown",), answered_in="method_choice")


RULE = Rule(
    code="UNT303",
    name="method-unknown",
    title="How does this payer count units?",
    topic="Units",
    severity=Severity.WARNING,
    citation=sources.read("ptcompliancegroup.com, APTA and payer policies", "the method differs by plan"),
    looks_at=parts.the_treatment("method_choice"),
    check=check,
    fix="Choose the plan's method, or say that you do not know it.",
    passes=(
        Example("Medicare", samples.note()),
        Example("an unknown payer, method chosen", samples.note(payer="other", method_choice="ama")),
        Example(
            "an unknown payer, both methods agree",
            samples.note(payer="other", blocks=(samples.block(),), total_minutes=24),
        ),
    ),
    fails=(Example("an unknown payer, the methods differ", samples.note(payer="other")),),
    hold_billing=True,
)
