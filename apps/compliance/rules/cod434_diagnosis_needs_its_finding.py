"""A sprain or an unstable ankle as the diagnosis, and no loss of proprioception in the note.

With a documented loss it carries 97112; without one a reviewer reads an exercise case.
This never asks for another diagnosis.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from .. import diagnoses, hints, samples, sources
from ..facts import NoteFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict

_LOSS = hints.beginnings(("propriocep", "joint position", "position sense", "kinesth", "kinaesth"))


def looks_at(case: Case) -> Iterator[Part[NoteFacts]]:
    if (
        case.neuromuscular
        and case.facts.diagnoses
        and diagnoses.needs_proprioception(case.facts.diagnoses[0])
    ):
        yield Part(case.neuromuscular[0].path("deficit"), case.facts, case.neuromuscular[0].id)


def check(facts: NoteFacts, case: Case) -> Verdict:
    carried = any(
        diagnoses.is_neuromotor(code) and not diagnoses.needs_proprioception(code) for code in facts.diagnoses
    )
    shown = any(
        {"proprioception", "kinesthetic_sense"}.intersection(block.deficit_domains)
        or _LOSS.is_in(block.deficit.lower())
        for block in case.neuromuscular
    )
    if carried or shown or any(measure.key == "joint_position_error" for measure in facts.measures):
        return Pass("The loss is in the note, or a further one carries it.")
    return Ask(
        f"{facts.diagnoses[0]} carries 97112 with a loss of proprioception. Is there one, and is it charted?",
        evidence=facts.diagnoses[0],
    )


RULE = Rule(
    code="COD434",
    name="diagnosis-needs-its-finding",
    title="Diagnosis without its finding",
    topic="Deficit and goal",
    severity=Severity.WARNING,
    citation=sources.not_read("Reviewers' practice", "M25.37 and S93.4 with documented proprioceptive loss"),
    looks_at=looks_at,
    check=check,
    fix="Chart the loss that you found, or answer that there is none.",
    passes=(
        Example(
            "proprioception chosen",
            samples.note(
                diagnoses=("S93.402D",), blocks=(samples.block(deficit_domains=("proprioception",)),)
            ),
        ),
        Example(
            "joint position in the deficit",
            samples.note(
                diagnoses=("M25.371",),
                blocks=(samples.block(deficit="Joint position sense, right ankle, 9 degrees off"),),
            ),
        ),
        Example(
            "measured",
            samples.note(
                diagnoses=("S93.402D",),
                measures=(samples.measure(key="joint_position_error", value=Decimal(7)),),
            ),
        ),
    ),
    fails=(
        Example("a sprain, balance alone", samples.note(diagnoses=("S93.402D",))),
        Example(
            "an unstable ankle",
            samples.note(diagnoses=("M25.371",), blocks=(samples.block(deficit_domains=("motor_control",)),)),
        ),
        Example("with pain beside it", samples.note(diagnoses=("S93.401A", "M25.571"))),
    ),
)
