"""The pages of the audit trail: of the clinic, of one chart, and what was given out of a chart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from defusedcsv import csv
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import for_roles, people_of
from apps.accounts.models import Clinic, Role
from apps.accounts.password import before_it_leaves
from apps.accounts.requests import SignedInRequest
from apps.audit import clock, events, verbs
from apps.patients import banner, disclosures, search
from apps.patients.access import patients_accounted_for_by

from . import trail
from .forms import DisclosureForm, TrailForm
from .tabs import tabs

PER_PAGE = 50
MOST_LINES = 100_000
"""Lines of one file. A longer period is asked for in parts."""
COLUMNS = ("When (UTC)", "Who", "What", "Outcome", "Why they could", "About", "Id")


def asked(request: SignedInRequest, clinic: Clinic) -> tuple[TrailForm, dict[str, Any]]:
    """The form, and what it asks for; four weeks of everything where it says nothing."""
    today = clock.today(clinic.time_zone)
    people = people_of(clinic)
    form = TrailForm(request.GET if request.GET else None, people=people)
    start, end = form.days(today)
    wanted = {"clinic": clinic, "start": start, "end": end, **(form.choices() if form.is_bound else {})}
    if not form.is_bound:
        form = TrailForm(initial={"start": start, "end": end, "sort": "newest"}, people=people)
    return form, wanted


@for_roles(Role.SUPERVISOR, Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def clinic_trail(request: SignedInRequest) -> HttpResponseBase:
    """What happened in the clinic. A search for a patient leads to the trail of that chart."""
    clinic = request.membership.clinic
    found = None
    if request.method == "POST":
        patients = patients_accounted_for_by(request.user).filter(clinic=clinic)
        words = request.POST.get("q", "")[:200]
        found = list(search.find(patients, words, clinic=clinic)[: PER_PAGE // 2])
        events.record(verbs.PATIENTS_SEARCHED, by=request.user, clinic=clinic, found=len(found))
        if len(found) == 1:
            return redirect("patient-trail", found[0].pk)
    form, wanted = asked(request, clinic)
    events_found = trail.find(trail.of_clinic(clinic), **wanted)
    if request.GET.get("as") == "csv":
        if ask_first := before_it_leaves(request, back_to=without_file(request)):
            return ask_first
        events.record(verbs.TRAIL_EXPORTED, by=request.user, clinic=clinic)
        rows = (trail.Line(event, trail.words(event)) for event in events_found[:MOST_LINES].iterator())
        return as_csv(rows, "audit-trail")
    page = Paginator(events_found, PER_PAGE).get_page(request.GET.get("page"))
    lines = trail.lines_of_clinic(page.object_list, request.user)
    events.record(verbs.TRAIL_OPENED, by=request.user, clinic=clinic)
    context = {
        "form": form,
        "page_obj": page,
        "lines": lines,
        "found": found,
        "words": request.POST.get("q", "")[:100],
        "may_find": request.membership.role == Role.SUPERVISOR,
        "oversight": tabs(request.membership.role),
        **about(request, wanted),
    }
    return render(request, "review/trail.html", context)


@login_required
@require_safe
def patient_trail(request: SignedInRequest, pk) -> HttpResponseBase:
    """Who saw this chart, when, and why they could."""
    patient = get_object_or_404(patients_accounted_for_by(request.user).select_related("clinic"), pk=pk)
    form, wanted = asked(request, patient.clinic)
    found = trail.find(trail.of_patient(patient), **wanted)
    if request.GET.get("as") == "csv":
        if ask_first := before_it_leaves(request, back_to=without_file(request)):
            return ask_first
        events.record(verbs.TRAIL_EXPORTED, by=request.user, clinic=patient.clinic, patient=patient)
        return as_csv(trail.lines_of_patient(found[:MOST_LINES].iterator(), patient), "who-saw-a-chart")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    events.record(verbs.TRAIL_OPENED, by=request.user, clinic=patient.clinic, patient=patient)
    context = {
        **banner.of(patient),
        "form": form,
        "page_obj": page,
        "lines": list(trail.lines_of_patient(page.object_list, patient)),
        **about(request, wanted),
    }
    return render(request, "review/patient_trail.html", context)


def about(request: SignedInRequest, wanted: dict[str, Any]) -> dict[str, Any]:
    """The period, and the filters as they go into the links to other pages and to the file."""
    query = request.GET.copy()
    for name in ("page", "as"):
        query.pop(name, None)
    return {"start": wanted["start"], "end": wanted["end"], "query": query.urlencode()}


def without_file(request: SignedInRequest) -> str:
    """The page with its filters, from which the file is asked for."""
    query = request.GET.copy()
    query.pop("as", None)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def as_csv(lines: Iterable[trail.Line], name: str) -> StreamingHttpResponse:
    def rows() -> Iterator[tuple[str, ...]]:
        yield COLUMNS
        for line in lines:
            event = line.event
            when = event.at.strftime("%Y-%m-%d %H:%M:%S")
            yield (when, line.who, line.what, event.outcome, line.why, event.target_type, event.target)

    return csv_of(rows(), name)


class _Echo:
    """A file that hands back what is written to it."""

    write: Callable[[str], str] = staticmethod(str)


def csv_of(rows: Iterable[tuple[str, ...]], name: str) -> StreamingHttpResponse:
    """Rows as a file. A cell that a spreadsheet would run as a formula is kept from it."""
    writer = csv.writer(_Echo())
    return StreamingHttpResponse(
        (writer.writerow([str(cell).lstrip("\t\r\n") for cell in row]) for row in rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


@login_required
@require_http_methods(["GET", "POST"])
def patient_disclosures(request: SignedInRequest, patient) -> HttpResponseBase:
    """What was given out of a chart: an accounting for the patient who asks, and a form that adds a line."""
    found = get_object_or_404(patients_accounted_for_by(request.user).select_related("clinic"), pk=patient)
    form = DisclosureForm(request.POST or None, initial={"made_on": clock.today(found.clinic.time_zone)})
    if request.method == "POST" and form.carry_out(disclosures.record, patient=found, by=request.user):
        messages.success(request, "Recorded.")
        return redirect("disclosures", found.pk)
    listed = found.disclosures.select_related("recorded_by")
    if request.method == "GET" and request.GET.get("as") == "csv":
        if ask_first := before_it_leaves(request, back_to=without_file(request)):
            return ask_first
        events.record(verbs.TRAIL_EXPORTED, by=request.user, clinic=found.clinic, patient=found)
        heads = ("Date", "To whom", "Address", "What was given", "Why", "Recorded by")
        rows = [
            (str(row.made_on), row.recipient, row.address, row.words, row.purpose, row.recorded_by.name)
            for row in listed
        ]
        return csv_of([heads, *rows], "accounting-of-disclosures")
    printed = trail.of_patient(found).filter(verb__in=trail.GROUPS["given"][1]).order_by("-id")[:PER_PAGE]
    context = {
        **banner.of(found),
        "form": form,
        "disclosures": listed,
        "printed": [trail.Line(event, trail.words(event)) for event in printed],
    }
    return render(request, "review/disclosures.html", context, status=422 if form.errors else 200)
