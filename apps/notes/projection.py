"""Does the working copy of each signed note still say what was signed?

Nothing that shows or prints a signed note reads the working copy, but baselines
of measures and the minutes of a day do, and somebody who edits rows expects it
to work. Registered with the ledger, which knows no notes, when it verifies.

Only what a person entered is compared. Labels, sums and findings are made from
code that may change with a release; they stand in the payload as they were.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef

from apps.compliance import words
from apps.episodes.models import Goal
from apps.ledger import projections, rows
from apps.ledger.models import Kind, LedgerEntry
from apps.ledger.projections import Compared

from . import record
from .kinds import CONTENTS, NoteKind, prompts_of
from .models import RECORD, Block, MeasureTaken, Note, Status

BATCH = 250
TYPES = tuple(dict.fromkeys(contents.document_type for contents in CONTENTS.values()))
"""Under which types of document notes are signed."""

TEXTS = (
    "discipline",
    "subjective",
    "assessment",
    "plan",
    "home_program",
    "caregiver_training",
    "communication",
    "adverse_event",
    "adverse_event_action",
)
VITALS = tuple(f"{name}_{when}" for when in ("before", "after") for name in record.VITALS)
NOTE_FIELDS = (
    "id",
    "clinic_id",
    "kind",
    "status",
    "starts_at",
    "ends_at",
    "total_minutes",
    "holds_billing",
    "sections",
    "goal_reports",
    "signed_by_id",
    "awaits_cosignature",
)
BLOCK_AS_IS = (
    "code",
    "minutes_therapist",
    "minutes_assistant",
    "minutes_together",
    "one_on_one",
    "units_billed",
    "deficit",
    "limits",
    "activity",
    "position_used",
    "surface",
    "environment",
    "challenge",
    "dosage",
    "response",
    "progression",
    "distinct",
    "purpose",
    "description",
)
BLOCK_FIELDS = (
    *BLOCK_AS_IS,
    "id",
    "note_id",
    "starts_at",
    "ends_at",
    "modifiers",
    "deficit_domains",
    "cues",
    "assistance_before",
    "assistance_after",
)
MEASURE_FIELDS = ("id", "note_id", "key", "value", "side", "condition", "name", "words")


def clinics(*, using: str) -> list[str]:
    found = Note.objects.using(using).filter(status__in=RECORD).values_list("clinic", flat=True)
    return [str(clinic) for clinic in found.order_by().distinct()]


def compare(*, clinic: str, using: str) -> Iterator[Compared]:
    """Every signed note of a clinic beside its signature, and every signature without a note."""
    times: Counter[str] = Counter()
    later = _later(clinic, using)
    entries = rows.entries(clinic, using, signing=TYPES)
    while batch := list(islice(entries, BATCH)):
        found = _notes([row.document for row in batch], using)
        for row in batch:
            document = row.document.decode(errors="replace")
            times[document] += 1
            said = later.get(document, [])
            yield _compared(row, document, found.get(document), clinic, times[document], said)
            yield from _wrongly_referring(document, row, said)
    yield from _without_signature(clinic, using)
    for document in sorted(later.keys() - times.keys()):
        for one in later[document]:
            # A late entry may be about a draft that nobody who was there is left to sign.
            if one.kind != Kind.LATE_ENTRY:
                problem = f"Entry {one.seq} is about note {document}, and nobody signed that note."
                yield Compared(document, one.seq, problem=problem)


@dataclass(frozen=True)
class _Later:
    """An entry about a note after its signature: what the working copy must agree with."""

    seq: int | None
    hash: bytes
    kind: str
    ref_hash: bytes
    asks: bool


def _later(clinic: str, using: str) -> dict[str, list[_Later]]:
    found: dict[str, list[_Later]] = defaultdict(list)
    for row in rows.entries(clinic, using, amending=TYPES):
        kind = row.kind.decode(errors="replace")
        one = _Later(row.number, row.hash, kind, row.ref_hash, _asks(row.payload))
        if kind != Kind.REDACT:
            found[row.document.decode(errors="replace")].append(one)
    return found


def _asks(payload: bytes) -> bool:
    try:
        return bool(json.loads(payload).get("cosignature_asked"))
    except (ValueError, AttributeError):
        return False  # redacted or damaged: verifying the chain tells which


def _awaits(signed, payload: dict[str, Any], later: list[_Later]) -> bool:
    """Is a cosignature asked for by an entry that no later cosignature covers?"""
    numbers = {signed.hash: signed.number or 0, **{one.hash: one.seq or 0 for one in later}}
    asked = [numbers[signed.hash]] if payload.get("cosignature_asked") else []
    for one in later:
        if one.kind == Kind.VOID:
            return False
        if one.kind == Kind.COSIGN:
            asked = [seq for seq in asked if seq > numbers.get(one.ref_hash, 0)]
        elif one.asks:
            asked.append(one.seq or 0)
    return bool(asked)


def _wrongly_referring(document: str, signed, later: list[_Later]) -> Iterator[Compared]:
    known = {signed.hash}
    for one in later:
        if one.ref_hash not in known and not (one.kind == Kind.LATE_ENTRY and not one.ref_hash):
            problem = f"Entry {one.seq} refers to an entry that is none of note {document}."
            yield Compared(document, one.seq, problem=problem)
        known.add(one.hash)


def _without_signature(clinic: str, using: str) -> Iterator[Compared]:
    signatures = LedgerEntry.objects.filter(
        document=OuterRef("pk"),
        clinic=OuterRef("clinic"),
        kind=Kind.SIGN,
        document_type__in=TYPES,
    )
    forged = Note.objects.using(using).filter(~Exists(signatures), clinic=clinic, status__in=RECORD)
    for pk in forged.order_by("pk").values_list("pk", flat=True).iterator():
        problem = f"Note {pk} is marked as signed, and nobody signed it: the record holds no signature of it."
        yield Compared(str(pk), None, problem=problem)


def _notes(documents: list[bytes], using: str) -> dict[str, dict[str, Any]]:
    """Notes with their blocks and measures as plain rows, by id."""
    ids = []
    for document in documents:
        try:
            ids.append(uuid.UUID(document.decode()))
        except ValueError:
            continue  # no note has such an id, and that is what will be said
    notes = Note.objects.using(using).filter(pk__in=ids)
    found = {
        str(row["id"]): {**row, "blocks": {}, "measures": {}}
        for row in notes.values(
            *NOTE_FIELDS, *TEXTS, *VITALS, *record.IN_THE_ROOM, "visit__served_on", "visit__patient_id"
        )
    }
    for name, model, columns in (("blocks", Block, BLOCK_FIELDS), ("measures", MeasureTaken, MEASURE_FIELDS)):
        for row in model.objects.using(using).filter(note__in=ids, is_removed=False).values(*columns):
            if note := found.get(str(row["note_id"])):
                note[name][str(row["id"])] = row
    return found


def _compared(
    row, document: str, note: dict[str, Any] | None, clinic: str, time: int, later: list[_Later]
) -> Compared:
    number = row.number
    if time > 1:
        return Compared(
            document, number, problem=f"Note {document} was signed more than once: entry {number}."
        )
    if note is None:
        problem = f"Entry {number} signs note {document}, and that note is gone. The signed words are intact."
        return Compared(document, number, problem=problem)
    if not row.payload:
        return Compared(document, number)  # redacted, or taken out: verifying the chain tells which
    try:
        payload = json.loads(row.payload)
        awaits = _awaits(row, payload, later)
        differences = _differences(note, payload, clinic, later, awaits)
        return Compared(document, number, tuple(differences))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Compared(document, number, problem=f"Entry {number} cannot be read as a note.")


def _differences(
    note: dict[str, Any], payload: dict[str, Any], clinic: str, later: list[_Later], awaits: bool
) -> Iterator[str]:
    """Names of what differs. A name that an older payload does not have is not compared."""
    signed = {name: payload[name] for name in TEXTS if name in payload}
    signed |= {
        "discipline": payload["note"]["discipline"],
        "id": payload["note"]["id"],
        "kind": payload["note"]["type"],
        "date of service": payload["visit"]["date_of_service"],
        "patient": payload["patient"]["id"],
        "start": payload["visit"]["starts_at"],
        "end": payload["visit"]["ends_at"],
        "total minutes": payload["times"]["total_minutes"],
        "billing hold": payload["review"]["holds_billing"],
        "clinic": clinic,
        "status": Status.VOIDED if any(one.kind == Kind.VOID for one in later) else Status.SIGNED,
        "signer": payload["signature"]["user"],
        "awaits cosignature": awaits,
    }
    signed |= {name: payload["visit"][name] for name in record.IN_THE_ROOM if name in payload["visit"]}
    signed |= {
        f"{name}_{when}": payload["vitals"][when][name]
        for when in payload["vitals"]
        for name in record.VITALS
    }
    copy = {
        **note,
        "id": str(note["id"]),
        "date of service": record.day(note["visit__served_on"]),
        "patient": str(note["visit__patient_id"]),
        "start": record.hour(note["starts_at"]),
        "end": record.hour(note["ends_at"]),
        "total minutes": note["total_minutes"],
        "billing hold": note["holds_billing"],
        "signer": str(note["signed_by_id"] or ""),
        "awaits cosignature": note["awaits_cosignature"],
        "clinic": str(note["clinic_id"]),
    }
    if signed["kind"] == "note":  # as it was called while there was one kind
        signed["kind"] = NoteKind.TREATMENT
    for name, value in signed.items():
        if copy[name] != value:
            yield name.replace("_", " ")
    yield from _sections_differ(note, payload.get("sections", []))
    if not _goals_are_there(note["goal_reports"].values(), payload.get("goal_reports", [])):
        yield "goal reports"
    yield from _rows_differ("block", note["blocks"], payload["blocks"], _block_differs)
    # A measure had no id in the payload: those of one key are told apart by what they say.
    yield from _measures_differ(note["measures"].values(), payload["measures"])


def _sections_differ(note: dict[str, Any], signed: list[dict[str, str]]) -> Iterator[str]:
    said = {row["key"]: row["words"] for row in signed}
    # Words under a prompt that this kind of note does not have are in no payload.
    asked = {*said, *(prompt.key for prompt in prompts_of(note["kind"]))}
    for key in sorted(asked):
        if note["sections"].get(key, "") != said.get(key, ""):
            yield key.replace("_", " ")


def _goals_are_there(copies, signed: list[dict[str, Any]]) -> bool:
    """Is each report that was signed among the copies? The payload knows goals by number, the copy by id."""
    labels = set(Goal.Status.labels)
    now = Counter((_status(copy.get("status", "")), copy.get("words", "")) for copy in copies)
    reworded = Counter(copy.get("words", "") for copy in copies)
    for report in signed:
        if report["status"] in (*labels, ""):
            seen, what = now, (report["status"], report["words"])
        else:
            seen, what = reworded, report["words"]
        if not seen[what]:
            return False
        seen[what] -= 1
    return True


def _status(key: str) -> str:
    return dict(Goal.Status.choices).get(key, key)


def _rows_differ(what: str, copies: dict[str, dict], signed: list[dict], differ) -> Iterator[str]:
    by_id = {row["id"]: row for row in signed}
    for position, id in enumerate(by_id, start=1):
        if id not in copies:
            yield f"{what} {position} is gone"
        else:
            yield from (f"{what} {position}: {name}" for name in differ(copies[id], by_id[id]))
    if added := len(copies.keys() - by_id.keys()):
        yield f"{added} {what} added"


def _block_differs(copy: dict[str, Any], signed: dict[str, Any]) -> Iterator[str]:
    entered = {name: copy[name] for name in BLOCK_AS_IS}
    entered |= {
        "starts_at": record.hour(copy["starts_at"]),
        "ends_at": record.hour(copy["ends_at"]),
        "modifiers": copy["modifiers"].upper().replace(",", " ").split(),
    }
    for name, value in entered.items():
        if name in signed and signed[name] != value:
            yield name.replace("_", " ")
    for name in ("assistance_before", "assistance_after"):
        if not _same_choice("assistance", copy[name], signed[name]):
            yield name.replace("_", " ")
    domains = signed["deficit_domains"]
    if len(domains) != len(copy["deficit_domains"]) or not all(
        _same_choice("deficit_domains", *pair) for pair in zip(copy["deficit_domains"], domains, strict=True)
    ):
        yield "deficit domains"
    cues = [cue for cue in copy["cues"] if any(cue.values())]
    if len(cues) != len(signed["cues"]) or not all(map(_same_cue, cues, signed["cues"])):
        yield "cues"


def _same_cue(copy: dict[str, str], signed: dict[str, str]) -> bool:
    return (
        all(copy.get(name, "") == signed[name] for name in ("action", "error", "seen"))
        and _same_choice("cue_kinds", copy.get("kind", ""), signed["kind"])
        and _same_choice("cue_effects", copy.get("effect", ""), signed["effect"])
    )


def _same_choice(name: str, key: str, label: str) -> bool:
    """A label that no choice has today was reworded since, and says nothing about the stored key."""
    return words.label(name, key) == label or label not in (*dict(words.choices(name)).values(), "")


def _measures_differ(copies, signed: list[dict[str, Any]]) -> Iterator[str]:
    said = defaultdict(Counter)
    for row in signed:
        # An older payload has neither side nor condition: they were not asked for.
        place = row.get("side", ""), row.get("condition", "")
        said[row["key"]][row["value"], *place, row["name"], row["words"]] += 1
    now = defaultdict(Counter)
    for row in copies:
        place = row["side"], row["condition"]
        now[row["key"]][record.number(row["value"]), *place, row["name"], row["words"]] += 1
    for key in sorted({*said, *now}):
        if said[key] != now[key]:
            yield f"measure {key}"


projections.register(projections.Projection(name="note", clinics=clinics, compare=compare))
