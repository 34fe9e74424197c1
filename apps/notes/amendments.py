"""What follows a signature: cosign, addend, late entry, correct, void. The only writer of later words.

The same for a note and for a version of a plan of care. Each is an entry of its own, dated now, signed by
whoever says it, and refers to the exact entry that they had before them. The original is never touched, and
nothing here takes a signature away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.accounts import signature, signer
from apps.accounts.models import Clinic, User
from apps.audit import clock, verbs
from apps.audit.events import record as record_event
from apps.audit.refused import Refused
from apps.episodes.models import PlanVersion
from apps.ledger import amendments as reading
from apps.ledger import chain
from apps.ledger.amendments import SCHEMA, Later
from apps.ledger.models import DocumentType, Kind, LedgerEntry
from apps.patients import requests
from apps.patients.models import Patient

from . import chart, correctable, lifecycle, record, record_policy
from .kinds import CONTENTS
from .models import Note, Status

Document = Note | PlanVersion

MEANINGS = {
    Kind.COSIGN: "I reviewed this document as it stands with the entry named here, and I cosign it.",
    Kind.ADDENDUM: "I add this to the document, today.",
    Kind.LATE_ENTRY: "I know this first-hand, and I record it late, today.",
    Kind.CORRECTION: "I correct what I signed, today. What it said stays readable.",
    Kind.VOID: "I declare this document void, today. Its words stay readable.",
}
LONGEST = 8000
"""Characters of words that one entry holds."""

CHANGED = "Something was added to this document after this page was shown. Read it again, then sign."


@dataclass(frozen=True)
class Standing:
    """A document under lock: its row, its entries in order, and what they come to."""

    document: Document
    clinic: Clinic
    patient: Patient
    type: str
    entries: list[LedgerEntry]
    later: Later
    by: User

    @property
    def signed(self) -> LedgerEntry | None:
        return next((entry for entry in self.entries if entry.kind == Kind.SIGN), None)


def standing(document: Document, by: User, move: str, seen: str | None) -> Standing:
    """Lock the clinic's chain and the document, and check that `by` may make the move.

    `seen` is the hash of the last entry that says something, as the person's page had it.
    """
    clinic = _clinic_of(document)
    chain.lock_head(clinic)
    by = signer.at_this_moment(by, clinic)
    row: Document
    if isinstance(document, Note):
        Note.objects.select_for_update().get(pk=document.pk)
        row = chart.with_surroundings(Note.objects).get(pk=document.pk)
        patient, of_type = row.visit.patient, CONTENTS[row.kind].document_type
    else:
        PlanVersion.objects.select_for_update().get(pk=document.pk)
        row = PlanVersion.objects.select_related("plan__patient__clinic").get(pk=document.pk)
        patient, of_type = row.plan.patient, DocumentType.PLAN
    lifecycle.check(move, row, by)
    entries = reading.entries_of(clinic, row.pk)
    found = Standing(row, patient.clinic, patient, of_type, entries, reading.later(entries), by)
    _check_signer(found)
    if seen is not None and seen != (found.later.last.hash if found.later.last else ""):
        raise Refused(CHANGED)
    return found


def _clinic_of(document: Document) -> UUID:
    return document.clinic_id if isinstance(document, Note) else document.plan.patient.clinic_id


def _check_signer(found: Standing) -> None:
    """The working copy's signer must be the ledger's: who may amend hangs on it."""
    entry, row = found.signed, found.document
    if entry is None:
        if row.signed_by_id is not None:
            raise Refused("The record holds no signature of this document. Ask a supervisor to verify it.")
    elif entry.payload and chain.read(entry)["signature"]["user"] != str(row.signed_by_id):
        raise Refused("The record names another signer than the working copy. Ask a supervisor to verify it.")


def _append(
    found: Standing,
    kind: Kind,
    *,
    refers_to: str,
    words: str = "",
    reason: str = "",
    knows: str = "",
    corrections: list[dict[str, str]] | None = None,
    authenticated: str,
) -> LedgerEntry:
    """Append a later word, with who the patient was and what the document is, as its signature had them."""
    first = chain.read(found.signed) if found.signed and found.signed.payload else None
    if first is None and isinstance(found.document, Note):
        first = record.payload_of(found.document)
    first = first or {}
    visit = first.get("visit", {})
    says = kind in reading.AMENDS
    today = clock.today(found.clinic.time_zone)
    payload: dict[str, Any] = {
        "schema": SCHEMA,
        "kind": str(kind),
        "document": {
            "id": str(found.document.pk),
            "type": str(found.type),
            "title": first.get("note", {}).get("title", "Plan of care"),
            "date_of_service": visit.get("date_of_service", ""),
        },
        "clinic": first.get("clinic", {}),
        "patient": first.get("patient", {}),
        "words": words,
        "reason": reason,
        "knows": knows,
        "corrections": corrections or [],
        "after_request": requests.before(found.patient.pk, today),
        "cosignature_asked": (
            record_policy.cosignature_asked(found.clinic.pk, today, found.by) if says else None
        ),
        "signature": signature.of(
            found.by,
            meaning=MEANINGS[kind],
            time_zone=found.clinic.time_zone,
            authenticated=authenticated,
        ),
    }
    entry = chain.append(
        clinic=found.clinic.pk,
        kind=kind,
        document=found.document.pk,
        document_type=found.type,
        payload=payload,
        ref_hash=refers_to,
    )
    if isinstance(found.document, Note) and found.document.is_signed:
        awaits = bool(reading.later([*found.entries, entry]).awaits)
        if awaits != found.document.awaits_cosignature:
            found.document.awaits_cosignature = awaits
            found.document.save(update_fields=["awaits_cosignature"])
    return entry


def _record(verb: str, found: Standing, entry: LedgerEntry) -> None:
    record_event(
        verb,
        by=found.by,
        clinic=found.clinic,
        patient=found.patient,
        target=found.document,
        kind=str(entry.kind),
        seq=entry.seq,
    )


def _said(words: str, missing: str, field: str) -> str:
    words = words.strip()
    if not words:
        raise Refused(missing, field=field)
    if len(words) > LONGEST:
        raise Refused(f"This is {len(words)} characters long; {LONGEST} can be kept here.", field=field)
    return words


def _last(found: Standing) -> str:
    return found.later.last.hash if found.later.last else ""


@transaction.atomic
def cosign(*, document: Document, by: User, seen: str, authenticated: str = "password") -> LedgerEntry:
    """Cosign the document as it stands with the entry `seen`. A later word of an assistant asks anew."""
    found = standing(document, by, "cosign", seen)
    if any(
        entry.kind == Kind.COSIGN and entry.ref_hash == seen and _is_by(entry, by) for entry in found.entries
    ):
        raise Refused("You cosigned exactly this already.")
    entry = _append(found, Kind.COSIGN, refers_to=seen, authenticated=authenticated)
    _record(verbs.DOCUMENT_COSIGNED, found, entry)
    return entry


def _is_by(entry: LedgerEntry, by: User) -> bool:
    return bool(entry.payload) and chain.read(entry)["signature"]["user"] == str(by.pk)


def _add_words(
    kind: Kind,
    move: str,
    asked: dict[str, tuple[str, str]],
    *,
    document: Document,
    by: User,
    seen: str | None,
    authenticated: str,
) -> LedgerEntry:
    """A later word that adds. `asked`: for each field what was typed, and what to say where it is empty."""
    found = standing(document, by, move, seen)
    typed: dict[str, Any] = {field: _said(words, missing, field) for field, (words, missing) in asked.items()}
    entry = _append(found, kind, refers_to=_last(found), authenticated=authenticated, **typed)
    _record(verbs.DOCUMENT_AMENDED, found, entry)
    return entry


@transaction.atomic
def addend(
    *,
    document: Document,
    by: User,
    words: str,
    reason: str,
    seen: str | None = None,
    authenticated: str = "password",
) -> LedgerEntry:
    """Add to a signed document, and say why now."""
    asked = {
        "words": (words, "Write what is to be added."),
        "reason": (reason, "Say why it is added now."),
    }
    return _add_words(
        Kind.ADDENDUM, "addend", asked, document=document, by=by, seen=seen, authenticated=authenticated
    )


@transaction.atomic
def enter_late(
    *,
    document: Document,
    by: User,
    words: str,
    reason: str,
    knows: str,
    seen: str | None = None,
    authenticated: str = "password",
) -> LedgerEntry:
    """What `by` knows first-hand about the visit, said late. Also about a draft whose author left: it stays
    unsigned, and this is not its signature.
    """
    asked = {
        "words": (words, "Write what you know."),
        "reason": (reason, "Say why it is entered late."),
        "knows": (knows, "Say how you know it first-hand."),
    }
    return _add_words(
        Kind.LATE_ENTRY, "late entry", asked, document=document, by=by, seen=seen, authenticated=authenticated
    )


@transaction.atomic
def correct(
    *,
    document: Document,
    by: User,
    path: str,
    should_say: str,
    reason: str,
    seen: str | None = None,
    authenticated: str = "password",
) -> LedgerEntry:
    """Correct one field. What it said is taken from the record, never from the page."""
    found = standing(document, by, "correct", seen)
    if found.signed is None or not found.signed.payload:
        raise Refused("The words of this document are not in the record, so none can be corrected.")
    said = correctable.field_of(chain.read(found.signed), path, found.later)
    if said is None:
        raise Refused("Choose the field that is wrong.", field="path")
    should_say = _said(should_say, "Write what it should say.", "should_say")
    reason = _said(reason, "Say how the mistake came about.", "reason")
    if should_say == said.words:
        raise Refused("This is what it says already.", field="should_say")
    entry = _append(
        found,
        Kind.CORRECTION,
        refers_to=_last(found),
        reason=reason,
        corrections=[{"path": said.path, "label": said.label, "said": said.words, "should_say": should_say}],
        authenticated=authenticated,
    )
    _record(verbs.DOCUMENT_AMENDED, found, entry)
    return entry


@transaction.atomic
def void(
    *, document: Note, by: User, reason: str, seen: str | None = None, authenticated: str = "password"
) -> LedgerEntry:
    """Declare a note void: of the wrong patient, or of no visit. It stays readable, and marked."""
    found = standing(document, by, "void", seen)
    reason = _said(reason, "Say why this note is void.", "reason")
    entry = _append(found, Kind.VOID, refers_to=_last(found), reason=reason, authenticated=authenticated)
    row = found.document
    row.status = Status.VOIDED
    if isinstance(row, Note):
        row.awaits_cosignature = False
        row.save(update_fields=["status", "awaits_cosignature"])
    _record(verbs.DOCUMENT_VOIDED, found, entry)
    return entry
