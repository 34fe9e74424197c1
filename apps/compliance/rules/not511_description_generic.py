"""A description that is a stock phrase.

"Ther ex" as a whole entry is among the denial examples. A word list cannot judge, so
it asks.
"""

from __future__ import annotations

from .. import hints, parts, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    phrase = hints.generic_phrase(block.description)
    if not phrase:
        return Pass("In the author's own words.")
    return Ask(
        f'This entry says "{phrase}" and no more. Does it say what you meant?', evidence=block.description
    )


RULE = Rule(
    code="NOT511",
    name="description-generic",
    title="Stock phrase",
    topic="Note",
    severity=Severity.WARNING,
    citation=sources.read("Alabama MAC examples (alabamashaa.org)", "entries too generic to support a code"),
    looks_at=parts.not_neuromuscular("description"),
    check=check,
    fix="Say what was done with this patient, or answer that the entry stands.",
    passes=(Example("words of the author's own", samples.note()),),
    fails=(Example("a stock phrase", samples.with_other_block(description="Ther ex")),),
)
