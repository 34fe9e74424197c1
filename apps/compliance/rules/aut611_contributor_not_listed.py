"""Somebody gave minutes and is not among those who took part.

The note lists each person who contributed.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources, units
from ..facts import BlockFacts, ContributorFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    if case.facts.contributors is not None:
        for block in case.facts.blocks:
            yield Part("contributors", block, block.id)


def check(block: BlockFacts, case: Case) -> Verdict:
    author = case.facts.author.credential
    present = {author, *(one.credential for one in case.facts.contributors or ())}
    missing = [credential for credential in dict.fromkeys(block.given_by) if credential not in present]
    has_assistant = bool(block.minutes_assistant or block.minutes_together)
    if has_assistant and not present & {"PTA", "OTA"}:
        missing.append("the assistant")
    if not missing:
        return Pass("Everybody is listed.")
    return Fail(
        f"{block.code}: {units.listed(missing)} gave minutes and is not listed.",
        evidence=f"{block.id} {' '.join(missing)}",
    )


RULE = Rule(
    code="AUT611",
    name="contributor-not-listed",
    title="Contributor not listed",
    topic="Author",
    severity=Severity.WARNING,
    citation=sources.TREATMENT_NOTE,
    looks_at=looks_at,
    check=check,
    fix="List everybody who took part.",
    passes=(
        Example("nobody else", samples.note(contributors=())),
        Example(
            "the assistant listed",
            samples.note(
                contributors=(ContributorFacts("PTA"),), blocks=(samples.block(minutes_assistant=10),)
            ),
        ),
        Example(
            "the author is the assistant",
            samples.note(
                author=samples.author(credential="PTA"),
                contributors=(),
                blocks=(samples.block(minutes_assistant=24, minutes_therapist=None),),
            ),
        ),
    ),
    fails=(
        Example(
            "an assistant's minutes",
            samples.note(contributors=(), blocks=(samples.block(minutes_assistant=10),)),
        ),
        Example(
            "minutes together",
            samples.note(
                contributors=(ContributorFacts("STUDENT"),), blocks=(samples.block(minutes_together=10),)
            ),
        ),
        Example(
            "somebody in the block",
            samples.note(contributors=(), blocks=(samples.block(given_by=("PT", "STUDENT")),)),
        ),
    ),
)
