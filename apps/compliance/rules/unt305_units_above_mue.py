"""More units of a code on one day than CMS thinks likely.

For 97112 the limit is clinical (MAI 3) and can be waived with support in the record,
so it is a reason to look, never proof of a mistake.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import editions, mue, ncci, samples, sources, units
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[tuple[str, int]]]:
    if case.units.allocation:
        for line in case.units.allocation.lines:
            block = next((b for b in case.timed if b.code == line.code), None)
            if block:
                yield Part(block.path("units_billed"), (line.code, line.units), block.id)


def check(line: tuple[str, int], case: Case) -> Verdict:
    code, calculated = line
    day = case.facts.date_of_service
    limit = mue.limit(code, day, case.facts.place_of_service)
    if limit is None or calculated <= limit:
        return Pass("Inside the limit, or no limit is known.")
    said = f"{units.count(calculated, 'unit')} of {code}; the limit for one day is {limit}"
    return editions.judged(
        "mue",
        day,
        fails=f"{said}.",
        asks=f"By them: {said}. Are the minutes right?",
        evidence=f"{code} {calculated} > {limit}",
    )


RULE = Rule(
    code="UNT305",
    name="units-above-mue",
    title="Units above the daily limit",
    topic="Units",
    severity=Severity.WARNING,
    citation=sources.read("CMS MUE practitioner and outpatient hospital files", "1 July 2024"),
    looks_at=looks_at,
    check=check,
    fix="Check the minutes. If they are right, give the reason for the long treatment.",
    passes=(Example("2 units", samples.note()),),
    fails=(
        Example(
            "75 minutes of 97112",
            samples.note(blocks=(samples.block(minutes_therapist=75),), total_minutes=75),
        ),
    ),
    payers=ncci.PAYERS,
    hold_billing=True,
)
