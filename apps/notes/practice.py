"""The steps of a first note on a practice patient: where each is, and whether it is done.

A step points at the real editor and says what belongs there. It writes nothing for anybody, and what it calls
done is what the note holds, whoever and however it was written.
"""

from __future__ import annotations

from dataclasses import dataclass

from apps.compliance import codes
from apps.compliance.review import Review

from .chart import Chart

STUDENT_ALONE = "AUT603"
"""The rule that no word of a student's can answer: somebody else signs."""


@dataclass(frozen=True)
class Step:
    words: str
    place: str
    keys: str
    is_done: bool


def steps(charted: Chart, judged: Review) -> list[Step]:
    blocks = [block for block in charted.blocks if block.code == codes.NEUROMUSCULAR]
    cues = [cue for block in blocks for cue in block.cues]
    stops = [finding for finding in judged.open_blockers if finding.code != STUDENT_ALONE]

    def has_minutes(block) -> bool:
        return any((block.minutes_therapist, block.minutes_assistant, block.minutes_together))

    def filled(name: str) -> bool:
        return any(getattr(block, name) for block in blocks)

    return [
        Step("Add a 97112 block", "interventions", "Alt Shift B", bool(blocks)),
        Step("Give it its minutes", "block-rows", "Alt Shift =", any(map(has_minutes, blocks))),
        Step("Say what is impaired, and what it limits", "block-rows", "Enter", filled("deficit")),
        Step("Say what the patient did", "block-rows", "Enter", filled("activity")),
        Step(
            "Say what you did, and what was seen", "block-rows", "Enter", any(c.get("action") for c in cues)
        ),
        Step("Say how the patient responded", "block-rows", "Enter", filled("response")),
        Step("Enter the total minutes", "times", "Alt Shift 4", charted.note.total_minutes is not None),
        Step("Look at what is still missing", "readiness", "Alt Shift N", bool(blocks) and not stops),
    ]
