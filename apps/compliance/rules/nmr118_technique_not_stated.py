"""A technique is named, and the entry does not state what the name leaves open.

"PNF" may be a hundred things. Which pattern, on which part, shows that somebody chose
it. Words decide here, so the author is asked.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import parts, samples, sources, techniques, units
from ..facts import BlockFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[tuple[techniques.Technique, BlockFacts]]]:
    for block in case.neuromuscular:
        named = {key: techniques.get(key) for key in block.techniques}
        for text in (block.activity, block.challenge, *(cue.action for cue in block.cues)):
            named.update((one.key, one) for one in techniques.named_in(text))
        for technique in named.values():
            if technique:
                yield Part(block.path("activity"), (technique, block), block.id)


def check(named: tuple[techniques.Technique, BlockFacts], case: Case) -> Verdict:
    technique, block = named
    lacks = technique.lacks(parts.words_of(block))
    if not lacks:
        return Pass("What the name leaves open is stated.")
    return Ask(
        f"{technique.label} is named. Does the entry state {units.listed(lacks)}?",
        evidence=f"{technique.key}: {', '.join(lacks)}",
    )


RULE = Rule(
    code="NMR118",
    name="technique-not-stated",
    title="Technique named, not stated",
    topic="Task",
    severity=Severity.WARNING,
    citation=sources.read("HNS on CPT 97112", "named techniques and equipment"),
    looks_at=looks_at,
    check=check,
    fix="State what the name leaves open, or answer that it is stated in other words.",
    passes=(
        Example(
            "perturbation with direction and recovery",
            samples.with_block(activity="Perturbation from the left, one step to recover"),
        ),
        Example(
            "the technique is denied", samples.with_block(activity="PNF D1 for the left arm; no perturbation")
        ),
        Example("BAPS with level and direction", samples.with_block(activity="BAPS level 3, clockwise")),
        Example(
            "stated elsewhere in the block",
            samples.with_block(
                activity="Joint position matching, left knee", response="Mean error 6 degrees"
            ),
        ),
    ),
    fails=(
        Example("perturbation and no more", samples.with_block(activity="Perturbation training")),
        Example("PNF and no more", samples.with_block(activity="PNF")),
        Example("taping without part or effect", samples.with_block(activity="Kinesio taping")),
        Example("chosen from the list, not described", samples.with_block(techniques=("habituation",))),
        Example("a cue by metronome without its rate", samples.with_cue(action="Metronome")),
    ),
)
