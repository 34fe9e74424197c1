"""The review desk: the queue of what waits for a person, and one screen for each note."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.requests import SignedInRequest
from apps.audit import clock, verbs
from apps.audit.events import record as record_event
from apps.audit.refused import Refused
from apps.ledger import chain
from apps.notes import amendments, chart, correctable, lifecycle, reviewing
from apps.notes.amendment_views import Cosign
from apps.notes.document import document_of, signed_document, signed_entry
from apps.notes.models import Note
from apps.notes.record import payload_of
from apps.notes.review_views import comment_on, do, findings_of, typed_words

from . import changes, queue, weights
from .access import at_the_desk, notes_at_the_desk, waiting_for
from .tabs import desk_tabs

PER_PAGE = 25
ORDER = "review_order"
"""In the session: the notes in the order in which the queue was shown, so that "next" means what was seen."""

TONES = {"blocker": "stop", "warning": "warn", "advice": "tip"}
KINDS = {"stop": "Stops the signature", "warn": "Needs a reason", "ask": "Question", "tip": "To know"}


@at_the_desk
@require_safe
def desk(request: SignedInRequest) -> HttpResponse:
    """What waits, in the order in which it should be read, and why."""
    clinic = request.membership.clinic
    today = clock.today(clinic.time_zone)
    ranked, beyond = queue.of(request.user, clinic, today)
    keep_order(request, ranked)
    page = Paginator(ranked, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "lines": queue.lines_of(list(page)),
        "total": len(ranked) + beyond,
        "beyond": beyond,
        "oversight": desk_tabs(request),
        "weights": weights.rows(today),
    }
    return render(request, "review/desk.html", context)


def keep_order(request: SignedInRequest, ranked: list[queue.Ranked]) -> None:
    order = [str(one.pk) for one in ranked]
    if request.session.get(ORDER) != order:
        request.session[ORDER] = order


# --- One note -----------------------------------------------------------------------------------------------


@at_the_desk
@require_http_methods(["GET", "POST"])
def review_note(request: SignedInRequest, pk) -> HttpResponse:
    """Everything about one note on one screen: read it, then cosign, return, comment, or go to the next."""
    notes = chart.with_surroundings(notes_at_the_desk(request.user)).select_related("signed_by")
    note = get_object_or_404(notes, pk=pk)
    payload = chain.read(signed_entry(note)) if note.is_signed else payload_of(note)
    places = [*correctable.fields_of(payload), *findings_of(payload)]
    cosigning = Cosign(request.POST if request.POST.get("do") == "cosign" else None, request=request)
    problem = ""
    if request.method == "POST":
        around = neighbours(request, note)
        try:
            return act(request, note, cosigning, {said.path: said for said in places}, around)
        except Refused as refusal:
            problem = str(refusal)
            note = get_object_or_404(notes, pk=pk)
    record_event(
        verbs.NOTE_OPENED, by=request.user, clinic=note.clinic, patient=note.visit.patient, target=note
    )
    document = signed_document(note.pk) if note.is_signed else document_of(payload)
    threads = note.threads.select_related("opened_by", "resolved_by").prefetch_related("comments__by")
    context = {
        "note": note,
        "age": note.visit.patient.age_on(note.visit.served_on),
        "document": document,
        "findings": [(SimpleNamespace(**row), tone_of(row)) for row in payload["review"]["findings"]],
        "risk": queue.ranked(
            notes_at_the_desk(request.user).filter(pk=note.pk),
            clock.today(note.clinic.time_zone),
            kept=dt.timedelta(0),
        )[0].risk,
        "around": neighbours(request, note),
        "before": (before := chart.note_before(note)),
        "changes": changes.between(chain.read(signed_entry(before)), payload) if before else None,
        "threads": sorted(threads, key=lambda thread: not thread.is_open),
        "requests": note.review_requests.select_related("sent_by", "reviewer", "answered_by"),
        "cosigning": cosigning,
        "seen": document.later.last,
        "meaning": amendments.MEANINGS[amendments.Kind.COSIGN],
        "may_not_cosign": lifecycle.why_not("cosign", note, request.user),
        "may_not_return": lifecycle.why_not("return", note, request.user),
        "may_sign": note.is_in_review and not lifecycle.why_not("sign", note, request.user),
        "may_not_comment": reviewing.why_not_comment(note, request.user),
        "places": places,
        "about": request.POST.get("place") or request.GET.get("about", ""),
        "typed": request.POST.get("words", "") if problem else "",
        "thread_typed": request.POST.get("thread", "") if problem else "",
        "problem": problem,
    }
    return render(request, "review/note.html", context, status=422 if problem else 200)


def act(request: SignedInRequest, note: Note, form: Cosign, places: dict[str, Any], around) -> HttpResponse:
    """Do what was pressed, then on to the next note that waits, or back to this one. Raises Refused."""
    pressed = request.POST.get("do", "")
    if pressed == "cosign":
        if not form.is_valid():
            raise Refused("Not signed yet: see what is marked.")
        entry = amendments.cosign(document=note, by=request.user, seen=form.cleaned_data["seen"])
        messages.success(request, f"Cosigned, as entry {entry.seq} of the clinic’s record.")
        return onward(around)
    if pressed == "return":
        words, said = typed_words(request), places.get(request.POST.get("place", ""))
        with transaction.atomic():
            if said and words.strip():
                # Words about one place stand there, as a comment of their own.
                comment_on(note, request.user, words, said)
                words = ""
            reviewing.give_back(note=note, by=request.user, words=words)
        messages.success(request, "Returned to its author.")
        return onward(around)
    messages.success(request, do(request, note, places))
    return redirect("review-note", note.pk)


def onward(around) -> HttpResponse:
    following = around["following"] or around["previous"]
    return redirect("review-note", following) if following else redirect("review")


def tone_of(finding: dict[str, Any]) -> tuple[str, str]:
    """The class and icon of a finding as it was signed, and the word beside it."""
    tone = "ask" if finding["kind"] == "ask" else TONES[finding["severity"]]
    return tone, KINDS[tone]


def neighbours(request: SignedInRequest, note: Note) -> dict[str, Any]:
    """Where this note stands in the queue as it was shown, among those that still wait."""
    waiting = {str(pk) for pk in waiting_for(request.user, note.clinic).values_list("pk", flat=True)}
    order = request.session.get(ORDER) or []
    if not waiting.intersection(order):
        order = sorted(waiting)
    here = str(note.pk)
    left = [pk for pk in order if pk in waiting or pk == here]
    at = left.index(here) if here in left else -1
    others = [pk for pk in left if pk != here]
    return {
        "place": at + 1,
        "of": len(left),
        "previous": left[at - 1] if at > 0 else None,
        "following": left[at + 1] if 0 <= at < len(left) - 1 else (others[0] if at < 0 and others else None),
        "waits": here in waiting,
    }
