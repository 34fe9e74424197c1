"""97112 by a chiropractor on a day with manipulation.

Commercial payers that cover it want another region than the manipulation's. The note
says which.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import parts, samples, sources, units
from ..facts import BlockFacts, DayBlock
from ..parts import has_words
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    if case.facts.author.credential == "DC" and (case.policy is None or case.policy.family != "medicare"):
        for block in case.neuromuscular:
            yield Part(block.path("distinct"), block, block.id)


def check(block: BlockFacts, case: Case) -> Verdict:
    manipulation = parts.charted_codes(case) & {"98940", "98941", "98942", "98943"}
    if not manipulation or has_words(block.distinct):
        return Pass("No manipulation, or the block says why it is separate.")
    return Ask(
        f"97112 beside {units.listed(sorted(manipulation))}. Was it for another region, and is that said?",
        evidence=" ".join(sorted(manipulation)),
    )


RULE = Rule(
    code="AUT612",
    name="chiropractor-with-manipulation",
    title="97112 beside manipulation",
    topic="Author",
    severity=Severity.WARNING,
    citation=sources.not_read("Commercial payers on chiropractors", "separate region from the manipulation"),
    looks_at=looks_at,
    check=check,
    fix="Say which region each was for.",
    passes=(
        Example("no manipulation", samples.note(payer="aetna", author=samples.author(credential="DC"))),
        Example(
            "the block says why it is separate",
            samples.note(
                payer="aetna",
                author=samples.author(credential="DC"),
                blocks=(samples.block(), samples.other_block(code="98940")),
            ),
        ),
        Example(
            "manipulation on no line",
            samples.note(
                payer="cigna", author=samples.author(credential="DC"), blocks=(samples.block(distinct=""),)
            ),
        ),
    ),
    fails=(
        Example(
            "manipulation, nothing said",
            samples.note(
                payer="aetna",
                author=samples.author(credential="DC"),
                blocks=(samples.block(distinct=""), samples.other_block(code="98940")),
            ),
        ),
        Example(
            "in another note of the day",
            samples.note(
                payer="aetna",
                author=samples.author(credential="DC"),
                blocks=(samples.block(distinct=""),),
                same_day=(DayBlock("n2", "98941"),),
            ),
        ),
        Example(
            "extremity manipulation",
            samples.note(
                payer="cigna",
                author=samples.author(credential="DC"),
                blocks=(samples.block(distinct=" "), samples.other_block(code="98943")),
            ),
        ),
    ),
)
