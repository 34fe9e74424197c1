"""Requests for a patient's record, written down by hand: a letter, a subpoena, a call, answered or not yet.

Packets write theirs down themselves. Whatever is added to a signed document after the day says so.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.fields import ActionForm, Day, Words
from apps.accounts.requests import SignedInRequest
from apps.audit import clock

from . import banner, requests
from .access import patients_accounted_for_by, records_requests_kept_by


class RequestForm(ActionForm):
    rows = (("received_on", "case_number"), "requester")

    received_on = Day(label="Received on")
    requester = Words(label="Who asks", max_length=200)
    case_number = Words(label="Case or claim number, if there is one", max_length=80, required=False)


class LeftForm(ActionForm):
    rows = ("left_on",)

    left_on = Day(label="The records left on")


@login_required
@require_http_methods(["GET", "POST"])
def records_requests(request: SignedInRequest, patient) -> HttpResponse:
    """What was asked for and what left in answer, and a form that adds a request."""
    found = get_object_or_404(patients_accounted_for_by(request.user).select_related("clinic"), pk=patient)
    form = RequestForm(request.POST or None, initial={"received_on": clock.today(found.clinic.time_zone)})
    if request.method == "POST" and form.carry_out(requests.record_request, patient=found, by=request.user):
        messages.success(
            request, "Recorded. What is added to this chart's documents from that day on says so."
        )
        return redirect("records-requests", found.pk)
    return page(request, found, form=form)


@login_required
@require_http_methods(["GET", "POST"])
def records_left(request: SignedInRequest, pk) -> HttpResponse:
    """Write down the day on which the records left in answer to a request."""
    found = get_object_or_404(records_requests_kept_by(request.user).select_related("patient__clinic"), pk=pk)
    today = clock.today(found.patient.clinic.time_zone)
    form = LeftForm(request.POST or None, initial={"left_on": today})
    if request.method == "POST" and form.carry_out(requests.packet_left, request=found, by=request.user):
        messages.success(
            request, "Recorded. Write down what was given, and to whom, under What was given out."
        )
        return redirect("records-requests", found.patient_id)
    return page(request, found.patient, form=form, answered=found)


def page(request: SignedInRequest, patient, **context: Any) -> HttpResponse:
    listed = patient.records_requests.select_related("recorded_by").prefetch_related("packets_sent")
    context |= {**banner.of(patient), "requests": listed}
    status = 422 if context["form"].errors else 200
    return render(request, "patients/records_requests.html", context, status=status)
