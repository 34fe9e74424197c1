"""No start and end for a timed code, where the payer wants them.

Anthem's policy of 2025 asks for time in and time out for each code. APTA opposes it,
so this rule may end; the claim waits, the signature does not.
"""

from __future__ import annotations

from datetime import date, time

from .. import parts, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    if block.starts_at is not None and block.ends_at is not None:
        return Pass("Start and end are charted.")
    return Fail(f"{block.code} has no start and end, which this payer asks for.")


RULE = Rule(
    code="TIM210",
    name="clock-times-missing",
    title="Start and end missing",
    topic="Minutes",
    severity=Severity.WARNING,
    citation=sources.read(
        "Anthem policy of 2025", "time in and time out per code, as reported by APTA on 9 Jul 2025"
    ),
    looks_at=parts.timed("starts_at"),
    check=check,
    fix="Chart when this block started and ended, if you know it.",
    passes=(
        Example(
            "both times",
            samples.note(
                payer="anthem",
                blocks=(samples.block(starts_at=time(10, 0), ends_at=time(10, 24)),),
                total_minutes=24,
            ),
        ),
        Example("another payer", samples.note()),
        Example("a visit before the policy", samples.note(payer="anthem", date_of_service=date(2025, 7, 8))),
    ),
    fails=(Example("Anthem, no times", samples.note(payer="anthem")),),
    # The policy's own first day is not known to us; this is the day of the report.
    applies_from=date(2025, 7, 9),
    payers=frozenset({"anthem"}),
    hold_billing=True,
)
