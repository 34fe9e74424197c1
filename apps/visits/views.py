"""The day's list, a patient's chart, booking a visit, and who came."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from apps.accounts.access import CHARTING, KEEPS_CHARTS, for_roles, role_in
from apps.accounts.models import Role
from apps.audit import clock, events, verbs
from apps.episodes import due
from apps.episodes.access import plans_visible_to
from apps.patients import banner, holds
from apps.patients.access import (
    DISCLOSES,
    coverages_visible_to,
    diagnoses_visible_to,
    merges_visible_to,
    only_reads,
    patients_cared_for_by,
    patients_visible_to,
)
from apps.patients.merging import records_of
from apps.patients.models import Diagnosis

from . import actions, day
from .access import attendance_of, is_on, visits_kept_by, visits_visible_to
from .forms import AttendanceForm, DayForm, RangeForm, VisitForm

PER_PAGE = 50
VISITS_ON_CHART = 25


@login_required
@require_safe
def today(request):
    """What the person has to do today. Who has no visits is shown what they do have."""
    if request.membership is None:
        return render(request, "accounts/no_clinic.html")
    role = request.membership.role
    if role in (Role.ADMINISTRATOR, Role.RECORDS):
        return redirect("home")

    clinic = request.membership.clinic
    now_on = clock.today(clinic.time_zone)
    form = DayForm(request.GET if request.GET.get("on") else None)
    chosen = (form.cleaned_data["on"] if form.is_bound and form.is_valid() else None) or now_on
    visible = visits_visible_to(request.user).filter(clinic=clinic)
    mine = visible.filter(is_on(request.user))
    is_everybody = role == Role.SUPERVISOR and request.GET.get("whose") == "all"
    shown = visible if is_everybody else mine
    unfinished = mine.filter(
        served_on__lt=now_on, notes__status__in=["draft", "in_review"], notes__author=request.user
    ).distinct()
    context = {
        "form": form,
        "day": chosen,
        "is_today": chosen == now_on,
        "previous": chosen - dt.timedelta(days=1),
        "next": chosen + dt.timedelta(days=1),
        "rows": day.of(shown.filter(served_on=chosen), request.user, now_on),
        "unfinished": day.of(unfinished, request.user, now_on) if chosen == now_on else [],
        "may_see_all": role == Role.SUPERVISOR,
        "is_everybody": is_everybody,
        "may_book": role in CHARTING,
    }
    return render(request, "visits/today.html", context)


@login_required
@require_safe
def chart(request, pk):
    """Everything known of a patient, on one page. Opening it is recorded."""
    patient = get_object_or_404(patients_visible_to(request.user).select_related("clinic"), pk=pk)
    if (
        patient.merged_into_id
        and patients_visible_to(request.user).filter(pk=patient.merged_into_id).exists()
    ):
        return redirect("patient", patient.merged_into_id)
    role = role_in(request.user, patient.clinic)
    may_write = not only_reads(request.user, patient)
    now_on = clock.today(patient.clinic.time_zone)
    events.record(verbs.CHART_OPENED, by=request.user, clinic=patient.clinic, patient=patient, target=patient)
    # Of another record of the same person, each row by its own right to be seen.
    records = list(
        patients_visible_to(request.user).filter(pk__in=records_of(patient.pk)).values_list("pk", flat=True)
    )
    diagnoses = list(diagnoses_visible_to(request.user).filter(patient__in=records))
    current = [diagnosis for diagnosis in diagnoses if diagnosis.ended_on is None]
    visits = (
        visits_visible_to(request.user)
        .filter(patient__in=records)
        .order_by("-served_on", "-expected_at", "id")
    )
    page = Paginator(visits, VISITS_ON_CHART).get_page(request.GET.get("page"))
    # The page's ids, so that the rows can be fetched with all that stands beside them.
    ids = [visit.pk for visit in page.object_list]
    rows = list(reversed(day.of(visits_visible_to(request.user).filter(pk__in=ids), request.user, now_on)))
    context = {
        **banner.of(patient),
        "diagnosis_groups": [
            ("Treating diagnoses", [one for one in current if one.type == Diagnosis.Type.TREATING]),
            ("Medical diagnoses", [one for one in current if one.type == Diagnosis.Type.MEDICAL]),
        ],
        "ended_diagnoses": [diagnosis for diagnosis in diagnoses if diagnosis.ended_on],
        "coverages": [
            (one, one.covers(now_on))
            for one in coverages_visible_to(request.user).filter(patient__in=records).select_related("payer")
        ],
        "plans": plans_visible_to(request.user)
        .filter(patient__in=records)
        .prefetch_related("goals")
        .select_related("established_by"),
        "merges": merges_visible_to(request.user).filter(into=patient).select_related("patient", "merged_by")
        if len(records) > 1
        else (),
        "holds": holds.open_of(records) if role in DISCLOSES else (),
        "dues": due.of_patient(patient, now_on),
        "today": now_on,
        "rows": rows,
        "page_obj": page,
        "may_keep": may_write and role in KEEPS_CHARTS,
        "may_chart": may_write and role in CHARTING,
        "may_account": may_write and role in DISCLOSES,
        "sees_drafts": role != Role.RECORDS,
        "sees_estimates": role in (Role.RECORDS, Role.SUPERVISOR),
    }
    return render(request, "visits/chart.html", context)


@login_required
def visit_add(request, patient):
    patient = get_object_or_404(patients_cared_for_by(request.user).select_related("clinic"), pk=patient)
    if role_in(request.user, patient.clinic) not in CHARTING:
        raise Http404
    initial = {"served_on": clock.today(patient.clinic.time_zone), "clinician": request.user.pk}
    form = VisitForm(request.POST or None, patient=patient, initial=initial)
    if request.method == "POST" and form.carry_out(actions.book, patient=patient, by=request.user):
        messages.success(request, "Visit booked.")
        return redirect("patient", patient.pk)
    return render(request, "visits/visit.html", {"form": form, **banner.of(patient)})


@login_required
def attendance(request, pk):
    visit = get_object_or_404(
        visits_kept_by(request.user).select_related("patient__clinic", "clinician"), pk=pk
    )
    initial = {"attendance": visit.attendance, "reason": visit.attendance_reason}
    form = AttendanceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.carry_out(actions.record_attendance, visit=visit, by=request.user):
        messages.success(request, "Attendance recorded.")
        return redirect("patient", visit.patient_id)
    records = visit.attendance_records.select_related("recorded_by")
    context = {"form": form, "visit": visit, **banner.of(visit.patient), "records": records}
    return render(request, "visits/attendance.html", context)


@for_roles(*CHARTING, Role.RECORDS)
@require_safe
def attendance_log(request):
    """What was recorded of the visits between two dates, newest first."""
    clinic = request.membership.clinic
    now_on = clock.today(clinic.time_zone)
    form = RangeForm(request.GET if "start" in request.GET or "end" in request.GET else None)
    start, end = form.days(now_on) if form.is_bound else (now_on - dt.timedelta(days=27), now_on)
    if not form.is_bound:
        form = RangeForm(initial={"start": start, "end": end})
    visible = visits_visible_to(request.user).filter(clinic=clinic, served_on__range=(start, end))
    records = (
        attendance_of(visible)
        .select_related("visit__patient", "visit__clinician", "recorded_by")
        .order_by("-visit__served_on", "-recorded_at", "-id")
    )
    page = Paginator(records, PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page, "start": start, "end": end, "total": page.paginator.count}
    return render(request, "visits/attendance_log.html", context)
