"""The report of emergency accesses, for supervisors: who opened a restricted chart, why, what they read."""

from __future__ import annotations

from collections import defaultdict

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import for_roles
from apps.accounts.models import Role
from apps.accounts.requests import SignedInRequest
from apps.audit import clock
from apps.patients import emergency
from apps.patients.access import emergency_accesses_reviewed_by, patients_cared_for_by

from . import trail
from .forms import SeenForm
from .tabs import tabs

PER_PAGE = 20


@for_roles(Role.SUPERVISOR)
@require_safe
def emergency_report(request: SignedInRequest) -> HttpResponse:
    accesses = (
        emergency_accesses_reviewed_by(request.user, request.membership.clinic)
        .select_related("person", "patient", "reviewed_by")
        .order_by("reviewed_at", "-taken_at")
    )
    waiting = accesses.filter(reviewed_at=None)
    page = Paginator([*waiting, *accesses.exclude(reviewed_at=None).order_by("-taken_at")[:200]], PER_PAGE)
    shown = page.get_page(request.GET.get("page"))
    rows = shown.object_list
    seen = patients_cared_for_by(request.user).filter(pk__in=[row.patient_id for row in rows])
    context = {
        "page_obj": shown,
        "oversight": tabs(request.membership.role),
        "rows": [(row, pages) for row, pages in zip(rows, pages_read(rows), strict=True)],
        "named": set(seen.values_list("pk", flat=True)),
    }
    return render(request, "review/emergencies.html", context)


def pages_read(accesses) -> list[list[trail.Line]]:
    """For each access, what its person did in the chart while it was open. One query for all."""
    by_chart = defaultdict(list)
    since = min((row.taken_at for row in accesses), default=clock.now())
    people, patients = {row.person_id for row in accesses}, {row.patient_id for row in accesses}
    for event in trail.done_by(people, patients=patients, since=since):
        by_chart[event.patient, event.actor].append(event)
    return [
        [
            trail.Line(event, trail.words(event))
            for event in by_chart[str(row.patient_id), str(row.person_id)]
            if row.taken_at <= event.at <= row.ends_at
        ]
        for row in accesses
    ]


@login_required
@require_POST
def emergency_reviewed(request: SignedInRequest, pk) -> HttpResponse:
    access = get_object_or_404(emergency_accesses_reviewed_by(request.user), pk=pk)
    form = SeenForm(request.POST)
    if form.carry_out(emergency.review, access=access, by=request.user):
        messages.success(request, "Noted that you have looked at it.")
    else:
        messages.error(request, " ".join(words for errors in form.errors.values() for words in errors))
    return redirect("emergency-report")
