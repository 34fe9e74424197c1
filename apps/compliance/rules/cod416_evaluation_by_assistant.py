"""An evaluation in an assistant's note.

Assistants treat under a plan; evaluating and setting the plan is the therapist's.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import codes, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[BlockFacts]]:
    for block in case.facts.blocks:
        if block.code in codes.EVALUATIONS:
            yield Part(block.path("code"), block, block.id)


def check(block: BlockFacts, case: Case) -> Verdict:
    credential = case.facts.author.credential
    if credential in ("PTA", "OTA"):
        return Fail(f"{block.code} is charted by {credential}.", evidence=f"{block.code} {credential}")
    if block.minutes_assistant:
        return Fail(
            f"{block.code} has minutes of an assistant.", evidence=f"{block.code} {block.minutes_assistant}"
        )
    return Pass("By a therapist.")


RULE = Rule(
    code="COD416",
    name="evaluation-by-assistant",
    title="Evaluation by an assistant",
    topic="Author",
    severity=Severity.WARNING,
    citation=sources.not_read("CMS Pub. 100-02 ch.15", "§220 and §230: evaluations are the clinician's"),
    looks_at=looks_at,
    check=check,
    fix="The therapist who evaluated charts it; an assistant's minutes are left out of it.",
    passes=(
        Example("a therapist's evaluation", samples.with_other_block(code="97161")),
        Example(
            "a therapist's re-evaluation in OT",
            samples.note(
                discipline="OT",
                author=samples.author(credential="OT", discipline="OT"),
                blocks=(samples.other_block(code="97168", modifiers=("GO",)),),
            ),
        ),
        Example(
            "minutes together with the assistant", samples.with_other_block(code="97164", minutes_together=5)
        ),
    ),
    fails=(
        Example(
            "by a PTA",
            samples.note(
                author=samples.author(credential="PTA"),
                blocks=(samples.block(), samples.other_block(code="97164")),
            ),
        ),
        Example(
            "by an OTA",
            samples.note(
                author=samples.author(credential="OTA", discipline="OT"),
                blocks=(samples.other_block(code="97165"),),
            ),
        ),
        Example("an assistant's minutes in it", samples.with_other_block(code="97161", minutes_assistant=10)),
    ),
    hold_billing=True,
)
