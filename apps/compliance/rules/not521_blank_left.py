"""A phrase was put in and one of its blanks was never filled.

The sentence then says that something was done and not what. Whoever was there can fill
the blank, or take the phrase out again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .. import blanks, samples, sources
from ..rule import Authority, Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict

_NOTE = (
    "subjective",
    "assessment",
    "plan",
    "home_program",
    "caregiver_training",
    "communication",
    "adverse_event",
    "adverse_event_action",
)
_BLOCK = (
    "deficit",
    "limits",
    "activity",
    "position_used",
    "surface",
    "environment",
    "challenge",
    "dosage",
    "response",
    "progression",
    "distinct",
    "purpose",
    "description",
)


def _texts(case: Case) -> Iterator[Part[str]]:
    """Everything that an author types in words."""
    facts = case.facts
    for name in _NOTE:
        yield Part(name, getattr(facts, name))
    for path, words in facts.further_words:
        yield Part(path, words)
    for block in facts.blocks:
        for name in _BLOCK:
            yield Part(block.path(name), getattr(block, name), block.id)
        for number, cue in enumerate(block.cues):
            for name, words in (("action", cue.action), ("error", cue.error), ("seen", cue.seen)):
                yield Part(block.path(f"cues.{number}.{name}"), words, block.id)
    for measure in facts.measures:
        yield Part(measure.path("name"), measure.name)
        yield Part(measure.path("words"), measure.words)


def looks_at(case: Case) -> Iterable[Part[str]]:
    return [part for part in _texts(case) if blanks.is_left(part.thing)] or (Part("", ""),)


def check(text: str, case: Case) -> Verdict:
    if not text:
        return Pass("No blank is left.")
    return Fail("A blank is left to fill.", evidence=blanks.around(text))


RULE = Rule(
    code="NOT521",
    name="blank-left",
    title="Blank left in a phrase",
    topic="Note",
    severity=Severity.BLOCKER,
    citation=sources.not_read("Midline's phrases", "a phrase is words to complete", Authority.PRACTICE),
    looks_at=looks_at,
    check=check,
    fix="Fill the blank with what happened, or take the phrase out.",
    passes=(
        Example("no phrase at all", samples.note()),
        Example("one low line is no blank", samples.note(assessment="(file_name of the picture)")),
        Example("two are none either", samples.with_block(response="(a__b)")),
    ),
    fails=(
        Example("in a cue", samples.with_cue(action="___ (cue) ___")),
        Example("in the assessment", samples.note(assessment="(words) ___")),
        Example("in the words of a measure", samples.note(measures=(samples.measure(words="(with) ____"),))),
        Example("in a prompt", samples.note(further_words=(("sections.extent", "(from ___ to ___)"),))),
    ),
)
