"""The pages for billing: what a visit may come to, and the clinic's locality factors."""

from __future__ import annotations

import re
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.access import for_roles
from apps.accounts.fields import ActionForm, Day
from apps.accounts.models import Role
from apps.accounts.requests import SignedInRequest
from apps.audit import events, verbs
from apps.notes.access import notes_visible_to
from apps.notes.models import Status
from apps.patients import banner

from . import billing, fees
from .access import localities_kept_by, visits_estimated_by

# Digits are written out: Decimal would take those of other scripts, underscores and exponents as well.
FACTOR = re.compile(r"[0-9]?\.[0-9]{1,3}|[0-9](?:\.[0-9]{0,3})?")


@login_required
@require_GET
def visit_estimate(request: SignedInRequest, pk) -> HttpResponse:
    """The estimate for the visit's day: the units that were signed, and how the sum is made."""
    visit = get_object_or_404(
        visits_estimated_by(request.user).select_related("patient__clinic", "clinic"), pk=pk
    )
    notes = notes_visible_to(request.user).filter(
        status=Status.SIGNED, visit__patient=visit.patient_id, visit__served_on=visit.served_on
    )
    found = billing.of(notes, clinic=visit.clinic, day=visit.served_on)
    events.record(
        verbs.ESTIMATE_OPENED, by=request.user, clinic=visit.clinic, patient=visit.patient, target=visit
    )
    services = [line.service for line in found.estimate.lines]
    context = {**banner.of(visit.patient), "visit": visit, "found": found}
    context["charges"] = fees.charges(services, clinic=visit.clinic, day=visit.served_on)
    return render(request, "exports/estimate.html", context)


class Factor(forms.Field):
    """A geographic factor, with at most three decimals as they are published."""

    def __init__(self, **options):
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal", "maxlength": 5}), **options)

    def to_python(self, value) -> Decimal | None:
        text = (value or "").strip()
        if not text:
            return None
        if not FACTOR.fullmatch(text):
            raise ValidationError("Write the factor with at most three decimals, such as 1.012.")
        return Decimal(text)


class LocalityForm(ActionForm):
    rows = (("starts_on", "work"), ("practice_expense", "malpractice"))

    starts_on = Day(label="For dates of service from", help_text="CMS publishes the factors for each year.")
    work = Factor(label="Work")
    practice_expense = Factor(label="Practice expense")
    malpractice = Factor(label="Malpractice")


@for_roles(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def locality(request: SignedInRequest) -> HttpResponse:
    """The clinic's locality factors, year by year. They are used by estimates and by nothing else."""
    clinic = request.membership.clinic
    form = LocalityForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.carry_out(billing.set_locality, clinic=clinic, by=request.user):
        messages.success(request, "Saved.")
        return redirect("locality")
    rows = localities_kept_by(request.user).filter(clinic=clinic).select_related("set_by")
    return render(
        request, "exports/locality.html", {"form": form, "rows": rows}, status=422 if form.errors else 200
    )
