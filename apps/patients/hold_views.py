"""Legal holds on a chart: placed, lifted, and all that there ever were."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.access import for_roles, role_in
from apps.accounts.fields import ActionForm, Day, Words
from apps.accounts.requests import SignedInRequest

from . import banner, holds
from .access import DISCLOSES, RETAINS, holds_kept_by, patients_retained_by
from .merging import records_of
from .models import Patient

LONGEST = 500
ASKED = f"At least {holds.LEAST_REASON} characters. It stays on record and is never changed."


class HoldForm(ActionForm):
    rows: tuple[str | tuple[str, ...], ...] = ("reason",)

    reason = Words(label="Who asks for it, and in what matter?", max_length=LONGEST, help_text=ASKED)


class HoldByNumberForm(HoldForm):
    rows = (("mrn", "born_on"), "reason")

    mrn = Words(label="MRN", max_length=40)
    born_on = Day(label="Date of birth", is_past=True)


class LiftForm(ActionForm):
    rows = ("reason",)

    reason = Words(label="Who released it, and how?", max_length=LONGEST, help_text=ASKED)


@for_roles(*RETAINS)
@require_http_methods(["GET", "POST"])
def hold_add(request: SignedInRequest) -> HttpResponse:
    """Hold the chart that a letter names by number and date of birth: there is no list to choose from."""
    form = HoldByNumberForm(request.POST or None)
    clinic = request.membership.clinic  # type: ignore[union-attr]
    if request.method == "POST" and form.carry_out(holds.place_by_number, clinic=clinic, by=request.user):
        messages.success(request, "The chart is on legal hold.")
        return redirect("holds", form.result.patient_id)
    return render(request, "patients/hold_add.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def holds_of(request: SignedInRequest, patient) -> HttpResponse:
    """Every hold of the chart, and a form that places one more."""
    found = get_object_or_404(patients_retained_by(request.user).select_related("clinic"), pk=patient)
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.carry_out(holds.place, patient=found, by=request.user):
        messages.success(request, "The chart is on legal hold.")
        return redirect("holds", found.pk)
    return _page(request, found, form=form)


@login_required
@require_http_methods(["GET", "POST"])
def hold_lift(request: SignedInRequest, pk) -> HttpResponse:
    found = get_object_or_404(holds_kept_by(request.user).select_related("patient__clinic"), pk=pk)
    form = LiftForm(request.POST or None)
    if request.method == "POST" and form.carry_out(holds.lift, hold=found, by=request.user):
        messages.success(request, "The hold is lifted. It stays on this page, with the reason.")
        return redirect("holds", found.patient_id)
    return _page(request, found.patient, form=form, lifting=found)


def _page(request: SignedInRequest, patient: Patient, **context: Any) -> HttpResponse:
    listed = holds_kept_by(request.user).filter(patient__in=records_of(patient.pk))
    context |= {
        **banner.of(patient),
        "holds": listed.select_related("placed_by", "lifted__lifted_by"),
        # Precautions are in the banner, and an administrator reads nothing of a chart.
        "sees_chart": role_in(request.user, patient.clinic) in DISCLOSES,
    }
    return render(request, "patients/holds.html", context, status=422 if context["form"].errors else 200)
