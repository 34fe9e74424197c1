"""Emergency access, and the care team of a restricted chart. The report to supervisors is in apps/review."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.access import CHARTING, charting_in, for_roles
from apps.accounts.fields import ActionForm, Day, Words
from apps.accounts.models import User
from apps.audit.refused import Refused

from . import banner, emergency
from .access import care_team_places_kept_by, open_emergency_accesses, patients_kept_by, patients_visible_to


class EmergencyForm(ActionForm):
    rows = (("mrn", "born_on"), "reason")

    mrn = Words(label="MRN", max_length=40)
    born_on = Day(label="Date of birth", is_past=True)
    reason = Words(
        label="Why do you need this chart now?",
        max_length=500,
        help_text=f"At least {emergency.LEAST_REASON} characters. Supervisors read it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PlaceForm(ActionForm):
    rows = ("person", "reason")

    person = forms.ModelChoiceField(queryset=User.objects.none(), empty_label="Choose …")
    reason = Words(label="What do they do for this patient?", max_length=300)

    def __init__(self, *args, patient, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = charting_in(patient.clinic_id)


@for_roles(*CHARTING)
@require_http_methods(["GET", "POST"])
def emergency_access(request):
    form = EmergencyForm(request.POST or None)
    if request.method == "POST" and form.carry_out(
        emergency.take, clinic=request.membership.clinic, by=request.user
    ):
        return redirect("patient", form.result.patient_id)
    context = {"form": form, "minutes": emergency.LASTS.seconds // 60}
    return render(request, "patients/emergency.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def emergency_end(request, pk):
    access = get_object_or_404(open_emergency_accesses(request.user), pk=pk)
    emergency.end(access=access, by=request.user)
    messages.success(request, "The chart is closed again.")
    return redirect("patients")


@login_required
@require_http_methods(["GET", "POST"])
def care_team(request, patient):
    """Who sees a restricted chart without a visit of their own, and a form that adds somebody."""
    patients = patients_visible_to if request.method == "GET" else patients_kept_by
    found = get_object_or_404(patients(request.user).select_related("clinic"), pk=patient)
    may_keep = patients_kept_by(request.user).filter(pk=found.pk).exists()
    if not found.is_restricted:
        raise Http404
    form = PlaceForm(request.POST or None, patient=found)
    if request.method == "POST" and form.carry_out(emergency.give_place, patient=found, by=request.user):
        messages.success(request, "Added. They see the chart from now on.")
        return redirect("care-team", found.pk)
    places = found.care_team.select_related("person", "given_by", "ended_by")
    context = {**banner.of(found), "form": form, "places": places, "may_keep": may_keep}
    return render(request, "patients/care_team.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def care_team_end(request, pk):
    place = get_object_or_404(care_team_places_kept_by(request.user).select_related("patient__clinic"), pk=pk)
    try:
        emergency.end_place(place=place, by=request.user)
        messages.success(request, "Ended. From now on they see the chart only with a visit of their own.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    if patients_visible_to(request.user).filter(pk=place.patient_id).exists():
        return redirect("care-team", place.patient_id)
    return redirect("patients")
