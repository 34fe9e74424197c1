"""A session note without something that this payer lists.

UnitedHealthcare lists what each session note holds: besides date, treatments, length and
signature, the response, the progress, and the part of caregiver or home programme.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources
from ..parts import has_words
from ..rule import Authority, Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict

_ASKED = {
    "minutes": "length of the session",
    "response": "response to treatment",
    "progress": "objective progress",
    "home_or_caregiver": "part of caregiver or home programme",
}
_PATHS = {
    "minutes": "total_minutes",
    "response": "assessment",
    "progress": "measures",
    "home_or_caregiver": "home_program",
}


def looks_at(case: Case) -> Iterator[Part[str]]:
    wanted = case.policy.demand_on("note_contents", case.facts.date_of_service) if case.policy else None
    if wanted and case.facts.kind == "treatment" and not case.is_cut_short:
        for name in wanted:
            yield Part(_PATHS[name], name)


def check(name: str, case: Case) -> Verdict:
    facts = case.facts
    held = {
        "minutes": lambda: facts.total_minutes is not None,
        "response": lambda: has_words(facts.assessment) or any(has_words(b.response) for b in facts.blocks),
        "progress": lambda: bool(facts.measures) or has_words(facts.assessment),
        "home_or_caregiver": lambda: has_words(facts.home_program) or has_words(facts.caregiver_training),
    }
    return (
        Pass("It is there.") if held[name]() else Fail(f"This payer lists the {_ASKED[name]}.", evidence=name)
    )


RULE = Rule(
    code="PAY904",
    name="session-content-missing",
    title="Content that this payer lists",
    topic="Payer",
    severity=Severity.ADVICE,
    citation=sources.read(
        "UHC documentation notice (2024)", "as reported by PTMoves.me and PPS", Authority.PAYER
    ),
    looks_at=looks_at,
    check=check,
    fix="Chart it, if it happened.",
    passes=(
        Example("all of it", samples.note(payer="uhc_commercial", home_program="(programme)")),
        Example(
            "caregiver in place of a home programme",
            samples.note(payer="uhc_commercial", caregiver_training="(training)"),
        ),
        Example(
            "progress in the assessment",
            samples.note(payer="uhc_commercial", home_program="(programme)", measures=()),
        ),
    ),
    fails=(
        Example("nothing on home or caregiver", samples.note(payer="uhc_commercial")),
        Example(
            "no length", samples.note(payer="uhc_commercial", home_program="(programme)", total_minutes=None)
        ),
        Example(
            "no response anywhere",
            samples.note(
                payer="uhc_commercial",
                home_program="(programme)",
                assessment="",
                blocks=(samples.other_block(),),
                total_minutes=23,
            ),
        ),
    ),
)
