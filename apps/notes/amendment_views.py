"""The pages on which somebody cosigns, adds to, corrects or voids a signed document: a note or a plan.

Each shows the exact document, asks for what the move needs, and for the password as signing does. The move
comes from the address; what is allowed comes from lifecycle.py, whichever way the page was reached.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.password import PasswordAgain, recognised_by
from apps.accounts.requests import SignedInRequest
from apps.audit import clock, verbs
from apps.audit.events import record as record_event
from apps.audit.refused import Refused
from apps.episodes import document as plan_documents
from apps.episodes import record as plan_record
from apps.episodes.access import versions_visible_to
from apps.episodes.models import PlanVersion
from apps.ledger import amendments as reading
from apps.ledger import chain
from apps.ledger.models import Kind
from apps.patients import requests
from apps.patients.access import are_of, patients_cared_for_by

from . import amendments, chart, correctable, lifecycle
from .access import notes_visible_to
from .document import document_of, signed_document
from .fields import Words
from .models import Note, Status
from .record import payload_of


def typed(label: str, rows: int = 4, most: int = amendments.LONGEST) -> Words:
    return Words(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}))


class Later(PasswordAgain):
    """What every later word carries: which entry its author had before them, and the password."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class Cosign(Later):
    pass


class Addend(Later):
    words = typed("What you add")
    reason = typed("Why it is added now", 2)


class EnterLate(Later):
    words = typed("What you know of the visit")
    knows = typed("How you know it first-hand", 2)
    reason = typed("Why it is entered late", 2)


class Correct(Later):
    path = forms.ChoiceField(label="Which field is wrong?")
    should_say = typed("What it should say")
    reason = typed("How the mistake came about", 2)


class Void(Later):
    reason = typed("Why this note is void", 3)


PAGES: dict[str, tuple[str, type[Later], Any, str, Kind]] = {
    "cosign": ("Cosign", Cosign, amendments.cosign, "", Kind.COSIGN),
    "addend": (
        "Add to it",
        Addend,
        amendments.addend,
        "What was signed stays as it is. Your addendum stands under it, with today's date and your name.",
        Kind.ADDENDUM,
    ),
    "late entry": (
        "Late entry",
        EnterLate,
        amendments.enter_late,
        "Only what you know first-hand. It is your own entry, dated today, and signs nobody else's words.",
        Kind.LATE_ENTRY,
    ),
    "correct": (
        "Correct it",
        Correct,
        amendments.correct,
        "What it said stays readable. The correction stands under it, with today's date and your name.",
        Kind.CORRECTION,
    ),
    "void": (
        "Void this note",
        Void,
        amendments.void,
        "It stays readable, marked as void on every page. For the right patient, start a new note.",
        Kind.VOID,
    ),
}


def document_or_404(request: SignedInRequest, pk) -> Note | PlanVersion:
    note = chart.with_surroundings(notes_visible_to(request.user)).select_related("signed_by").filter(pk=pk)
    if request.method == "POST":
        note = note.filter(are_of(patients_cared_for_by(request.user), "visit__patient"))
    if found := note.exclude(status=Status.DISCARDED).first():
        return found
    versions = versions_visible_to(request.user).select_related("plan__patient__clinic", "signed_by")
    version = versions.filter(pk=pk, status=PlanVersion.Status.SIGNED).first()
    if version is None:
        raise Http404
    return version


def page_of(document: Note | PlanVersion) -> str:
    return "note" if isinstance(document, Note) else "plan-version"


@login_required
@require_http_methods(["GET", "POST"])
def amend(request: SignedInRequest, pk, move: str) -> HttpResponse:
    """One later word: the document as it stands, and the form of the move."""
    found = document_or_404(request, pk)
    title, form_class, action, lead, kind = PAGES[move]
    clinic, patient = (
        (found.clinic, found.visit.patient)
        if isinstance(found, Note)
        else (found.plan.patient.clinic, found.plan.patient)
    )
    reason = lifecycle.why_not(move, found, request.user)
    form = form_class(request.POST if request.method == "POST" else None, request=request)
    context: dict[str, Any] = {"note": found, "patient": patient, "title": title, "lead": lead}
    shown, entries = as_it_stands(found)
    if isinstance(form, Correct):
        offered = correctable.fields_of(chain.read(entries[0]), shown.later) if entries else []
        form.fields["path"].choices = [("", "Choose")] + [(said.path, label_of(said)) for said in offered]  # type: ignore[attr-defined]
    if request.method == "POST":
        try:
            return later_word(request, found, form, action, title)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            shown, entries = as_it_stands(found)
    record_event(
        verbs.NOTE_OPENED if isinstance(found, Note) else verbs.PLAN_OPENED,
        by=request.user,
        clinic=clinic,
        patient=patient,
        target=found,
    )
    context |= {
        "form": form,
        "document": shown,
        "is_plan": not isinstance(found, Note),
        "back": page_of(found),
        "seen": shown.later.last,
        "may_not": reason,
        "meaning": amendments.MEANINGS[kind],
        "after_request": reading.after_request(
            requests.before(patient.pk, clock.today(clinic.time_zone)) if kind in reading.AMENDS else None
        ),
        "age": patient.age_on(found.visit.served_on) if isinstance(found, Note) else None,
    }
    return render(request, "notes/amend.html", context, status=422 if form.errors else 200)


def label_of(said: correctable.Said) -> str:
    short = said.words if len(said.words) <= 60 else f"{said.words[:57]}…"
    return f"{said.label}: {short}"


def as_it_stands(found: Note | PlanVersion):
    """The document from its entries, or a draft with what others entered late about it; and the entries."""
    if isinstance(found, PlanVersion):
        entry = plan_record.signed_entry(found)
        return plan_documents.signed_document(entry), [entry]
    if found.is_record:
        return signed_document(found.pk), list(reading.entries_of(found.clinic_id, found.pk))
    return document_of(payload_of(found)), []


def later_word(request: SignedInRequest, found, form: Later, action, title: str) -> HttpResponse:
    """Append it. Raises Refused with what is left to do; what was typed stays in the form."""
    if not form.is_valid():
        raise Refused("Not signed yet: see what is marked.")
    values = {name: value for name, value in form.cleaned_data.items() if name not in ("password", "seen")}
    values |= {"seen": form.cleaned_data["seen"], "authenticated": recognised_by(request)}
    entry = action(document=found, by=request.user, **values)
    messages.success(request, f"{title}: signed as entry {entry.seq} of the clinic’s record.")
    return redirect(page_of(found), found.pk)
