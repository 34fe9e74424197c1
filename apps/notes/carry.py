"""What may be taken over from the patient's note before, and how it stays known that it was.

Only intent is carried: what is impaired, what it limits, the goal, the task that is planned and its set-up.
What was seen, done, measured, timed or judged belongs to the day on which it was. DECISIONS is the one list;
a field that is not in it fails a test. The patient's precautions are not here because no note holds them:
they stand on the patient, and so in every note as they are that day.

The words come from the signed entry, never from a working copy, and each keeps its origin on the block.
They are marked until they are changed or confirmed.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict

from apps.accounts.models import User
from apps.compliance import codes, words
from apps.ledger import chain
from apps.ledger.models import Kind, LedgerEntry
from apps.patients.merging import records_of

from .access import notes_visible_to
from .chart import Chart
from .kinds import CONTENTS
from .models import Block, Status

INTENT = "intent"
ONE_DAY = "of one day"
THE_ROW = "what a row is, and how it is kept"

DECISIONS: dict[str, dict[str, str]] = {
    "Block": {
        **dict.fromkeys(
            (
                "deficit_domains",
                "deficit",
                "limits",
                "goal",
                "activity",
                "position_used",
                "surface",
                "environment",
                "challenge",
            ),
            INTENT,
        ),
        **dict.fromkeys(
            (
                "minutes_therapist",
                "minutes_assistant",
                "minutes_together",
                "one_on_one",
                "starts_at",
                "ends_at",
                "timer",
                "modifiers",
                "units_billed",
                "dosage",
                "cues",
                "assistance_before",
                "assistance_after",
                "response",
                "progression",
                # Both say why this day's minutes were given beside the other codes of the day.
                "distinct",
                "purpose",
                "description",
            ),
            ONE_DAY,
        ),
        **dict.fromkeys(("id", "note", "position", "is_removed", "code", "inherited"), THE_ROW),
    },
    "MeasureTaken": {
        **dict.fromkeys(("value", "name", "words", "side", "condition"), ONE_DAY),
        **dict.fromkeys(("id", "note", "position", "is_removed", "key"), THE_ROW),
    },
    "Note": {
        **dict.fromkeys(
            (
                "starts_at",
                "ends_at",
                "total_minutes",
                "professional_in_room",
                "professional_treats_others",
                "supervision",
                "subjective",
                *(
                    f"{vital}_{when}"
                    for vital in ("systolic", "diastolic", "pulse", "oxygen")
                    for when in ("before", "after")
                ),
                "assessment",
                "plan",
                "home_program",
                "caregiver_training",
                "communication",
                "adverse_event",
                "adverse_event_action",
                "sections",
                "goal_reports",
                "unit_choice",
                "method_choice",
                "answers",
                "holds_billing",
                "discard_reason",
            ),
            ONE_DAY,
        ),
        **dict.fromkeys(
            (
                "id",
                "clinic",
                "visit",
                "discipline",
                "author",
                "kind",
                "presentation",
                "status",
                "revision",
                "started_at",
                "saved_at",
                "signed_by",
                "signed_at",
                "awaits_cosignature",
            ),
            THE_ROW,
        ),
    },
}
"""Model → field → whether it is carried. Every field of the draft's models is here."""

CARRIED = tuple(name for name, kind in DECISIONS["Block"].items() if kind == INTENT)

LABELS = {
    "deficit_domains": "What is impaired",
    "deficit": "Deficit",
    "limits": "What it limits",
    "goal": "Goal",
    "activity": "Task",
    "position_used": "Position",
    "surface": "Surface",
    "environment": "Environment",
    "challenge": "Challenge",
}

Value = str | list[str]


@dataclass(frozen=True)
class PlannedField:
    """One field of the earlier block: what goes into the form, and how it reads."""

    name: str
    value: Value
    shown: str

    @property
    def label(self) -> str:
        return LABELS[self.name]

    @property
    def values(self) -> list[str]:
        """The value as a form sends it."""
        return self.value if isinstance(self.value, list) else [self.value]

    @property
    def as_json(self) -> str:
        return json.dumps(self.values)


@dataclass(frozen=True)
class PlannedBlock:
    id: str
    code: str
    fields: tuple[PlannedField, ...]

    @property
    def label(self) -> str:
        return codes.label(self.code)

    @property
    def task(self) -> str:
        """What tells it from the others in a line."""
        by_name = {field.name: field.shown for field in self.fields}
        return by_name.get("activity") or by_name.get("deficit") or by_name.get("goal", "")

    def field(self, name: str) -> PlannedField | None:
        return next((field for field in self.fields if field.name == name), None)


