"""A signed note as a FHIR R4 document bundle: what its ledger entries say, as other systems read it.

From the entries alone, so the same entries give the same bytes; nothing is looked up and nothing is added.
Typed words come out as they went in, except that a control character, which FHIR cannot hold, is written as
U+FFFD: the exact words are in the entry beside it. What is not in the payload is left out, not guessed.

This module has the bundle and the resources around the treatment; fhir_care.py those of the treatment itself;
fhir_shelf.py where they are gathered.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import replace
from html import escape
from typing import Any

from apps.ledger import amendments, chain
from apps.ledger.models import Kind, LedgerEntry
from apps.notes.document import SCHEMA, NoteDocument, Row, document_of

from . import fhir_care
from .fhir_shelf import HL7, Resource, Shelf, system, terms

GENDERS = {"F": "female", "M": "male"}
"""`X` says other or not stated, and so no gender that FHIR knows."""

ACTIVITIES = {
    Kind.SIGN: ("v3-DocumentCompletion", "LA"),
    Kind.COSIGN: ("v3-DocumentCompletion", "LA"),
    Kind.ADDENDUM: ("v3-DataOperation", "APPEND"),
    Kind.LATE_ENTRY: ("v3-DataOperation", "APPEND"),
    Kind.CORRECTION: ("v3-DataOperation", "UPDATE"),
    Kind.VOID: ("v3-DataOperation", "NULLIFY"),
}
TYPES = {
    Kind.COSIGN: "verifier",
}
"""What the person of an entry did, where it is not `author`."""

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def bundle(entries: Sequence[LedgerEntry]) -> Resource | None:
    """The bundle of a note's entries, in their order. None for another document, and for a note whose signed
    words were removed by a court's order."""
    signed = next((one for one in reversed(entries) if one.kind == Kind.SIGN and one.payload), None)
    if signed is None:
        return None
    payload = chain.read(signed)
    if payload["schema"] != SCHEMA:
        return None
    later = amendments.later(entries)
    document = replace(document_of(payload, signed), later=later)
    shelf = Shelf(payload["note"]["id"], str(signed.clinic), payload)
    shelf.is_void = later.void is not None
    shelf.put("Composition", payload["note"]["id"])  # first: a document bundle begins with it
    _around(shelf)
    care = fhir_care.of(shelf)
    shelf.put("Composition", payload["note"]["id"], **_composition(shelf, document, care, entries))
    _document_reference(shelf, document, entries)
    _provenances(shelf, entries)
    last = entries[-1]
    whole = {
        "resourceType": "Bundle",
        "id": str(uuid.uuid5(shelf.note, last.hash)),
        "identifier": {"system": f"urn:uuid:{shelf.clinic}", "value": last.hash},
        "type": "document",
        "timestamp": last.recorded_at,
        "entry": [{"fullUrl": f"urn:uuid:{id}", "resource": one} for id, one in shelf.resources.items()],
    }
    return kept(whole)


