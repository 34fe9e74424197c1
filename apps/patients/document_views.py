"""The pages of a patient's uploaded documents."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import KEEPS_CHARTS, role_in
from apps.accounts.fields import ActionForm, Day, Words
from apps.audit import clock
from apps.audit.refused import Refused

from . import banner, documents, merging, uploads
from .access import (
    documents_kept_by,
    documents_visible_to,
    only_reads,
    patients_kept_by,
    patients_visible_to,
)
from .models import Document

SANDBOX = "sandbox; default-src 'none'"


class DocumentForm(ActionForm):
    rows = (("type", "dated_on"), "words", "file")

    type = forms.ChoiceField(label="What it is", choices=[("", "Choose …"), *Document.Type.choices])
    dated_on = Day(label="Date of the document")
    words = Words(
        label="In your words", max_length=200, required=False, help_text="Shown in the list, beside its type."
    )
    # Last in the form, so that the other fields have arrived when a file is too large to be read.
    file = forms.FileField(
        help_text=f"PDF, PNG or JPEG, at most {uploads.MOST_WORDS}.",
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
        error_messages={"required": "Choose a file.", "empty": "This file is empty."},
    )

    def __init__(self, *args, was_too_large=False, **kwargs):
        super().__init__(*args, **kwargs)
        if was_too_large:
            self.fields["file"].error_messages["required"] = f"This file is larger than {uploads.MOST_WORDS}."


class SetAsideForm(ActionForm):
    reason = Words(label="Why does it not belong here?", max_length=500)


# Checking the form's token reads the whole request, and then it is too late to cap the upload. So the inner
# view checks it, after the cap is in place and the person was found to keep this chart.
@csrf_exempt
@login_required
@require_http_methods(["GET", "POST"])
def patient_documents(request, patient):
    """The documents of a patient, and a form that adds one."""
    if request.method == "POST":
        found = get_object_or_404(patients_kept_by(request.user).select_related("clinic"), pk=patient)
        request.upload_handlers.insert(0, uploads.Cap(request))
    else:
        found = get_object_or_404(patients_visible_to(request.user).select_related("clinic"), pk=patient)
    return page(request, found)


@csrf_protect
def page(request, patient):
    may_keep = role_in(request.user, patient.clinic) in KEEPS_CHARTS and not only_reads(request.user, patient)
    too_large = bool(request.POST) and getattr(request, "upload_was_too_large", False)
    form = DocumentForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        was_too_large=too_large,
        initial={"dated_on": clock.today(patient.clinic.time_zone)},
    )
    if request.method == "POST" and form.carry_out(documents.upload, patient=patient, by=request.user):
        messages.success(request, "Uploaded.")
        return redirect("documents", patient.pk)
    context = {
        **banner.of(patient),
        "form": form,
        "may_keep": may_keep,
        "documents": documents_visible_to(request.user)
        .filter(patient__in=merging.records_of(patient.pk))
        .select_related("uploaded_by", "set_aside_by"),
    }
    return render(request, "patients/documents.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def document(request, pk):
    """The file, as a download: never as a page of ours."""
    found = get_object_or_404(documents_visible_to(request.user).select_related("patient__clinic"), pk=pk)
    try:
        data = documents.read(document=found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("documents", found.patient_id)
    ending = uploads.ENDINGS[found.media_type]
    return HttpResponse(
        data,
        content_type=found.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="document-{str(found.pk)[:8]}.{ending}"',
            "Content-Security-Policy": SANDBOX,
            "X-Content-Type-Options": "nosniff",
        },
    )


@login_required
@require_POST
def document_set_aside(request, pk):
    found = get_object_or_404(documents_kept_by(request.user).select_related("patient__clinic"), pk=pk)
    form = SetAsideForm(request.POST)
    if form.carry_out(documents.set_aside, document=found, by=request.user):
        messages.success(request, "Set aside. The document stays in the list, marked.")
    else:
        messages.error(request, " ".join(words for errors in form.errors.values() for words in errors))
    return redirect("documents", found.patient_id)
