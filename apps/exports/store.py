"""The PDFs of signed documents: made once, kept under the hash of their own bytes, read as files.

One file for each (last entry of the document that is in it, version of the template, paper). Signing,
cosigning, an addendum, a correction and a void each add an entry, and so a file; older files stay. The bytes
come from those entries alone; where the deployment has a certificate, its signature follows them as an
increment, made once. Nothing here holds a database lock while a page is being laid out.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings

from apps.audit import clock
from apps.ledger.models import LedgerEntry

from . import certificate, pdf, presses
from .models import Paper, StoredPdf

LOCKS = 64
"""Files that makers lock, so that a document is made once. Two documents that share one only wait."""


class NothingSigned(Exception):
    """The document has no entry in the ledger, or none so early."""


class Lost(Exception):
    """A stored file is gone or changed, and making it again does not give the same bytes."""


def stored_pdf(document: UUID, *, upto: int | None = None, paper: str = Paper.LETTER) -> StoredPdf:
    """The stored PDF of a signed document with all its entries, or those up to number `upto`.

    Made now if nobody has yet. Raises NothingSigned, Lost, and what `pdf.signed_pdf` raises. Who may ask is
    the caller's business, and so is telling the audit trail.
    """
    entries = entries_of(document, upto)
    found = _known(entries, paper)
    if found is not None and is_whole(found):
        return found
    try:
        certificate.configured()
    except certificate.Unusable as problem:
        raise pdf.Unavailable(str(problem)) from problem
    with presses.in_line(), _alone(entries[-1].hash):
        found = _known(entries, paper)
        if found is None:
            return _keep(entries, paper, pdf.signed_pdf(entries, paper=paper))
        if not is_whole(found):
            _restore(found, pdf.signed_pdf(entries, paper=paper))
        return found


def entries_of(document: UUID, upto: int | None = None) -> list[LedgerEntry]:
    """The entries of a document in their order. Raises NothingSigned when there are none."""
    entries = LedgerEntry.objects.filter(document=document)
    if upto is not None:
        entries = entries.filter(seq__lte=upto)
    found = list(entries.order_by("seq"))
    if not found:
        raise NothingSigned
    return found


def path_of(stored: StoredPdf) -> Path:
    """Where the file lies: outside everything that is served as a file."""
    return _path(stored.sha256)


def read(stored: StoredPdf) -> bytes:
    """The stored bytes. Raises Lost when they are not what was stored."""
    try:
        data = path_of(stored).read_bytes()
    except FileNotFoundError:
        raise Lost from None
    if hashlib.sha256(data).hexdigest() != stored.sha256:
        raise Lost
    return data


def is_whole(stored: StoredPdf) -> bool:
    """Is the file there, with the bytes that were stored?"""
    try:
        read(stored)
    except Lost:
        return False
    return True


def _known(entries: list[LedgerEntry], paper: str) -> StoredPdf | None:
    last = entries[-1]
    return StoredPdf.objects.filter(
        document=last.document, entry_hash=last.hash, template=pdf.TEMPLATE, paper=paper
    ).first()


def _keep(entries: list[LedgerEntry], paper: str, data: bytes) -> StoredPdf:
    last = entries[-1]
    by = certificate.configured()
    whole = certificate.signed(data, by) if by else data
    digest = _write(whole)
    # Another machine may have been as quick: then its row stands, and its file is the document's.
    stored, _ = StoredPdf.objects.get_or_create(
        document=last.document,
        entry_hash=last.hash,
        template=pdf.TEMPLATE,
        paper=paper,
        defaults={
            "clinic": last.clinic,
            "document_type": last.document_type,
            "entry_seq": last.seq,
            "sha256": digest,
            "size": len(whole),
            "certificate": by.fingerprint if by else "",
            "increment": whole[len(data) :],
            "stored_at": clock.now(),
        },
    )
    return stored


def _restore(stored: StoredPdf, data: bytes) -> None:
    """Put a lost file back: the same entries give the same bytes, and its signature was kept."""
    data += bytes(stored.increment)
    if hashlib.sha256(data).hexdigest() != stored.sha256:
        raise Lost
    _write(data)


def _write(data: bytes) -> str:
    """Write the bytes under their hash, whole or not at all; the hash."""
    digest = hashlib.sha256(data).hexdigest()
    path = _path(digest)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return digest


def _path(digest: str) -> Path:
    return Path(settings.DOCUMENTS_ROOT) / digest[:2] / f"{digest}.pdf"


@contextlib.contextmanager
def _alone(key: str) -> Iterator[None]:
    """Keep every other process of this machine from making the same document. Raises Busy."""
    folder = Path(settings.DOCUMENTS_ROOT) / "locks"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / str(int(key, 16) % LOCKS)).open("ab") as file:
        until = time.monotonic() + presses.PATIENCE
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise presses.Busy from None
                time.sleep(0.05)
        yield
