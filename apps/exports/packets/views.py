"""The pages of a packet: the clinic's letters, what one asks for, what is missing, and what may be done."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import for_roles
from apps.accounts.models import Role
from apps.accounts.password import StepUp
from apps.accounts.requests import SignedInRequest
from apps.audit import clock, events, verbs
from apps.patients import banner

from . import actions, making, records
from .access import (
    ANSWERS_LETTERS,
    attestations_asked_about,
    builds_visible_to,
    packet_policies_kept_by,
    packets_visible_to,
    patients_answered_for,
    samples_visible_to,
)
from .forms import ExplainForm, MakeForm, PacketForm, PolicyForm, SentForm
from .letters import clock_of, letters_of, open_letters, unanswered_requests
from .models import Packet

PER_PAGE = 50
COPIES = 10
"""Whole charts that the page of letters shows. The disclosure log has all."""


@for_roles(*ANSWERS_LETTERS)
@require_safe
def packets(request: SignedInRequest) -> HttpResponse:
    """The clinic's letters: those still to be answered by their dates, then the answered ones."""
    clinic = request.membership.clinic  # type: ignore[union-attr]
    sent = letters_of(request.user, clinic).exclude(sent_on=None)
    samples = samples_visible_to(request.user).filter(clinic=clinic).select_related("clinic")
    context = {
        "open": open_letters(request.user, clinic),
        "asked": unanswered_requests(request.user, clinic).select_related("patient"),
        "page_obj": Paginator(sent, PER_PAGE).get_page(request.GET.get("page")),
        "copies": builds_visible_to(request.user)
        .filter(clinic=clinic, copy__isnull=False)
        .select_related("copy__patient", "made_by")[:COPIES],
        "samples": [(one, clock_of(one), one.packets.count()) for one in samples],
    }
    return render(request, "packets/packets.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def packet_add(request: SignedInRequest, patient) -> HttpResponse:
    found = get_object_or_404(patients_answered_for(request.user).select_related("clinic"), pk=patient)
    initial = {
        "contact_name": request.user.name,
        "contact_phone": found.clinic.phone,
        "starts_on": request.GET.get("from", ""),
    }
    form = PacketForm(request.POST or None, patient=found, initial=initial)
    if request.method == "POST" and form.carry_out(actions.begin, patient=found, by=request.user):
        messages.success(request, "The packet is open. Below is what it lacks, before anything is made.")
        return redirect("packet", form.result.pk)
    context = {**banner.of(found), "form": form, "title": "Answer a letter"}
    return render(request, "packets/letter.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def packet_edit(request: SignedInRequest, pk) -> HttpResponse:
    found = packet_or_404(request, pk)
    names = (*actions.LETTER, *actions.CHOSEN)
    initial = {name: getattr(found, name) for name in names} | {"others": found.others.all()}
    form = PacketForm(request.POST or None, patient=found.patient, initial=initial)
    if request.method == "POST" and form.carry_out(actions.change, packet=found, by=request.user):
        messages.success(request, "Saved.")
        return redirect("packet", found.pk)
    context = {**banner.of(found.patient), "form": form, "packet": found, "title": "The letter"}
    return render(request, "packets/letter.html", context, status=422 if form.errors else 200)


def packet_or_404(request: SignedInRequest, pk) -> Packet:
    return get_object_or_404(
        packets_visible_to(request.user).select_related(
            "patient__clinic", "clinic", "payer", "plan", "letter"
        ),
        pk=pk,
    )


@login_required
@require_safe
def packet(request: SignedInRequest, pk) -> HttpResponse:
    """What the letter asks for, what is missing first, and what was made so far."""
    found = packet_or_404(request, pk)
    events.record(
        verbs.PACKET_OPENED, by=request.user, clinic=found.clinic, patient=found.patient, target=found
    )
    return packet_page(request, found)


def packet_page(request: SignedInRequest, found: Packet, *, status: int = 200, **forms) -> HttpResponse:
    record = records.of(found)
    explained = {one.gap: one for one in found.explanations.select_related("written_by")}
    asked = {
        str(one.note_id): one for one in attestations_asked_about(found.patient).select_related("asked_by")
    }
    gaps = [(gap, explained.get(gap.key), asked.get(gap.ref)) for gap in record.index.gaps]
    builds = making.with_holds(found.builds.select_related("made_by")[:20])
    context = {
        **banner.of(found.patient),
        "packet": found,
        "clock": clock_of(found),
        "record": record,
        "gaps": gaps,
        "loud": sum(gap.tone == "stop" for gap, _, _ in gaps),
        "explain": ExplainForm(),
        "make": MakeForm(),
        "again": StepUp(request=request),
        "sent": SentForm(initial={"sent_on": clock.today(found.clinic.time_zone)}),
        "builds": builds,
        "running": next((one for one in builds if one.is_open), None),
        "keep_days": actions.keep_days(found.clinic),
        **forms,
    }
    return render(request, "packets/packet.html", context, status=status)


@login_required
@require_POST
def packet_explain(request: SignedInRequest, pk) -> HttpResponse:
    found = packet_or_404(request, pk)
    form = ExplainForm(request.POST)
    if form.carry_out(actions.explain, packet=found, by=request.user):
        messages.success(request, "Kept. It will be printed beside the gap.")
        return redirect("packet", found.pk)
    return packet_page(request, found, status=422, explain_failed=form)


@login_required
@require_POST
def packet_sent(request: SignedInRequest, pk) -> HttpResponse:
    found = packet_or_404(request, pk)
    form = SentForm(request.POST)
    if form.carry_out(actions.mark_sent, packet=found, by=request.user):
        messages.success(request, "Written down.")
        return redirect("packet", found.pk)
    return packet_page(request, found, status=422, sent=form)


@for_roles(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def packet_policy(request: SignedInRequest) -> HttpResponse:
    """For how long the files of packets are kept."""
    clinic = request.membership.clinic  # type: ignore[union-attr]
    form = PolicyForm(request.POST or None, initial={"keep_days": actions.keep_days(clinic)})
    if request.method == "POST" and form.carry_out(actions.set_policy, clinic=clinic, by=request.user):
        messages.success(request, "Saved.")
        return redirect("packet-policy")
    policy = packet_policies_kept_by(request.user).filter(clinic=clinic).select_related("set_by").first()
    return render(
        request,
        "packets/policy.html",
        {"form": form, "policy": policy},
        status=422 if form.errors else 200,
    )
