"""Charting a note from a file of content, with the same actions that the editor calls.

In the content a block or measure has the names of the model's fields. A few
things are worked out here, as a therapist's form proposes them: the discipline's
modifier, and the total of the blocks' minutes.
"""

from __future__ import annotations

import re
import tomllib
import uuid
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from apps.accounts.models import User
from apps.compliance.review import Review, review
from apps.ledger.models import LedgerEntry
from apps.notes import actions, chart, facts, forms, record
from apps.notes.models import Note
from apps.notes.policy import policy_of

CONTENT = Path(__file__).resolve().parent / "content"
MODIFIERS = {"PT": "GP", "OT": "GO"}
MINUTES = ("minutes_therapist", "minutes_assistant", "minutes_together")


@cache
def content(name: str) -> dict[str, Any]:
    """A file of the content folder: `content("patients/stroke")`."""
    return tomllib.loads((CONTENT / f"{name}.toml").read_text(encoding="utf-8"))


def names_of_patients() -> list[str]:
    return sorted(path.stem for path in (CONTENT / "patients").glob("*.toml"))


def write(note: Note, content: dict[str, Any], *, by: User) -> Note:
    """Save the content into the draft as one save of the editor, and read the note anew."""
    goals = {goal.number: goal.pk for goal in chart.load(note).goals}
    blocks = [_block(row, note, goals) for row in content.get("blocks", ())]
    values = {name: content[name] for name in forms.NoteForm.base_fields if name in content}
    if blocks and content.get("is_complete", True):
        values.setdefault("total_minutes", sum(row.get(name) or 0 for row in blocks for name in MINUTES))
    actions.save_draft(
        note=note,
        by=by,
        revision=note.revision,
        operation=str(uuid.uuid4()),
        values=forms.DraftValues(
            note=values, blocks=blocks, measures=[_measure(row) for row in content.get("measures", ())]
        ),
    )
    return read(note)


def by_whom(content: dict[str, Any], person: User) -> dict[str, Any]:
    """The content with its minutes given by `person`: an assistant's count as the assistant's."""
    if person.credential not in ("PTA", "OTA"):
        return content
    modifiers = {"PTA": "GP CQ", "OTA": "GO CO"}[person.credential]
    blocks = []
    for row in content["blocks"]:
        row = {**row, "modifiers": modifiers, "minutes_assistant": row["minutes_therapist"]}
        blocks.append({name: value for name, value in row.items() if name != "minutes_therapist"})
    return {**content, "blocks": blocks}


def _block(row: dict[str, Any], note: Note, goals: dict[int, Any]) -> dict[str, Any]:
    values = {"id": uuid.uuid4(), "modifiers": MODIFIERS[note.discipline], **row}
    if "goal" in values:
        values["goal_id"] = goals[values.pop("goal")]
    values["cues"] = [dict(cue) for cue in row.get("cues", ())]
    return values


def _measure(row: dict[str, Any]) -> dict[str, Any]:
    value = row.get("value")
    return {"id": uuid.uuid4(), **row, "value": None if value is None else Decimal(str(value))}


def read(note: Note) -> Note:
    return chart.with_surroundings(Note.objects).get(pk=note.pk)


def judged(note: Note, *, signer: User | None = None) -> Review:
    return review(facts.of(chart.load(note), signer=signer), policy_of(note.clinic_id))


def sign(note: Note, content: dict[str, Any], *, by: User) -> LedgerEntry:
    """Answer what the content has answers for, and sign. `answers` there go by the rule's code."""
    if choice := content.get("unit_choice"):
        actions.choose_units(note=note, by=by, codes=tuple(choice))
    if method := content.get("method_choice"):
        actions.choose_units(note=note, by=by, method=method)
    note = read(note)
    given = content.get("answers", {})
    found = {f.key: given[f.code] for f in judged(note, signer=by).open if f.code in given}
    if found:
        actions.answer(note=note, by=by, answers=found)
        note = read(note)
    return actions.sign(note=note, by=by, preview=record.preview_digest(record.payload_of(note)))


def open_findings(note: Note, *, signer: User | None = None) -> list[str]:
    """What still stands before the signature, for whoever writes content."""
    return [
        f"{finding.code} at {re.sub(r'[0-9a-f-]{36}', '…', finding.path)}: {finding.message}"
        for finding in judged(note, signer=signer).open
    ]
