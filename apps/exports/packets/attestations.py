"""The statement by which an author stands for a note that they did not sign: asked for, and made, in the app.

It is dated now, names the patient and the day, is made by the author alone, and holds the note's words as
they stood. It is no signature of the note: the note stays unsigned, and both say so.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from apps.accounts import signature, signer
from apps.accounts.models import User
from apps.audit import clock, events, news, verbs
from apps.audit.refused import Refused
from apps.ledger import chain
from apps.ledger.models import DocumentType, Kind, LedgerEntry
from apps.notes import chart, lifecycle, record
from apps.notes.models import Note

from .models import AttestationAsked, Packet

SCHEMA = "midline/attestation/1"

# Palmetto GBA, "Attestation Statements" (APVMZC5657, published 12/27/2019), on CMS Pub. 100-08 ch. 3
# §3.3.2.4. The contractor's page was read; it asks for no certain form. "Beneficiary" is "patient" here,
# since other payers ask as well.
STATEMENT = (
    "I, {name}, hereby attest that the medical record entry for {day} accurately reflects "
    "signatures/notations that I made in my capacity as {credential} when I treated/diagnosed the patient "
    "named here. I do hereby attest that this information is true, accurate and complete to the best of my "
    "knowledge and I understand that any falsification, omission, or concealment of material fact may "
    "subject me to administrative, civil, or criminal liability."
)
MEANING = "I attest to this record entry, which I did not sign when I wrote it."


def document_of(note_id: UUID) -> UUID:
    """The attestation's own id in the ledger: under the note's it would pass for the note's signature."""
    return uuid5(note_id, "attestation")


def why_not(note: Note, by: User) -> str:
    """Why `by` cannot attest to the note, in words for them; "" when they can."""
    if note.status in ("signed", "voided"):
        return "This note is signed, so it needs no attestation."
    if note.status == "discarded":
        return "This draft was put aside. It is no part of the record."
    if by.pk != note.author_id:
        return "Only the author of a note can attest to it."
    return lifecycle.why_not("sign", note, by)


@transaction.atomic
def ask(*, packet: Packet, note: Note, by: User) -> AttestationAsked:
    """Ask the note's author for an attestation. Asked twice, the first stands."""
    asked, is_new = AttestationAsked.objects.get_or_create(
        note=note,
        defaults={"author": note.author, "asked_by": by, "asked_at": clock.now(), "packet": packet},
    )
    if is_new:
        events.record(
            verbs.ATTESTATION_ASKED, by=by, clinic=packet.clinic, patient=packet.patient, target=note
        )
        news.tell(packet.clinic_id)
    return asked


def payload_of(note: Note, by: User) -> dict[str, Any]:
    """What is attested: the statement, and the note's words as they stand."""
    words = record.payload_of(chart.with_surroundings(Note.objects).get(pk=note.pk))
    day = note.visit.served_on
    return {
        "schema": SCHEMA,
        "statement": STATEMENT.format(
            name=by.name, day=day.strftime("%m/%d/%Y"), credential=by.credential or "clinician"
        ),
        "clinic": words["clinic"],
        "patient": words["patient"],
        "date_of_service": day.isoformat(),
        "note": words,
    }


def preview_digest(payload: dict[str, Any]) -> str:
    """The digest of what the author sees: the note's findings are made anew and do not count."""
    note = {name: value for name, value in payload["note"].items() if name not in record.ANSWERED}
    return chain.digest(chain.canonical({**payload, "note": note}))


@transaction.atomic
def attest(*, note: Note, by: User, preview: str, authenticated: str = "password") -> LedgerEntry:
    """Append the author's attestation to the clinic's record."""
    chain.lock_head(note.clinic_id)
    by = signer.at_this_moment(by, note.clinic_id)
    asked = AttestationAsked.objects.select_for_update().filter(note=note, author=by).first()
    if asked is None:
        raise Refused("Nobody asked for an attestation to this note.")
    if asked.entry is not None:
        raise Refused("You have attested to this note already.")
    note = Note.objects.select_for_update().get(pk=note.pk)
    if reason := why_not(note, by):
        raise Refused(reason)
    payload = payload_of(note, by)
    if preview != preview_digest(payload):
        raise Refused("The note was changed since you opened this page. Read it again; nothing was signed.")
    payload["signature"] = signature.of(
        by, meaning=MEANING, time_zone=note.clinic.time_zone, authenticated=authenticated
    )
    entry = chain.append(
        clinic=note.clinic_id,
        kind=Kind.SIGN,
        document=document_of(note.pk),
        document_type=DocumentType.ATTESTATION,
        payload=payload,
    )
    asked.entry, asked.attested_on = entry.seq, clock.today(note.clinic.time_zone)
    asked.save(update_fields=["entry", "attested_on"])
    events.record(
        verbs.ATTESTATION_SIGNED,
        by=by,
        clinic=note.clinic,
        patient=note.visit.patient,
        target=note,
        entry=entry.seq,
    )
    return entry


def entry_of(note_id, clinic_id) -> LedgerEntry | None:
    """The attestation's entry, if there is one."""
    return LedgerEntry.objects.filter(
        clinic=clinic_id, document=document_of(note_id), document_type=DocumentType.ATTESTATION
    ).first()
