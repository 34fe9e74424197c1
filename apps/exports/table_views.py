"""Charges and measures of a patient as a CSV file, for records staff and supervisors."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from apps.accounts.fields import ActionForm, Day, Words
from apps.accounts.password import StepUp
from apps.accounts.requests import SignedInRequest
from apps.audit import clock
from apps.patients import banner

from . import tables
from .packets.access import patients_answered_for


class TableForm(ActionForm):
    rows = ("table", ("starts_on", "through_on"), ("recipient", "purpose"))

    table = forms.ChoiceField(choices=tables.Table.choices)
    starts_on = Day(label="Dates of service from")
    through_on = Day(label="Through")
    recipient = Words(
        label="For whom outside the clinic",
        max_length=200,
        required=False,
        help_text="Empty when the file stays here. Otherwise it goes into the accounting of disclosures.",
    )
    purpose = Words(label="What for", max_length=200, required=False)


@login_required
@require_http_methods(["GET", "POST"])
def patient_table(request: SignedInRequest, patient) -> HttpResponse:
    """Choose a table and dates; the answer is the file."""
    found = get_object_or_404(patients_answered_for(request.user).select_related("clinic"), pk=patient)
    form = TableForm(request.POST or None, initial={"through_on": clock.today(found.clinic.time_zone)})
    again = StepUp(request.POST or None, request=request)
    is_asked = request.method == "POST" and again.is_valid()
    if is_asked and form.carry_out(tables.hand_out, patient=found, by=request.user):
        response = HttpResponse(form.result, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{form.cleaned_data["table"]}.csv"'
        return response
    context = {**banner.of(found), "form": form, "again": again}
    is_wrong = form.errors or again.errors
    return render(request, "exports/table.html", context, status=422 if is_wrong else 200)
