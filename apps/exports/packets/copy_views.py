"""Whole charts on their way out: a patient's for a records request, and all of a clinic that leaves."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from apps.accounts.access import for_roles
from apps.accounts.models import Clinic, Role
from apps.accounts.password import StepUp
from apps.accounts.requests import SignedInRequest
from apps.patients import banner
from apps.patients.models import Patient

from . import actions, copies, making
from .access import builds_visible_to, patients_answered_for
from .build_views import begun
from .forms import CopyForm

LAST = 20
"""Copies that the page lists, newest first."""


@login_required
@require_http_methods(["GET", "POST"])
def chart_copy(request: SignedInRequest, patient) -> HttpResponse:
    """Ask for the whole chart of a patient, and see what was made of it before."""
    found = get_object_or_404(patients_answered_for(request.user).select_related("clinic"), pk=patient)
    return _page(request, found.clinic, found, "packets/chart_copy.html", banner.of(found))


@for_roles(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def clinic_copy(request: SignedInRequest) -> HttpResponse:
    """Ask for every chart of the clinic, for a clinic that leaves."""
    clinic = request.membership.clinic  # type: ignore[union-attr]
    return _page(request, clinic, None, "packets/clinic_copy.html", {"clinic": clinic})


def _page(
    request: SignedInRequest, clinic: Clinic, patient: Patient | None, template: str, context: dict[str, Any]
) -> HttpResponse:
    form, again = CopyForm(request.POST or None), StepUp(request.POST or None, request=request)
    is_asked = request.method == "POST" and again.is_valid()
    if is_asked and form.carry_out(copies.ask, clinic=clinic, patient=patient, by=request.user):
        return begun(form.result)
    made = builds_visible_to(request.user).filter(copy__clinic=clinic, copy__patient=patient)
    context |= {
        "form": form,
        "again": again,
        "builds": making.with_holds(
            made.filter(copy__isnull=False).select_related("copy__patient", "made_by")[:LAST]
        ),
        "keep_days": actions.keep_days(clinic),
    }
    is_wrong = form.errors or again.errors
    return render(request, template, context, status=422 if is_wrong else 200)
