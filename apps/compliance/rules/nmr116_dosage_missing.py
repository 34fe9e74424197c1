"""No sets, repetitions, time or load.

Worth having when the next visit is compared with this one. It never interrupts.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import BlockFacts
from ..parts import has_words
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def check(block: BlockFacts, case: Case) -> Verdict:
    if has_words(block.dosage) or case.is_cut_short:
        return Pass("The dosage is charted, or the visit was cut short.")
    return Fail("No dosage is charted.")


RULE = Rule(
    code="NMR116",
    name="dosage-missing",
    title="Dosage not charted",
    topic="Task",
    severity=Severity.ADVICE,
    citation=sources.read("HNS on CPT 97112", "specific exercises with sets, repetitions or time"),
    looks_at=parts.neuromuscular("dosage"),
    check=check,
    fix="Chart the sets, repetitions or time, if you counted them.",
    passes=(Example("a dosage", samples.note()),),
    fails=(Example("no dosage", samples.with_block(dosage="")),),
    may_stop=True,
)