def file_of(entries: Sequence[LedgerEntry]) -> bytes | None:
    """The bundle's bytes: the same for the same entries."""
    found = bundle(entries)
    return None if found is None else (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()


def kept(value: Any) -> Any:
    """Without what is empty: FHIR holds no empty text, list or object."""
    if isinstance(value, dict):
        inner = {name: kept(part) for name, part in value.items()}
        return {name: part for name, part in inner.items() if part not in (None, "", [], {})}
    if isinstance(value, list | tuple):
        return [part for part in map(kept, value) if part not in (None, "", [], {})]
    return UNPRINTABLE.sub("\ufffd", value) if isinstance(value, str) else value


# --- Whose, where and for whom ----------------------------------------------------------------------------


def _around(shelf: Shelf) -> None:
    payload = shelf.payload
    patient, clinic, payer = payload["patient"], payload["clinic"], payload["payer"]
    shelf.put(
        "Patient",
        patient["id"],
        identifier=[
            {
                "type": {"coding": [{"system": f"{HL7}v2-0203", "code": "MR"}]},
                "system": f"urn:uuid:{shelf.clinic}",
                "value": patient["mrn"],
            }
        ],
        name=[{"family": patient["family_name"], "given": [patient["given_name"]]}],
        gender=GENDERS.get(patient["sex"], "unknown"),
        birthDate=patient["born_on"],
    )
    shelf.put(
        "Organization",
        shelf.id("clinic"),
        identifier=[{"system": "http://hl7.org/fhir/sid/us-npi", "value": clinic["npi"]}]
        if clinic["npi"]
        else [],
        name=clinic["name"],
        telecom=[{"system": "phone", "value": clinic["phone"]}] if clinic["phone"] else [],
        address=[{"text": clinic["address"]}] if clinic["address"] else [],
    )
    if payer:
        shelf.put(
            "Coverage",
            shelf.id("coverage"),
            status="active",
            subscriberId=payer["member_number"],
            beneficiary=shelf.patient,
            payor=[{"display": payer["name"]}],
        )


# --- The document -----------------------------------------------------------------------------------------


def _composition(
    shelf: Shelf, document: NoteDocument, care: fhir_care.Care, entries: Sequence[LedgerEntry]
) -> Resource:
    payload, signature = shelf.payload, shelf.payload["signature"]
    known = terms()["notes"].get(payload["note"]["discipline"])
    coding = [{"system": system("loinc"), "code": known["code"], "display": known["label"]}] if known else []
    later = document.later
    return {
        "identifier": {"system": f"urn:uuid:{shelf.clinic}", "value": payload["note"]["id"]},
        "status": shelf.status("amended" if later.amendments else "final"),
        "type": {"coding": coding, "text": document.title},
        "subject": shelf.patient,
        "encounter": shelf.encounter,
        "date": signature["signed_at"],
        "author": [shelf.person(signature["name"], signature)],
        "title": document.title,
        "attester": [
            {
                "mode": "professional",
                "time": said["signed_at"],
                "party": shelf.person(said["name"], said),
            }
            for entry in entries
            if entry.kind in (Kind.SIGN, Kind.COSIGN) and entry.payload
            for said in [chain.read(entry)["signature"]]
        ],
        "custodian": shelf.ref(shelf.id("clinic"), payload["clinic"]["name"]),
        "section": [section for section in _sections(document, care) if section],
    }


def _sections(document: NoteDocument, care: fhir_care.Care) -> Iterable[Resource]:
    yield _section("Standing", [("", line) for line in _standing(document)])
    yield _section("Subjective", [("", document.subjective), *_rows(document.after_subjective)])
    objective = [*_rows(document.vitals), *_rows(document.observations), *_rows(document.findings)]
    for block in document.blocks:
        objective.append((f"{block.code} {block.label}", " · ".join(block.facts)))
        objective += _rows((*block.opening, *block.rows))
        for cue in block.cues:
            parts = (cue.action, cue.error and f"for {cue.error}", cue.effect, cue.seen)
            objective.append((f"Skilled cue, {cue.kind}", " · ".join(filter(None, parts))))
        objective += _rows(block.more)
    yield _section("Objective", objective, [*care.vitals, *care.measures, *care.procedures])
    units = document.units
    working = [("", line) for line in units.working] + ([("Open", units.question)] if units.question else [])
    yield _section("Time and units", working, [*care.minutes, *care.charges])
    goals = [
        (f"Goal {one.number}", ": ".join(filter(None, (one.status, one.words))))
        for one in document.goal_reports
    ]
    yield _section(
        "Assessment",
        [("", document.assessment), *_rows(document.after_assessment), *goals],
        [*care.conditions],
    )
    yield _section("Plan", [("", document.plan), *_rows(document.after_plan)], [*care.plan, *care.goals])
    for one in document.later.amendments:
        said = [("", one.after_request), ("", one.words)]
        for correction in one.corrections:
            said += [(f"{correction.label} said", correction.said), ("It should say", correction.should_say)]
        said += [("How it is known", one.knows), ("Reason", one.reason), ("Signed by", one.signature.name)]
        yield _section(f"{one.label} of {one.signature.local_time}", said)


def _standing(document: NoteDocument) -> list[str]:
    later = document.later
    void = later.void
    return [
        *(
            [f"Void. Voided by {void.signature.name} on {void.signature.local_time}. Reason: {void.reason}"]
            if void
            else []
        ),
        *([f"Awaiting cosignature by a {later.awaits}."] if later.awaits else []),
        *([f"{document.late}."] if document.late else []),
        *([f"Drafted by {document.drafted_by}."] if document.drafted_by else []),
    ]


def _rows(rows: Iterable[Row]) -> list[tuple[str, str]]:
    return [
        (row.label, ": ".join(filter(None, (row.lead, row.words))) or _parts(row) or "not recorded")
        for row in rows
    ]


def _parts(row: Row) -> str:
    return "; ".join(f"{part.label} {part.words}" for part in row.parts)


def _section(
    title: str, said: Iterable[tuple[str, str]], entries: Sequence[Resource] = ()
) -> Resource | None:
    """A section with what a person reads, and the resources that say the same to a machine."""
    lines = [
        f"<p>{f'<b>{escape(label)}</b> ' if label else ''}{escape(words).replace(chr(10), '<br/>')}</p>"
        for label, words in said
        if words
    ]
    if not lines and not entries:
        return None
    div = f'<div xmlns="http://www.w3.org/1999/xhtml">{"".join(lines)}</div>'
    return {
        "title": title,
        "text": {"status": "additional", "div": div} if lines else None,
        "entry": list(entries),
    }


def _document_reference(shelf: Shelf, document: NoteDocument, entries: Sequence[LedgerEntry]) -> None:
    """Where the exact words lie that were hashed: the files of the same names beside this one."""
    last = entries[-1]
    shelf.put(
        "DocumentReference",
        shelf.id("document"),
        masterIdentifier={"system": f"urn:uuid:{shelf.clinic}", "value": last.hash},
        status=shelf.status("current"),
        docStatus=shelf.status("amended" if document.later.amendments else "final"),
        type={"text": document.title},
        subject=shelf.patient,
        date=last.recorded_at,
        author=[shelf.person(shelf.payload["signature"]["name"])],
        custodian=shelf.ref(shelf.id("clinic")),
        content=[
            {
                "attachment": {
                    "contentType": "application/json",
                    "title": f"entry-{entry.seq}.json",
                    "size": len(entry.payload.encode()),
                    # FHIR's field is for SHA-1; the SHA-256 with its salt is in the record.
                    "hash": b64encode(
                        hashlib.sha1(entry.payload.encode(), usedforsecurity=False).digest()
                    ).decode(),
                    "creation": entry.recorded_at,
                }
            }
            for entry in entries
            if entry.payload
        ],
        context={"encounter": [shelf.encounter], "period": {"start": shelf.day, "end": shelf.day}},
    )


def _provenances(shelf: Shelf, entries: Sequence[LedgerEntry]) -> None:
    """Who signed what, when, by which entry of the clinic's record."""
    for entry in entries:
        if not entry.payload:
            continue
        said = chain.read(entry)["signature"]
        name, code = ACTIVITIES[Kind(entry.kind)]
        shelf.put(
            "Provenance",
            shelf.id(f"entry/{entry.seq}"),
            target=[shelf.ref(str(shelf.note))],
            occurredDateTime=said["signed_at"],
            recorded=entry.recorded_at,
            reason=[{"text": said["meaning"]}],
            activity={"coding": [{"system": f"{HL7}{name}", "code": code}], "text": Kind(entry.kind).label},
            agent=[
                {
                    "type": {
                        "coding": [
                            {
                                "system": f"{HL7}provenance-participant-type",
                                "code": TYPES.get(Kind(entry.kind), "author"),
                            }
                        ],
                        "text": f"Authenticated by {said['authenticated']}",
                    },
                    "who": shelf.person(said["name"], said),
                    "onBehalfOf": shelf.ref(shelf.id("clinic")),
                }
            ],
            entity=[
                {
                    "role": "source",
                    "what": {
                        "identifier": {"system": f"urn:uuid:{entry.clinic}", "value": entry.hash},
                        "display": f"Entry {entry.seq} of the clinic's record, named by its SHA-256",
                    },
                }
            ],
        )
