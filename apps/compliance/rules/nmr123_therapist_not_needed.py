"""A block done independently from start to end, in words that say so.

Good progress and a bad reason for skilled treatment. When the task is made harder next,
the decision shows the skill; so this only asks.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import hints, samples, sources
from ..facts import BlockFacts
from ..parts import has_words
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict

_INDEPENDENT = frozenset({"independent", "modified_independent"})


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    for block in case.neuromuscular:
        if block.assistance_before in _INDEPENDENT:
            yield Part(block.path("response"), block, block.id)


def check(block: BlockFacts, case: Case) -> Verdict:
    phrase = hints.unskilled(block.response) or hints.unskilled(block.activity)
    plan = case.facts.plan_of_care
    if not phrase or has_words(block.progression) or (plan and plan.is_maintenance):
        return Pass("A decision is charted, or the words do not say it.")
    return Ask(
        f'The block says "{phrase}", and no decision is charted. Was your skill needed?',
        evidence=f"{block.response}\n{block.activity}",
    )


RULE = Rule(
    code="NMR123",
    name="therapist-not-needed",
    title="Was the therapist needed?",
    topic="Response",
    severity=Severity.WARNING,
    citation=sources.WORDS,
    looks_at=looks_at,
    check=check,
    fix="Chart what you decided from it, or say why your skill was needed.",
    passes=(
        Example(
            "independent, with a decision",
            samples.with_block(assistance_before="independent", response="Required no cues"),
        ),
        Example(
            "independent, nothing says that nobody was needed",
            samples.with_block(assistance_before="independent", progression=""),
        ),
        Example(
            "no cues in the last set, after minimal help",
            samples.note(
                blocks=(
                    samples.block(
                        assistance_before="independent", progression="", response="Cues in 3 of 10"
                    ),
                    samples.other_block(),
                )
            ),
        ),
    ),
    fails=(
        Example(
            "required no cues",
            samples.with_block(assistance_before="independent", progression="", response="Required no cues"),
        ),
        Example(
            "independently",
            samples.with_block(
                assistance_before="modified_independent", progression="", response="All done independently"
            ),
        ),
        Example(
            "per flow sheet",
            samples.with_block(
                assistance_before="independent", progression="", activity="Stance per flow sheet"
            ),
        ),
    ),
)
