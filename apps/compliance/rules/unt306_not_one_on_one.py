"""A code that needs one-on-one contact, charted without it.

Its minutes earn no unit. Group treatment has a code of its own.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import BlockFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    if block.one_on_one:
        return Pass("One-on-one.")
    return Fail(f"{block.code} needs one-on-one contact; these minutes are not counted.")


RULE = Rule(
    code="UNT306",
    name="not-one-on-one",
    title="Not one-on-one",
    topic="Units",
    severity=Severity.WARNING,
    citation=sources.read("HNS and AAPC on 97112", "direct one-on-one contact"),
    looks_at=parts.timed("one_on_one"),
    check=check,
    fix="If it was a group, chart it as a group; if the tick is wrong, correct it.",
    passes=(Example("one-on-one", samples.note()),),
    fails=(Example("not one-on-one", samples.with_block(one_on_one=False)),),
)
