"""Finding and keeping patients, their coverage and diagnoses, and the clinic's payers.

The chart itself also shows plans and visits, which patients know nothing of: it is in apps/visits/views.py.
"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import CHARTING, KEEPS_CHARTS, for_roles
from apps.accounts.models import Role
from apps.audit import clock, events, verbs
from apps.audit.refused import Refused
from apps.compliance import payers as policies

from . import actions, banner, diagnosis_codes, search
from .access import (
    BRINGS_IN_LISTS,
    coverages_kept_by,
    diagnoses_kept_by,
    patients_kept_by,
    patients_visible_to,
    payers_kept_by,
)
from .forms import CoverageForm, DiagnosisForm, PatientForm, PayerForm

PER_PAGE = 25
MOST_COUNTED = 100
"""Somebody who finds more types another letter, and need not wait for the count."""


def listed(request, patients):
    """What a list of patients needs beside the rows."""
    clinic = request.membership.clinic
    today = clock.today(clinic.time_zone)
    for patient in patients:
        patient.age = patient.age_on(today)
    role = request.membership.role
    return {
        "patients": patients,
        "may_add": role in KEEPS_CHARTS,
        "may_open_restricted": role in CHARTING,
        "may_bring_lists": role in BRINGS_IN_LISTS,
    }


@for_roles(*CHARTING, Role.STUDENT, Role.RECORDS)
@require_safe
def patients(request):
    visible = patients_visible_to(request.user).filter(clinic=request.membership.clinic, merged_into=None)
    page = Paginator(visible, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "patients/list.html",
        {**listed(request, page.object_list), "page_obj": page, "total": page.paginator.count},
    )


@for_roles(*CHARTING, Role.STUDENT, Role.RECORDS)
@require_POST
def patient_search(request):
    """As one types: the list alone. Without JavaScript: the whole page."""
    words = request.POST.get("q", "")[:200]
    if not words.strip():
        if not request.htmx:
            return redirect("patients")
        visible = patients_visible_to(request.user).filter(clinic=request.membership.clinic)
        page = Paginator(visible, PER_PAGE).get_page(1)
        context = {"page_obj": page, "total": page.paginator.count}
        return render(request, "patients/_found.html", {**listed(request, page.object_list), **context})
    clinic = request.membership.clinic
    found = search.find(patients_visible_to(request.user).filter(clinic=clinic), words, clinic=clinic)
    total = found.order_by()[: MOST_COUNTED + 1].count()  # in no order: the first so many end it
    events.record(verbs.PATIENTS_SEARCHED, by=request.user, clinic=clinic, found=total)
    context = {
        **listed(request, list(found[:PER_PAGE])),
        "words": words,
        "total": min(total, MOST_COUNTED),
        "is_counted": total <= MOST_COUNTED,
        "is_more": total > PER_PAGE,
        "most": PER_PAGE,
    }
    return render(request, "patients/_found.html" if request.htmx else "patients/list.html", context)


@for_roles(*KEEPS_CHARTS)
def patient_add(request):
    form = PatientForm(request.POST or None)
    if request.method == "POST" and form.carry_out(
        actions.add_patient, clinic=request.membership.clinic, by=request.user
    ):
        if patients_visible_to(request.user).filter(pk=form.result.pk).exists():
            messages.success(request, "Patient added.")
            return redirect("patient", form.result.pk)
        messages.success(
            request, "Patient added. The chart is restricted, so you see it once you have a visit."
        )
        return redirect("patients")
    return render(request, "patients/edit.html", {"form": form})


@login_required
def patient_edit(request, pk):
    patient = get_object_or_404(patients_kept_by(request.user).select_related("clinic"), pk=pk)
    initial = {name: getattr(patient, name) for name in actions.PATIENT_FIELDS}
    form = PatientForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.carry_out(actions.change_patient, patient=patient, by=request.user):
        messages.success(request, "Saved.")
        if not patients_visible_to(request.user).filter(pk=pk).exists():
            return redirect("patients")
        return redirect("patient", pk)
    return render(request, "patients/edit.html", {"form": form, **banner.of(patient)})


@login_required
def coverage_add(request, patient):
    patient = get_object_or_404(patients_kept_by(request.user).select_related("clinic"), pk=patient)
    form = CoverageForm(request.POST or None, patient=patient)
    if request.method == "POST" and form.carry_out(actions.add_coverage, patient=patient, by=request.user):
        messages.success(request, "Coverage added.")
        return redirect("patient", patient.pk)
    return render(request, "patients/coverage.html", {"form": form, **banner.of(patient)})


@login_required
def coverage(request, pk):
    found = get_object_or_404(
        coverages_kept_by(request.user).select_related("patient__clinic", "payer"), pk=pk
    )
    patient = found.patient
    initial = {name: getattr(found, name) for name in actions.COVERAGE_FIELDS}
    form = CoverageForm(request.POST or None, patient=patient, payer=found.payer, initial=initial)
    if request.method == "POST" and form.carry_out(actions.change_coverage, coverage=found, by=request.user):
        messages.success(request, "Saved.")
        return redirect("patient", patient.pk)
    return render(request, "patients/coverage.html", {"form": form, **banner.of(patient), "coverage": found})


def codes_for(request) -> dict:
    """The codes to choose from: those found, and above them the one that is chosen already."""
    words = request.POST.get("q", "")[:200]
    found = diagnosis_codes.search(words)
    chosen = request.POST.get("code", "")[:20]
    if chosen and chosen not in [code.code for code in found]:
        kept = diagnosis_codes.get(chosen)
        found = [kept, *found] if kept else found
    return {"codes": found, "words": words, "chosen": chosen, "release": diagnosis_codes.release()}


@login_required
def diagnosis_add(request, patient):
    patient = get_object_or_404(patients_kept_by(request.user).select_related("clinic"), pk=patient)
    is_search = "search" in request.POST
    form = DiagnosisForm(request.POST if request.method == "POST" and not is_search else None)
    if is_search:
        # Searching judges nothing, and keeps what is chosen and typed.
        form.initial = {name: request.POST.get(name, "") for name in ("type", "onset_on")}
    elif request.method == "POST" and form.carry_out(actions.add_diagnosis, patient=patient, by=request.user):
        messages.success(request, "Diagnosis added.")
        return redirect("patient", patient.pk)
    return render(
        request, "patients/diagnosis.html", {"form": form, **banner.of(patient), **codes_for(request)}
    )


@for_roles(*KEEPS_CHARTS)
@require_POST
def diagnosis_search(request):
    """The codes that match what was typed, for the page that adds a diagnosis."""
    return render(request, "patients/_codes.html", {**codes_for(request), "is_fragment": True})


@login_required
@require_POST
def diagnosis_end(request, pk):
    diagnosis = get_object_or_404(diagnoses_kept_by(request.user), pk=pk)
    try:
        actions.end_diagnosis(diagnosis=diagnosis, by=request.user)
        messages.success(request, "Diagnosis ended.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("patient", diagnosis.patient_id)


@for_roles(Role.ADMINISTRATOR)
@require_safe
def payers(request):
    rows = [
        (payer, policies.get(payer.policy))
        for payer in payers_kept_by(request.user).filter(clinic=request.membership.clinic)
    ]
    return render(request, "patients/payers.html", {"rows": rows})


@for_roles(Role.ADMINISTRATOR)
def payer_add(request):
    form = PayerForm(request.POST or None)
    if request.method == "POST" and form.carry_out(
        actions.add_payer, clinic=request.membership.clinic, by=request.user
    ):
        messages.success(request, "Payer added.")
        return redirect("payers")
    return render(request, "patients/payer.html", {"form": form})


@for_roles(Role.ADMINISTRATOR)
def payer(request, pk):
    found = get_object_or_404(payers_kept_by(request.user), pk=pk)
    initial = {"name": found.name, "policy": found.policy, "is_active": found.is_active}
    form = PayerForm(request.POST or None, payer=found, initial=initial)
    if request.method == "POST" and form.carry_out(actions.change_payer, payer=found, by=request.user):
        messages.success(request, "Saved.")
        return redirect("payers")
    return render(request, "patients/payer.html", {"form": form, "payer": found})
