"""Asking a note's author for an attestation, and making one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import for_roles
from apps.accounts.password import recognised_by
from apps.accounts.requests import SignedInRequest
from apps.audit import events, verbs
from apps.audit.refused import Refused
from apps.notes.document import document_of
from apps.patients import banner

from . import attestations as said
from . import records
from .access import ATTESTS, notes_attested_by
from .forms import AttestForm
from .line_views import _uuid
from .views import packet_or_404


@login_required
@require_POST
def ask(request: SignedInRequest, pk) -> HttpResponse:
    """Ask the author of one of the packet's unsigned notes."""
    packet = packet_or_404(request, pk)
    notes = records.notes_of(packet, records.plans_of(packet)).filter(status__in=("draft", "in_review"))
    note = get_object_or_404(notes.select_related("author"), pk=_uuid(request.POST.get("note", "")))
    said.ask(packet=packet, note=note, by=request.user)
    messages.success(request, f"{note.author.signature_name} finds it under Attestations.")
    return redirect("packet", packet.pk)


@for_roles(*ATTESTS)
@require_safe
def attestations(request: SignedInRequest) -> HttpResponse:
    """The notes to which the person was asked to attest."""
    notes = (
        notes_attested_by(request.user)
        .select_related("visit__patient", "attestation_asked__asked_by")
        .order_by("attestation_asked__asked_at")
    )
    return render(request, "packets/attestations.html", {"notes": notes})


@login_required
@require_http_methods(["GET", "POST"])
def attest(request: SignedInRequest, pk) -> HttpResponse:
    """The statement over the note's words as they stand. Its author signs it, dated now."""
    notes = notes_attested_by(request.user).select_related("visit__patient__clinic", "clinic", "author")
    note = get_object_or_404(notes.select_related("attestation_asked"), pk=pk)
    form = AttestForm(request.POST if request.method == "POST" else None, request=request)
    refused = said.why_not(note, request.user)
    if request.method == "POST" and form.is_valid():
        try:
            entry = said.attest(
                note=note,
                by=request.user,
                preview=form.cleaned_data["preview"],
                authenticated=recognised_by(request),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Attested. It is entry {entry.seq} of the clinic's record.")
            return redirect("attestations")
    events.record(
        verbs.ATTESTATION_OPENED,
        by=request.user,
        clinic=note.clinic,
        patient=note.visit.patient,
        target=note,
    )
    payload = said.payload_of(note, request.user)
    context = {
        **banner.of(note.visit.patient),
        "note": note,
        "asked": note.attestation_asked,
        "form": form,
        "refused": refused,
        "statement": payload["statement"],
        "preview": said.preview_digest(payload),
        "document": document_of(payload["note"]),
    }
    return render(request, "packets/attest.html", context, status=422 if form.errors else 200)
