"""The page where an administrator changes the clinic's own particulars."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from . import actions
from .access import for_roles
from .clinic_form import ClinicForm
from .models import Role
from .password import StepUp


@for_roles(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def clinic_details(request):
    clinic = request.membership.clinic
    form = ClinicForm(
        request.POST or None, initial={name: getattr(clinic, name) for name in actions.CLINIC_FIELDS}
    )
    again = StepUp(request.POST or None, request=request)
    is_asked = request.method == "POST" and again.is_valid()
    if is_asked and form.carry_out(actions.change_clinic, clinic=clinic, by=request.user):
        messages.success(request, "Saved. What is signed from now on carries it.")
        return redirect("clinic-details")
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/clinic.html", {"form": form, "again": again}, status=status)
