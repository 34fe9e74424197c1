"""Keeping, reading and setting aside uploaded documents. The only writer of their rows and files."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.db import transaction

from apps.audit import clock, events, verbs
from apps.audit.refused import Refused

from . import merging, uploads
from .models import Document

CHANGED_ON_DISK = (
    "This file is not the one that was uploaded: it was changed or removed on the server. "
    "Tell whoever runs the server; its backup has the original."
)


def path_of(document: Document) -> Path:
    return Path(settings.MEDIA_ROOT) / "documents" / document.stored_as[:2] / document.stored_as


@transaction.atomic
def upload(*, patient, type, dated_on, words="", file, by) -> Document:
    """Keep `file`, an uploaded file or anything with `read()`. Raises Refused for what is not wanted."""
    merging.check_goes_on_here(patient)
    if dated_on > clock.today(patient.clinic.time_zone):
        raise Refused("The date of the document is in the future.", field="dated_on")
    data = file.read(uploads.MOST_BYTES + 1)
    media_type = uploads.media_type_of(data)
    sha256 = hashlib.sha256(data).hexdigest()
    if patient.documents.filter(sha256=sha256, set_aside_at=None).exists():
        raise Refused("This file is among the patient's documents already.", field="file")
    document = Document(
        patient=patient,
        type=type,
        dated_on=dated_on,
        words=words.strip(),
        media_type=media_type,
        size=len(data),
        sha256=sha256,
        stored_as=secrets.token_hex(24),
        uploaded_by=by,
        uploaded_at=clock.now(),
    )
    write(path_of(document), data)
    try:
        document.save(force_insert=True)
        events.record(
            verbs.DOCUMENT_UPLOADED,
            by=by,
            clinic=patient.clinic,
            patient=patient,
            target=document,
            type=str(type),
            size=len(data),
        )
    except BaseException:
        path_of(document).unlink(missing_ok=True)
        raise
    return document


def write(path: Path, data: bytes) -> None:
    """The bytes, on the disk before the row says so, and readable by this account alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def read(*, document: Document, by) -> bytes:
    """The bytes as they were uploaded. That somebody asked for them is recorded."""
    try:
        data = path_of(document).read_bytes()
    except OSError:
        data = b""
    is_same = hashlib.sha256(data).hexdigest() == document.sha256
    patient = document.patient
    events.record(
        verbs.DOCUMENT_OPENED,
        by=by,
        clinic=patient.clinic,
        patient=patient,
        target=document,
        outcome="done" if is_same else "refused",
    )
    if not is_same:
        raise Refused(CHANGED_ON_DISK)
    return data


@transaction.atomic
def set_aside(*, document, reason, by) -> Document:
    """Say that a document was uploaded by mistake. It stays, and is shown as such."""
    document = Document.objects.select_for_update().get(pk=document.pk)
    if document.is_set_aside:
        raise Refused("This document was set aside already.")
    if not reason.strip():
        raise Refused("Say why this document does not belong here.", field="reason")
    # Episodes name documents as evidence; imports run one way, so the relation is asked for by its name.
    if document.papers.filter(mistake="").exists():
        raise Refused("A certification or order names this document as its evidence. Change that first.")
    document.set_aside_at = clock.now()
    document.set_aside_by = by
    document.set_aside_reason = reason.strip()
    document.save(update_fields=["set_aside_at", "set_aside_by", "set_aside_reason"])
    patient = document.patient
    events.record(verbs.DOCUMENT_SET_ASIDE, by=by, clinic=patient.clinic, patient=patient, target=document)
    return document
