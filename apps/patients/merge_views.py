"""The page on which two records of one person are put together, and taken apart again."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.fields import ActionForm, Words
from apps.accounts.requests import SignedInRequest
from apps.audit.refused import Refused

from . import banner, merging
from .access import merges_kept_by, patients_accounted_for_by

NO_OTHER = "No other chart that you keep has this MRN. Check the number."


class MergeForm(ActionForm):
    rows = ("mrn", "reason")

    mrn = Words(
        label="MRN of the record that stays",
        max_length=40,
        help_text="Type it from that chart: there is no list to choose a wrong one from.",
    )
    reason = Words(label="How do you know that it is the same person?", max_length=500)


@login_required
@require_http_methods(["GET", "POST"])
def merge(request: SignedInRequest, patient) -> HttpResponse:
    """First the two side by side, then, once more, the press that puts them together."""
    kept = patients_accounted_for_by(request.user).select_related("clinic")
    found = get_object_or_404(kept, pk=patient)
    form = MergeForm(request.POST or None)
    other = None
    if request.method == "POST" and form.is_valid():
        mrn = form.cleaned_data["mrn"]
        other = kept.filter(clinic=found.clinic_id, mrn__iexact=mrn).exclude(pk=found.pk).first()
        if other is None:
            form.add_error("mrn", NO_OTHER)
        elif request.POST.get("seen") == str(other.pk):
            try:
                merging.merge(patient=found, into=other, reason=form.cleaned_data["reason"], by=request.user)
                messages.success(request, "The two records are one chart now. It can be taken apart again.")
                return redirect("patient", other.pk)
            except Refused as refusal:
                form.add_error(refusal.field or None, str(refusal))
    context = {
        **banner.of(found),
        "form": form,
        "other": other,
        "counts": [(one, _counts(one)) for one in (found, other) if one],
    }
    return render(request, "patients/merge.html", context, status=422 if form.errors else 200)


def _counts(patient) -> list[tuple[str, int]]:
    # Visits and plans are unknown here (imports run one way), so the relations are asked for by their names.
    names = (("visits", "visits"), ("plans", "plans of care"), ("documents", "documents"))
    return [(words, getattr(patient, name).count()) for name, words in names]


@login_required
@require_POST
def take_apart(request: SignedInRequest, pk) -> HttpResponse:
    found = get_object_or_404(merges_kept_by(request.user), pk=pk)
    try:
        merging.take_apart(merge=found, by=request.user)
        messages.success(request, "Taken apart. Each record has its own chart again.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("patient", found.patient_id)
