"""More timed units on one day than this payer pays for one type of therapy.

The treatment happened and is recorded as it was; billing decides what is claimed.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources, units
from ..facts import DayBlock
from ..rule import Authority, Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[int]]:
    limit = case.policy.demand_on("daily_timed_units", case.facts.date_of_service) if case.policy else None
    if limit is not None and case.units.allocation and case.timed:
        yield Part("", int(limit))


def check(limit: int, case: Case) -> Verdict:
    allocation = case.units.allocation
    if allocation is None or allocation.total_units <= limit:
        return Pass("Inside the payer's limit.")
    return Fail(
        f"{units.count(allocation.total_units, 'timed unit')}; "
        f"this payer pays {limit} for one type of therapy on a day.",
        evidence=f"{allocation.total_units} > {limit}",
    )


RULE = Rule(
    code="UNT307",
    name="units-above-payers-day",
    title="Units above the payer's daily limit",
    topic="Units",
    severity=Severity.WARNING,
    citation=sources.read("Anthem provider news (1 Jan 2021)", "IN, KY, MO, OH, WI", Authority.PAYER),
    looks_at=looks_at,
    check=check,
    fix="Check the minutes. If they are right, give the reason for the long treatment.",
    passes=(
        Example("3 units", samples.note(payer="anthem", method_choice="cms")),
        Example("4 units", samples.with_blocks(samples.block(minutes_therapist=60), payer="anthem")),
        Example(
            "4 units of two codes",
            samples.with_blocks(
                samples.block(minutes_therapist=30), samples.other_block(minutes_therapist=30), payer="anthem"
            ),
        ),
    ),
    fails=(
        Example("5 units", samples.with_blocks(samples.block(minutes_therapist=75), payer="anthem")),
        Example(
            "5 units of two codes",
            samples.with_blocks(
                samples.block(minutes_therapist=45), samples.other_block(minutes_therapist=30), payer="anthem"
            ),
        ),
        Example(
            "minutes of another note of the day",
            samples.with_blocks(
                samples.block(minutes_therapist=45), payer="anthem", same_day=(DayBlock("n2", "97112", 30),)
            ),
        ),
    ),
    hold_billing=True,
)
