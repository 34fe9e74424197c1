"""Medicare telehealth by a therapist after the last day that is known for it.

The flexibilities were extended several times. After the day at hand somebody has to look.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .. import samples, sources
from ..rule import Case, Example, Part, Rule, Severity
from ..timeline import dated
from ..verdicts import Ask, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[date]]:
    until = dated("limits", "telehealth_until").value_on(case.facts.date_of_service)
    if case.facts.is_telehealth and until is not None:
        yield Part("", until)


def check(until: date, case: Case) -> Verdict:
    if case.facts.date_of_service <= until:
        return Pass("Inside the extension.")
    return Ask(
        f"Medicare telehealth by therapists is known to us until {until.isoformat()}. Has it been extended?",
        evidence=until.isoformat(),
    )


RULE = Rule(
    code="COD430",
    name="telehealth-after-its-end",
    title="Telehealth after its known end",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.read("codingintel.com (5 Feb 2026)", "flexibilities extended to 31 Dec 2027"),
    looks_at=looks_at,
    check=check,
    fix="Ask billing whether the extension goes on.",
    passes=(
        Example("today", samples.note(is_telehealth=True)),
        Example("the last day", samples.note(is_telehealth=True, date_of_service=date(2027, 12, 31))),
        Example("during the emergency", samples.note(is_telehealth=True, date_of_service=date(2021, 3, 3))),
    ),
    fails=(
        Example("the day after", samples.note(is_telehealth=True, date_of_service=date(2028, 1, 1))),
        Example("a year after", samples.note(is_telehealth=True, date_of_service=date(2028, 12, 1))),
        Example(
            "the day after, with 95",
            samples.note(
                is_telehealth=True,
                date_of_service=date(2028, 1, 1),
                blocks=(samples.block(modifiers=("GP", "95")),),
            ),
        ),
    ),
    payers=frozenset({"medicare_b"}),
    hold_billing=True,
)
