"""A cue that says what the patient did, and nothing that the therapist did.

"Patient performed ten" is the sentence that denials quote. The cue is the place for the
therapist's part.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import hints, samples, sources
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[str]]:
    for block in case.neuromuscular:
        for number, cue in enumerate(block.cues):
            if cue.action:
                yield Part(block.path(f"cues.{number}.action"), cue.action, block.id)


def check(text: str, case: Case) -> Verdict:
    phrase = "" if hints.generic_phrase(text) else hints.patient_alone(text)
    if not phrase:
        return Pass("An action, or NMR114 speaks.")
    return Ask(f'This cue says "{phrase}". Does it say what you did?', evidence=text)


RULE = Rule(
    code="NMR122",
    name="no-therapist-action",
    title="Cue without the therapist's part",
    topic="Cues",
    severity=Severity.WARNING,
    citation=sources.WORDS,
    looks_at=looks_at,
    check=check,
    fix="Say what you did, or answer that the entry stands.",
    passes=(
        Example("what was done", samples.note()),
        Example(
            "what the patient did after a touch",
            samples.with_cue(action="Touch at the pelvis, then performed alone"),
        ),
        Example("not independently", samples.with_cue(action="Held the pelvis, not independently possible")),
    ),
    fails=(
        Example("the patient performed", samples.with_cue(action="Patient performed the exercise ten times")),
        Example("supervised", samples.with_cue(action="Supervised from the chair")),
        Example("per flow sheet", samples.with_cue(action="Marching per flow sheet")),
    ),
)
