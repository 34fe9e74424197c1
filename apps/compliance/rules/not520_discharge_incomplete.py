"""A discharge note without something that it is for.

It covers the time since the last report, and says where each goal stands.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources
from ..facts import DischargeFacts
from ..parts import has_words
from ..rule import Authority, Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict

_ASKED = {
    "since_last_report": "what happened since the last report",
    "goals_status": "where the goals stand",
    "reason": "why treatment ends",
}


def looks_at(case: Case) -> Iterator[Part[tuple[str, str]]]:
    if case.facts.discharge and case.facts.kind == "discharge":
        for name in _ASKED:
            said = getattr(case.facts.discharge, name)
            if said is not None:
                yield Part(f"discharge.{name}", (name, said))


def check(asked: tuple[str, str], case: Case) -> Verdict:
    name, said = asked
    if has_words(said):
        return Pass("It is there.")
    return Fail(f"The discharge note does not say {_ASKED[name]}.", evidence=name)


RULE = Rule(
    code="NOT520",
    name="discharge-incomplete",
    title="Discharge note incomplete",
    topic="Note",
    severity=Severity.WARNING,
    citation=sources.not_read("CMS Pub. 100-02 ch.15", "§220.3, discharge note", Authority.PRACTICE),
    looks_at=looks_at,
    check=check,
    fix="Chart it, if it is known.",
    passes=(
        Example(
            "all of it",
            samples.note(kind="discharge", discharge=DischargeFacts("(since)", "(goals)", "(why)")),
        ),
        Example(
            "a form that does not ask for it",
            samples.note(kind="discharge", discharge=DischargeFacts(reason="(why)")),
        ),
        Example(
            "goals in one word", samples.note(kind="discharge", discharge=DischargeFacts(goals_status="Met"))
        ),
    ),
    fails=(
        Example(
            "nothing on the period",
            samples.note(kind="discharge", discharge=DischargeFacts(since_last_report="")),
        ),
        Example(
            "nothing on the goals", samples.note(kind="discharge", discharge=DischargeFacts(goals_status=""))
        ),
        Example(
            "no reason", samples.note(kind="discharge", discharge=DischargeFacts("(since)", "(goals)", "."))
        ),
    ),
    may_stop=True,
)
