"""What was measured over time, and the flowsheet: two pages of a patient's chart."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from apps.accounts.models import Discipline
from apps.accounts.requests import SignedInRequest
from apps.audit import events, verbs
from apps.patients import banner
from apps.patients.access import patients_visible_to

from . import flowsheet, trends
from .access import notes_visible_to


def opened_or_404(request: SignedInRequest, pk):
    """The patient, and a line in the log that their chart was read."""
    patient = get_object_or_404(patients_visible_to(request.user).select_related("clinic"), pk=pk)
    events.record(verbs.CHART_OPENED, by=request.user, clinic=patient.clinic, patient=patient, target=patient)
    return patient


@login_required
@require_GET
def measures(request: SignedInRequest, patient) -> HttpResponse:
    """Each measure of the signed notes as a drawing and as a table."""
    found = opened_or_404(request, patient)
    series = trends.of_patient(notes_visible_to(request.user), found)
    return render(request, "notes/measures.html", {"series": series, **banner.of(found)})


@login_required
@require_GET
def sheet(request: SignedInRequest, patient) -> HttpResponse:
    """Measures and interventions over the visits, side by side."""
    found = opened_or_404(request, patient)
    asked = request.GET.get("discipline", "")
    discipline = asked if asked in Discipline.values else ""
    made = flowsheet.of_patient(
        notes_visible_to(request.user), found, discipline=discipline, number=request.GET.get("page")
    )
    disciplines = [("", "All"), *((one.value, one.label) for one in Discipline)]
    context = {"sheet": made, "page_obj": made.page, "discipline": discipline, "disciplines": disciplines}
    return render(request, "notes/flowsheet.html", {**context, **banner.of(found)})
