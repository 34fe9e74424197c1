"""Review samples: one letter about many patients, and all of their packets in one go."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import for_roles
from apps.accounts.password import StepUp
from apps.accounts.requests import SignedInRequest
from apps.audit import events, verbs
from apps.audit.refused import Refused

from . import actions, making, records, samples
from .access import ANSWERS_LETTERS, samples_visible_to
from .build_views import begun
from .forms import MakeForm, SampleForm
from .letters import clock_of

LETTER = actions.LETTER


@for_roles(*ANSWERS_LETTERS)
@require_http_methods(["GET", "POST"])
def sample_add(request: SignedInRequest) -> HttpResponse:
    """The letter and the rows of its patients. A row that cannot be read is named, and nothing is stored."""
    clinic = request.membership.clinic  # type: ignore[union-attr]
    is_sent = request.method == "POST"
    initial = {"contact_name": request.user.name, "contact_phone": clinic.phone}
    form = SampleForm(request.POST if is_sent else None, request.FILES if is_sent else None, initial=initial)
    errors: list = []
    if is_sent and form.is_valid() and form.sheet and not form.missing_columns:
        rows, errors = samples.rows_of(
            form.sheet, form.cleaned_data["columns"], clinic=clinic, user=request.user
        )
        letter = {name: form.cleaned_data[name] for name in LETTER}
        if not errors:
            try:
                sample = actions.begin_sample(clinic=clinic, rows=rows, by=request.user, **letter)
            except Refused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                messages.success(request, f"{len(rows)} packet{'' if len(rows) == 1 else 's'} opened.")
                return redirect("sample", sample.pk)
    context = {"form": form, "row_errors": errors, "asks_columns": bool(form.sheet)}
    is_wrong = bool(form.errors or errors or (is_sent and form.missing_columns))
    return render(request, "packets/sample_add.html", context, status=422 if is_wrong else 200)


@login_required
@require_safe
def sample(request: SignedInRequest, pk) -> HttpResponse:
    """The sample's packets, each with what it lacks."""
    found = get_object_or_404(samples_visible_to(request.user).select_related("clinic"), pk=pk)
    events.record(verbs.SAMPLE_OPENED, by=request.user, clinic=found.clinic, target=found)
    return sample_page(request, found)


def sample_page(request: SignedInRequest, found, *, status: int = 200, **forms) -> HttpResponse:
    packets = found.packets.select_related("patient", "clinic", "payer", "plan", "letter").order_by(
        "patient__family_name", "patient__given_name", "starts_on"
    )
    rows = []
    for packet in packets:
        gaps = records.of(packet).index.gaps
        rows.append((packet, len(gaps), sum(gap.tone == "stop" for gap in gaps)))
    builds = making.with_holds(found.builds.select_related("made_by")[:20])
    context = {
        "sample": found,
        "clock": clock_of(found),
        "rows": rows,
        "make": MakeForm(),
        "again": StepUp(request=request),
        "builds": builds,
        "running": next((one for one in builds if one.is_open), None),
        "keep_days": actions.keep_days(found.clinic),
        **forms,
    }
    return render(request, "packets/sample.html", context, status=status)


@login_required
@require_POST
def sample_make(request: SignedInRequest, pk) -> HttpResponse:
    found = get_object_or_404(samples_visible_to(request.user).select_related("clinic"), pk=pk)
    form, again = MakeForm(request.POST), StepUp(request.POST, request=request)
    if again.is_valid() and form.carry_out(making.ask, of=found, by=request.user):
        return begun(form.result)
    return sample_page(request, found, status=422, make=form, again=again)
