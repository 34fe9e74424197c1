"""Pages about the record as a whole: the clinic's policy of it, and the drafts of people who left."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.access import active_memberships, for_roles
from apps.accounts.fields import ActionForm, Day
from apps.accounts.models import Credential, Role
from apps.accounts.requests import SignedInRequest

from . import chart, record_policy
from .access import notes_left, notes_visible_to, record_policies_kept_by
from .fields import WholeNumber, Words
from .models import Note


class PolicyForm(ActionForm):
    rows = (("applies_from", "late_after_hours"), "cosigns_assistants", "source")

    applies_from = Day(label="For dates of service from")
    late_after_hours = WholeNumber(
        high=record_policy.LONGEST,
        unit="hours",
        required=True,
        label="Late after how many hours",
        help_text="Counted from the end of the day of service.",
    )
    cosigns_assistants = forms.BooleanField(
        required=False,
        label="Notes of a PTA or OTA are cosigned",
        help_text="Until then they show and print “Awaiting cosignature”. The signature is final.",
    )
    source = Words(
        label="Who asks for it",
        help_text="The regulation or the clinic's own policy, with its date.",
        required=True,
        max_length=300,
    )


@for_roles(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def policy(request: SignedInRequest) -> HttpResponse:
    """The editions of the clinic's policy of the record. A new one is added; none is changed."""
    clinic = request.membership.clinic  # type: ignore[union-attr]
    form = PolicyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.carry_out(record_policy.set_policy, clinic=clinic, by=request.user):
        messages.success(request, "Saved. It counts for the dates of service from that day on.")
        return redirect("record-policy")
    editions = record_policies_kept_by(request.user).filter(clinic=clinic).select_related("set_by")
    return render(
        request,
        "notes/record_policy.html",
        {"form": form, "editions": editions},
        status=422 if form.errors else 200,
    )


@for_roles(Role.SUPERVISOR)
@require_GET
def left(request: SignedInRequest) -> HttpResponse:
    """Open notes whose author works here no more, each with who can still sign it: nobody, perhaps."""
    notes = chart.with_surroundings(notes_left(notes_visible_to(request.user)))
    found = list(notes.order_by("visit__served_on", "started_at"))
    here = active_memberships().filter(clinic__in={note.clinic_id for note in found})
    active = set(here.values_list("user", "clinic"))
    rows = [
        (note, [one for one in furnished_by(note) if (one.pk, note.clinic_id) in active]) for note in found
    ]
    return render(request, "notes/left.html", {"rows": rows})


def furnished_by(note: Note):
    """Who furnished or supervised the visit and holds a credential that signs."""
    people = (note.visit.clinician, note.visit.assistant)
    return [one for one in people if one and one.credential not in (Credential.STUDENT, Credential.NONE)]
