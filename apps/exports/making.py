"""The tasks that make PDFs before anybody asks for them."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from apps.ledger.models import DocumentType, LedgerEntry

from . import pdf, store
from .paper import paper_of
from .work import BEFORE_ANYBODY_ASKS, long_work

PRINTED = (
    DocumentType.NOTE,
    DocumentType.EVALUATION,
    DocumentType.PROGRESS_REPORT,
    DocumentType.DISCHARGE,
    DocumentType.PLAN,
)
"""The documents that have a page to print."""


@long_work
def make_pdf(document: str, seq: int) -> bool:
    """Make and store the PDF of a document as it stood after an entry; whether this machine can make any."""
    works, _ = pdf.is_available()
    if works:
        clinic = store.entries_of(UUID(document), seq)[-1].clinic
        store.stored_pdf(UUID(document), upto=seq, paper=paper_of(clinic))
    return works


def after_signing(entry: LedgerEntry) -> None:
    """Have the worker print what was just signed."""
    if settings.RENDER_WHEN_SIGNED and entry.document_type in PRINTED:
        make_pdf.using(priority=BEFORE_ANYBODY_ASKS).enqueue(str(entry.document), entry.seq)
