"""The making of packets: asked for, watched, cancelled, begun again, handed out, and the log of it all."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import for_roles
from apps.accounts.password import StepUp, before_it_leaves
from apps.accounts.requests import SignedInRequest
from apps.audit import events, verbs
from apps.audit.refused import Refused
from apps.patients import banner

from . import actions, build, making
from .access import ANSWERS_LETTERS, builds_visible_to
from .forms import MakeForm
from .models import Build
from .views import packet_or_404, packet_page

PER_PAGE = 50


def begun(made: Build) -> HttpResponse:
    return redirect("packet-build", made.pk)


@login_required
@require_POST
def packet_make(request: SignedInRequest, pk) -> HttpResponse:
    found = packet_or_404(request, pk)
    form, again = MakeForm(request.POST), StepUp(request.POST, request=request)
    if again.is_valid() and form.carry_out(making.ask, of=found, by=request.user):
        return begun(form.result)
    return packet_page(request, found, status=422, make=form, again=again)


def build_or_404(request: SignedInRequest, pk) -> Build:
    visible = builds_visible_to(request.user)
    return get_object_or_404(
        visible.select_related(
            "packet__patient__clinic", "sample", "copy__patient__clinic", "clinic", "made_by"
        ),
        pk=pk,
    )


@login_required
@require_safe
def build_page(request: SignedInRequest, pk) -> HttpResponse:
    """How far it is. Without scripts the page loads itself anew; with them only the bar is asked for."""
    [made] = making.with_holds([build_or_404(request, pk)])
    context = {"made": made, "is_interrupted": making.is_interrupted(made)}
    context["parts"] = range(1, made.files + 1)
    if request.htmx:
        return render(request, "packets/_progress.html", context)
    if made.patient:
        context |= banner.of(made.patient)
    return render(request, "packets/build.html", context)


@login_required
@require_POST
def build_cancel(request: SignedInRequest, pk) -> HttpResponse:
    return _done(request, pk, making.cancel)


@login_required
@require_POST
def build_again(request: SignedInRequest, pk) -> HttpResponse:
    made = build_or_404(request, pk)
    if ask_first := before_it_leaves(request, back_to=reverse("packet-build", args=[made.pk])):
        return ask_first
    return _done(request, pk, making.again)


def _done(request: SignedInRequest, pk, action) -> HttpResponse:
    made = build_or_404(request, pk)
    try:
        action(made=made, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("packet-build", made.pk)


@login_required
@require_safe
def build_download(request: SignedInRequest, pk) -> HttpResponse | FileResponse:
    """The whole as a ZIP, or with ?part=1 one reading copy out of it. Each time is on record."""
    made = build_or_404(request, pk)
    path = making.path_of(made) if made.is_ready else None
    if path is None or not path.exists():
        raise Http404
    if ask_first := before_it_leaves(request, back_to=reverse("packet-build", args=[made.pk])):
        return ask_first
    part = request.GET.get("part", "")
    name = build.name_of(made)
    if part:
        member = build.part_of(path, part)
        if member is None:
            raise Http404
        response = FileResponse(build.opened(path, member), as_attachment=True, filename=f"{name}-{part}.pdf")
        response["Content-Type"] = "application/pdf"
    else:
        response = FileResponse(path.open("rb"), as_attachment=True, filename=f"{name}.zip")
    making.hand_out(made=made, whole=not part, by=request.user)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@for_roles(*ANSWERS_LETTERS)
@require_safe
def disclosures(request: SignedInRequest) -> HttpResponse:
    """Everything that was made: by whom, for whom, why, its hash, and until when it is kept."""
    clinic = request.membership.clinic  # type: ignore[union-attr]
    visible = builds_visible_to(request.user).filter(clinic=clinic)
    rows = visible.select_related("packet__patient", "sample", "copy__patient", "made_by")
    events.record(verbs.DISCLOSURES_READ, by=request.user, clinic=clinic)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = making.with_holds(page.object_list)
    context = {
        "page_obj": page,
        "keep_days": actions.keep_days(clinic),
    }
    return render(request, "packets/disclosures.html", context)
