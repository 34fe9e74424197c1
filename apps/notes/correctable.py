"""The fields of a signed payload that a correction can name, each with what it says.

A correction never types what the record said: it names a field here, and the words come from the entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from apps.ledger.amendments import Later

LABELS = {
    "subjective": "Subjective",
    "assessment": "Assessment",
    "plan": "Plan",
    "home_program": "Home program",
    "caregiver_training": "Caregiver training",
    "communication": "Communication",
    "adverse_event": "Adverse event",
    "adverse_event_action": "What was done about it",
    "visit.date_of_service": "Date of service",
    "visit.starts_at": "Start",
    "visit.ends_at": "End",
    "times.total_minutes": "Total treatment minutes",
    "visit.professional_in_room": "With the student the whole session",
    "visit.professional_treats_others": "Treating others meanwhile",
    "visit.supervision_label": "Supervision of the assistant",
    # of a plan of care
    "plan.established_on": "Established on",
    "plan.through_on": "Through",
    "onset_on": "Onset",
    "prior_level": "Prior level of function",
    "precautions": "Precautions",
    "potential_because": "Rehabilitation potential",
    "treatment": "Type of treatment",
    "frequency": "Frequency and duration",
    "skill": "Why a therapist's skill is needed",
}
VITALS = {
    "systolic": "systolic",
    "diastolic": "diastolic",
    "pulse": "heart rate",
    "oxygen": "oxygen saturation",
}
BLOCK = {
    "code": "code",
    "minutes_therapist": "therapist's minutes",
    "minutes_assistant": "assistant's minutes",
    "minutes_together": "minutes together",
    "starts_at": "start",
    "ends_at": "end",
    "units_billed": "units entered",
    "deficit": "deficit",
    "limits": "what it limits",
    "goal": "goal",
    "activity": "task",
    "position_used": "position",
    "surface": "surface",
    "environment": "environment",
    "challenge": "challenge",
    "dosage": "dosage",
    "assistance_before": "assistance before",
    "assistance_after": "assistance after",
    "response": "response",
    "progression": "progression",
    "distinct": "why distinct",
    "purpose": "purpose",
    "description": "what was done",
}
CUE = {"kind": "kind", "action": "what was done", "error": "the error", "seen": "what was seen"}


@dataclass(frozen=True)
class Said:
    path: str
    label: str
    words: str


def fields_of(payload: dict[str, Any], later: Later | None = None) -> list[Said]:
    """Every field that says something, in the order of the document, as corrected so far."""
    corrected = {
        one.path: one.should_say
        for amendment in (later.amendments if later else ())
        for one in amendment.corrections
    }
    return [
        Said(path, label, corrected.get(path, str(value)))
        for path, label, value in _walk(payload)
        if value not in (None, "")
    ]


def field_of(payload: dict[str, Any], path: str, later: Later | None = None) -> Said | None:
    return next((said for said in fields_of(payload, later) if said.path == path), None)


def _walk(payload: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for path, label in LABELS.items():
        value: Any = payload
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if not isinstance(value, dict | list):
            yield path, label, value
    for when, taken in payload.get("vitals", {}).items():
        for name, label in VITALS.items():
            yield f"vitals.{when}.{name}", f"Vital signs {when}: {label}", taken[name]
    for number, row in enumerate(payload.get("sections", ())):
        yield f"sections.{number}", row["label"], row["words"]
    for number, row in enumerate(payload.get("measures", ())):
        name = row["name"] or row["label"]
        yield f"measures.{number}.value", f"{name}: value", row["value"]
        yield f"measures.{number}.words", f"{name}: words", row["words"]
    for number, row in enumerate(payload.get("goal_reports", ())):
        yield f"goal_reports.{number}.status", f"Goal {row['number']}: status", row["status"]
        yield f"goal_reports.{number}.words", f"Goal {row['number']}: words", row["words"]
    for number, row in enumerate(payload.get("blocks", ())):
        at = f"Block {number + 1}, {row['code']}"
        yield f"blocks.{number}.modifiers", f"{at}: modifiers", " ".join(row["modifiers"])
        for name, label in BLOCK.items():
            yield f"blocks.{number}.{name}", f"{at}: {label}", row[name]
        for place, cue in enumerate(row["cues"]):
            for name, label in CUE.items():
                yield f"blocks.{number}.cues.{place}.{name}", f"{at}, cue {place + 1}: {label}", cue[name]
    for number, row in enumerate(payload.get("goals", ())):
        yield f"goals.{number}.words", f"Goal {row['number']}", row["words"]