@dataclass(frozen=True)
class Planned:
    """The intent of the patient's last signed note of the discipline, and whose it is."""

    note: str
    entry: int
    hash: str
    on: dt.date
    by: str
    blocks: tuple[PlannedBlock, ...]

    def block(self, id: str) -> PlannedBlock | None:
        return next((block for block in self.blocks if block.id == id), None)

    def origin(self, block: str, name: str) -> dict[str, Any] | None:
        """What a field keeps of where it came from; None when the earlier block has no such words."""
        planned = self.block(block)
        field = planned.field(name) if planned else None
        if field is None:
            return None
        return {
            "block": block,
            "note": self.note,
            "entry": self.entry,
            "hash": self.hash,
            "on": self.on.isoformat(),
            "by": self.by,
            "value": field.value,
        }


@dataclass
class Source:
    """Where a note's author may carry from. Asks the database only when somebody wants to know."""

    chart: Chart
    by: User

    @cached_property
    def planned(self) -> Planned | None:
        return planned_for(self.chart, self.by)


def planned_for(chart: Chart, by: User) -> Planned | None:
    """What can be carried into a note: of the last signed one before its day that `by` may read."""
    note = chart.note
    if not CONTENTS[note.kind].treats:
        return None
    earlier = notes_visible_to(by).filter(
        visit__patient__in=records_of(note.visit.patient_id),
        visit__served_on__lt=note.visit.served_on,
        discipline=note.discipline,
        status=Status.SIGNED,
        kind__in=[kind for kind, contents in CONTENTS.items() if contents.treats],
    )
    last = earlier.order_by("-visit__served_on", "-saved_at").values_list("pk", flat=True).first()
    if last is None:
        return None
    entries = LedgerEntry.objects.filter(document=last, clinic=note.clinic_id, kind=Kind.SIGN)
    entry = entries.order_by("-seq").first()
    if entry is None or not entry.payload:
        return None
    payload = chain.read(entry)
    blocks = tuple(planned_block(block, payload, chart) for block in payload["blocks"])
    signer = payload["signature"]
    return Planned(
        note=str(last),
        entry=entry.seq,
        hash=entry.hash,
        on=dt.date.fromisoformat(payload["visit"]["date_of_service"]),
        by=", ".join(filter(None, (signer["name"], signer["credential"]))),
        blocks=tuple(block for block in blocks if block.fields and codes.get(block.code)),
    )


def planned_block(signed: Mapping[str, Any], payload: Mapping[str, Any], chart: Chart) -> PlannedBlock:
    fields = []
    for name in CARRIED:
        said = signed.get(name)
        if not said:
            continue
        if name == "goal":
            field = planned_goal(said, payload, chart)
        elif name == "deficit_domains":
            field = planned_domains(said)
        else:
            field = PlannedField(name, said, said)
        if field:
            fields.append(field)
    return PlannedBlock(signed["id"], signed["code"], tuple(fields))


def planned_goal(number: int, payload: Mapping[str, Any], chart: Chart) -> PlannedField | None:
    """The goal of that number, if it is still the same goal: of the same plan, or in the same words."""
    plan = payload["plan_of_care"] or {}
    said = {goal["number"]: goal["words"] for goal in plan.get("goals", ())}
    same_plan = chart.plan is not None and chart.plan.starts_on.isoformat() == plan.get("starts_on")
    for goal in chart.goals:
        if goal.number == number and (same_plan or goal.words == said.get(number)):
            return PlannedField("goal", str(goal.pk), f"{goal.number} · {goal.words}")
    return None


def planned_domains(labels: list[str]) -> PlannedField | None:
    """The chosen chips. A signed note keeps their labels; one that is no choice any more is left behind."""
    keys = {label: key for key, label in words.choices("deficit_domains")}
    known = [label for label in labels if label in keys]
    if not known:
        return None
    return PlannedField("deficit_domains", [keys[label] for label in known], ", ".join(known))


# --- What the form sends ----------------------------------------------------------------------------------


def said_of(inherited: Mapping[str, Any]) -> dict[str, str]:
    """The two hidden fields of a block: which words were brought from where, and which are confirmed."""
    return {
        "brought": ",".join(f"{name}:{origin['block']}" for name, origin in inherited.items()),
        "confirmed": ",".join(name for name, origin in inherited.items() if origin["confirmed"]),
    }


def merged(
    stored: Mapping[str, Any], *, brought: str, confirmed: str, source: Source | None
) -> dict[str, dict[str, Any]]:
    """The origins of a block after a save. The signed note is believed, never the page."""
    kept: dict[str, dict[str, Any]] = {name: dict(origin) for name, origin in stored.items()}
    for name, block in pairs(brought):
        if name in kept and kept[name]["block"] == block:
            continue
        planned = source.planned if source else None
        origin = planned.origin(block, name) if planned else None
        if origin:
            kept[name] = origin
    names = set(confirmed.split(","))
    return {name: {**origin, "confirmed": name in names} for name, origin in kept.items()}


def pairs(brought: str) -> Iterator[tuple[str, str]]:
    for pair in brought.split(",")[: len(CARRIED)]:
        name, _, block = pair.partition(":")
        if name in CARRIED:
            yield name, block


