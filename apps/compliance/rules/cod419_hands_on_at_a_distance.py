"""A hand on the patient, in a telehealth visit.

Somebody at the patient's side may have done it; then the note says who.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources, words
from ..facts import BlockFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict

_HANDS = frozenset({"tactile", "manual"})
_HELP = frozenset({"contact_guard", "min_assist", "mod_assist", "max_assist", "total_assist"})


def looks_at(case: Case) -> Iterator[Part[tuple[str, BlockFacts]]]:
    if case.facts.is_telehealth:
        for block in case.neuromuscular:
            for number, cue in enumerate(block.cues):
                yield Part(
                    block.path(f"cues.{number}.kind"),
                    (cue.kind if cue.kind in _HANDS else "", block),
                    block.id,
                )
            help_given = _HELP.intersection((block.assistance_before, block.assistance_after))
            if help_given:
                yield Part(block.path("assistance_before"), (min(help_given), block), block.id)


def check(hand: tuple[str, BlockFacts], case: Case) -> Verdict:
    what, _ = hand
    if not what:
        return Pass("No hand was needed.")
    label = words.label("cue_kinds", what) if what in _HANDS else words.label("assistance", what)
    return Ask(f'"{label}" in a telehealth visit. Is it said whose hands they were?', evidence=what)


RULE = Rule(
    code="COD419",
    name="hands-on-at-a-distance",
    title="Hands-on in a telehealth visit",
    topic="Cues",
    severity=Severity.WARNING,
    citation=sources.not_read("Telehealth practice", "hands-on cueing becomes implausible; inferred"),
    looks_at=looks_at,
    check=check,
    fix="Say who was with the patient and what that person did.",
    passes=(
        Example(
            "a verbal cue",
            samples.note(
                is_telehealth=True,
                blocks=(
                    samples.block(
                        cues=(samples.cue(kind="verbal"),),
                        assistance_before="supervision",
                        assistance_after="supervision",
                    ),
                ),
            ),
        ),
        Example(
            "a visual cue",
            samples.note(
                is_telehealth=True,
                blocks=(
                    samples.block(
                        cues=(samples.cue(kind="visual"),), assistance_before="", assistance_after=""
                    ),
                ),
            ),
        ),
        Example(
            "an auditory cue, independent",
            samples.note(
                is_telehealth=True,
                blocks=(
                    samples.block(
                        cues=(samples.cue(kind="auditory"),),
                        assistance_before="independent",
                        assistance_after="independent",
                    ),
                ),
            ),
        ),
    ),
    fails=(
        Example("a tactile cue", samples.note(is_telehealth=True)),
        Example(
            "manual facilitation",
            samples.note(
                is_telehealth=True,
                blocks=(
                    samples.block(
                        cues=(samples.cue(kind="manual"),), assistance_before="", assistance_after=""
                    ),
                ),
            ),
        ),
        Example(
            "minimal help",
            samples.note(
                is_telehealth=True,
                blocks=(
                    samples.block(
                        cues=(samples.cue(kind="verbal"),),
                        assistance_before="min_assist",
                        assistance_after="supervision",
                    ),
                ),
            ),
        ),
    ),
)
