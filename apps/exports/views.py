"""Signed documents on paper, printed by the browser or as a PDF; and for other systems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from apps.accounts.password import before_it_leaves, confirm_first, is_fresh
from apps.accounts.requests import SignedInRequest
from apps.audit import events, verbs
from apps.episodes import document as plans
from apps.episodes import record as plan_record
from apps.episodes.access import versions_visible_to
from apps.episodes.models import PlanVersion
from apps.ledger import chain
from apps.notes.access import notes_visible_to
from apps.notes.document import NoteDocument, document_of, signed_document, signed_entry
from apps.notes.models import Note, Status
from apps.notes.record import payload_of

from . import fhir, letterhead, pdf, plain, presses, store

NOT_NOW = (pdf.Unavailable, pdf.Busy, pdf.Overdue, pdf.Failed, pdf.TooLong, store.Lost)
"""Why there may be no PDF. Each has words of its own in exports/no_pdf.html."""


@dataclass(frozen=True)
class Places:
    """What the PDF is of, and the names of the addresses around it."""

    what: str
    page: str
    print: str
    pdf: str


NOTE = Places("note", "note", "note-print", "note-pdf")
PLAN = Places("plan", "plan-version", "plan-print", "plan-pdf")


@login_required
@require_GET
def note_print(request: SignedInRequest, pk) -> HttpResponse:
    """The note as a page that prints well from any browser."""
    note, document, _ = readable_or_404(request, pk)
    record(request, note, document, how="browser")
    return render(request, "exports/print.html", {"note": note, "document": document})


@login_required
@require_GET
@vary_on_headers("Accept")
def note_text(request: SignedInRequest, pk) -> HttpResponse:
    """The note as plain text for another system: the text alone for a script that copies it, else a page."""
    note, document, _ = readable_or_404(request, pk)
    is_for_script = request.headers.get("Accept") == "text/plain"
    if not is_fresh(request):
        # The script then follows the link, as the press of it would have.
        return HttpResponse(status=401) if is_for_script else confirm_first(request, back_to=request.path)
    record(request, note, document, how="text", verb=verbs.NOTE_COPIED)
    text = plain.as_text(document)
    if is_for_script:
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
    return render(request, "exports/text.html", {"note": note, "document": document, "text": text})


@login_required
@require_GET
def note_pdf(request: SignedInRequest, pk) -> HttpResponse:
    """The note as a PDF, or a page that says why not now and offers the print view."""
    note = note_or_404(request, pk)
    try:
        if note.is_record:
            document = signed_document(note.pk)
            data = store.read(store.stored_pdf(note.pk, paper=note.clinic.paper))
        else:
            with presses.in_line():
                with presses.drawing_up:
                    document, payload = read(note)
                    edition = letterhead.latest(note.clinic_id)
                data = pdf.note_pdf(document, payload, edition=edition, paper=note.clinic.paper)
    except NOT_NOW as refusal:
        return no_pdf(request, note.pk, NOTE, refusal)
    record(request, note, document, how="pdf")
    return pdf_file(data, document.file_name)


@login_required
@require_GET
def plan_pdf(request: SignedInRequest, pk) -> HttpResponse:
    """A signed version of a plan as PDF, or a page that says why there is none now."""
    versions = versions_visible_to(request.user).filter(status=PlanVersion.Status.SIGNED)
    version = get_object_or_404(versions.select_related("plan__patient__clinic"), pk=pk)
    document = plans.signed_document(plan_record.signed_entry(version))
    try:
        data = store.read(store.stored_pdf(version.pk, paper=version.plan.patient.clinic.paper))
    except NOT_NOW as refusal:
        return no_pdf(request, version.pk, PLAN, refusal)
    patient = version.plan.patient
    events.record(
        verbs.PLAN_PRINTED,
        by=request.user,
        clinic=patient.clinic,
        patient=patient,
        target=version,
        how="pdf",
        entry=document.seal.seq if document.seal else None,
    )
    return pdf_file(data, document.file_name)


def pdf_file(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@login_required
@require_GET
def note_fhir(request: SignedInRequest, pk) -> HttpResponse:
    """The signed note as a FHIR R4 bundle, for another system."""
    note, document, _ = readable_or_404(request, pk)
    data = None if document.is_draft else fhir.file_of(store.entries_of(note.pk))
    if data is None:
        raise Http404
    if ask_first := before_it_leaves(request, back_to=reverse("note", args=[note.pk])):
        return ask_first
    record(request, note, document, how="fhir")
    response = HttpResponse(data, content_type="application/fhir+json")
    name = document.file_name.removesuffix(".pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.fhir.json"'
    return response


def readable_or_404(request: SignedInRequest, pk) -> tuple[Note, NoteDocument, dict[str, Any]]:
    note = note_or_404(request, pk)
    return note, *read(note)


def note_or_404(request: SignedInRequest, pk) -> Note:
    return get_object_or_404(notes_visible_to(request.user).exclude(status=Status.DISCARDED), pk=pk)


def read(note: Note) -> tuple[NoteDocument, dict[str, Any]]:
    """What is read: of a signed note the ledger's words, of a draft the rows as they stand."""
    if not note.is_record:
        payload = payload_of(note)
        return document_of(payload), payload
    return signed_document(note.pk), chain.read(signed_entry(note))


def record(
    request: SignedInRequest, note: Note, document: NoteDocument, *, how: str, verb: str = verbs.NOTE_PRINTED
) -> None:
    events.record(
        verb,
        by=request.user,
        clinic=note.clinic,
        patient=note.visit.patient,
        target=note,
        how=how,
        is_draft=document.is_draft,
        entry=document.seal.seq if document.seal else None,
    )


def no_pdf(request: SignedInRequest, pk, places: Places, refusal: Exception) -> HttpResponse:
    """The page that says why there is no PDF now, and where the words are meanwhile."""
    why = WHY.get(type(refusal), "unavailable")
    context = {"pk": pk, "places": places, "why": why, "reason": str(refusal), "line": pdf.APT_LINE}
    status = 422 if why == "too_long" else 503
    response = render(request, "exports/no_pdf.html", context, status=status)
    if why == "busy":
        response["Retry-After"] = str(presses.SECONDS_TO_WAIT)
    return response


WHY = {
    pdf.Busy: "busy",
    pdf.Overdue: "overdue",
    pdf.Failed: "overdue",
    pdf.TooLong: "too_long",
    store.Lost: "lost",
}