# --- What became of it ------------------------------------------------------------------------------------

UNCONFIRMED, CONFIRMED, CHANGED = "unconfirmed", "confirmed", "changed"


def value_of(block: Block, name: str) -> Value:
    if name == "goal":
        return str(block.goal_id or "")
    value = getattr(block, name)
    return value if isinstance(value, list) else value.strip()


def state_of(block: Block, name: str) -> str:
    """unconfirmed, confirmed or changed; "" for words that are no longer there."""
    now, origin = value_of(block, name), block.inherited[name]
    was = origin["value"]
    if not now:
        return ""
    if now != (was if isinstance(was, list) else was.strip()):
        return CHANGED
    return CONFIRMED if origin["confirmed"] else UNCONFIRMED


def states(block: Block) -> dict[str, str]:
    """Field → what became of the words that were brought into it, in the order of the form."""
    found = {name: state_of(block, name) for name in CARRIED if name in block.inherited}
    return {name: state for name, state in found.items() if state}


def unconfirmed(blocks: Iterable[Block]) -> tuple[str, ...]:
    """Paths of the words that nobody has changed or confirmed."""
    return tuple(
        f"blocks.{block.pk}.{name}"
        for block in blocks
        for name, state in states(block).items()
        if state == UNCONFIRMED
    )


def provenance(block: Block) -> list[dict[str, Any]]:
    """The origins of a block as they are signed."""
    return [
        {
            "field": name,
            "note": block.inherited[name]["note"],
            "entry": block.inherited[name]["entry"],
            "hash": block.inherited[name]["hash"],
            "on": block.inherited[name]["on"],
            "by": block.inherited[name]["by"],
            "state": state,
        }
        for name, state in states(block).items()
    ]


@dataclass(frozen=True)
class Mark:
    """An inherited field as the editor shows it."""

    on: dt.date
    by: str
    is_open: bool


def marks(block: Block) -> dict[str, Mark]:
    return {
        name: Mark(
            on=dt.date.fromisoformat(block.inherited[name]["on"]),
            by=block.inherited[name]["by"],
            is_open=state == UNCONFIRMED,
        )
        for name, state in states(block).items()
        if state != CHANGED
    }


# --- The page's buttons, where no script runs ---------------------------------------------------------------


def with_buttons(data: QueryDict, source: Source, modifiers: str) -> None:
    """Turn the buttons `bring` and `confirm` into fields of the post, as the page's script does."""
    if (wanted := data.get("bring")) and source.planned:
        block, _, name = wanted.partition(".")
        for planned in source.planned.blocks:
            if (wanted == "all" and not is_brought(data, planned.id)) or (planned.id == block and not name):
                bring(data, planned, planned.fields, new_block(data, planned.code, modifiers))
            elif planned.id == block and (field := planned.field(name)):
                into = empty_in(data, planned.code, name) or new_block(data, planned.code, modifiers)
                bring(data, planned, (field,), into)
    if path := data.get("confirm"):
        block, name = path, ""
        if path.count(".") > 1:
            block, _, name = path.rpartition(".")
        names = [name] if name else [brought for brought, _ in pairs(data.get(f"{block}.brought", ""))]
        data[f"{block}.confirmed"] = joined(data.get(f"{block}.confirmed", ""), *names)


def is_brought(data: QueryDict, planned: str) -> bool:
    """Is there a block on the page that this one was brought into?"""
    return any(
        planned in data.get(f"blocks.{id}.brought", "") and data.get(f"blocks.{id}.removed") != "1"
        for id in data.getlist("blocks")
    )


def new_block(data: QueryDict, code: str, modifiers: str) -> str:
    id = str(uuid.uuid4())
    data.appendlist("blocks", id)
    data[f"blocks.{id}.code"] = code
    data[f"blocks.{id}.one_on_one"] = "on"
    data[f"blocks.{id}.modifiers"] = modifiers
    return id


def empty_in(data: QueryDict, code: str, name: str) -> str:
    """The first block of the code in which the field is empty: what somebody typed is never replaced."""
    for id in data.getlist("blocks"):
        path = f"blocks.{id}"
        is_of_code = data.get(f"{path}.code") == code and data.get(f"{path}.removed") != "1"
        if is_of_code and not any(words.strip() for words in data.getlist(f"{path}.{name}")):
            return id
    return ""


def bring(data: QueryDict, planned: PlannedBlock, fields: Iterable[PlannedField], into: str) -> None:
    for field in fields:
        data.setlist(f"blocks.{into}.{field.name}", field.values)
        path = f"blocks.{into}.brought"
        data[path] = joined(data.get(path, ""), f"{field.name}:{planned.id}")


def joined(said: str, *more: str) -> str:
    return ",".join(dict.fromkeys(filter(None, (*said.split(","), *more))))
