"""The page on which a note is talked about: sent for review, taken back or returned, with its threads."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.access import CHARTING, for_roles
from apps.accounts.models import Role, User
from apps.accounts.requests import SignedInRequest
from apps.audit import verbs
from apps.audit.events import record as record_event
from apps.audit.refused import Refused
from apps.ledger import chain
from apps.patients.access import are_of, patients_cared_for_by

from . import chart, correctable, lifecycle, reviewing
from .access import notes_visible_to
from .document import document_of, signed_document, signed_entry
from .fields import Words
from .models import Note, Status, Thread
from .record import payload_of

LONGEST = 2000
FINDING = "finding:"


@for_roles(*CHARTING, Role.STUDENT)
@require_http_methods(["GET", "POST"])
def note_review(request: SignedInRequest, pk) -> HttpResponse:
    """The note as it stands, with its threads beside it and what can be done next."""
    notes = chart.with_surroundings(notes_visible_to(request.user)).exclude(status=Status.DISCARDED)
    if request.method == "POST":
        notes = notes.filter(are_of(patients_cared_for_by(request.user), "visit__patient"))
    note = get_object_or_404(notes, pk=pk)
    payload = chain.read(signed_entry(note)) if note.is_record else payload_of(note)
    places = [*correctable.fields_of(payload), *findings_of(payload)]
    if request.method == "POST":
        try:
            messages.success(request, do(request, note, {said.path: said for said in places}))
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("note-review", note.pk)
    record_event(
        verbs.NOTE_OPENED, by=request.user, clinic=note.clinic, patient=note.visit.patient, target=note
    )
    threads = note.threads.select_related("opened_by", "resolved_by").prefetch_related("comments__by")
    return render(
        request,
        "notes/review.html",
        {
            "note": note,
            "age": note.visit.patient.age_on(note.visit.served_on),
            "document": signed_document(note.pk) if note.is_record else document_of(payload),
            "threads": sorted(threads, key=lambda thread: not thread.is_open),
            "requests": note.review_requests.select_related("sent_by", "reviewer", "answered_by"),
            "may": lifecycle.offered(note, request.user),
            "may_not_comment": reviewing.why_not_comment(note, request.user),
            "places": places,
        },
    )


def findings_of(payload: dict[str, Any]) -> list[correctable.Said]:
    """What was found in the note, as places that a comment can be about."""
    found = {row["rule"]: row for row in payload["review"]["findings"]}
    return [
        correctable.Said(f"{FINDING}{rule}", f"Finding {rule}: {row['title']}", row["message"])
        for rule, row in found.items()
    ]


def typed_words(request: SignedInRequest) -> str:
    try:
        return Words(max_length=LONGEST).clean(request.POST.get("words", ""))
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error


def comment_on(note: Note, by: User, words: str, said: correctable.Said | None) -> Thread:
    """Open a thread about what stands at a place of the note; about the whole note for None."""
    if said is None:
        return reviewing.comment(note=note, by=by, words=words)
    return reviewing.comment(
        note=note,
        by=by,
        words=words,
        anchor=Thread.Anchor.FINDING if said.path.startswith(FINDING) else Thread.Anchor.FIELD,
        place=said.path.removeprefix(FINDING),
        label=said.label,
        quoted=said.words,
    )


def do(request: SignedInRequest, note: Note, places: dict[str, correctable.Said]) -> str:
    """What the pressed button asks for; the sentence that says it was done."""
    what, by = request.POST.get("do", ""), request.user
    words = typed_words(request)
    if what == "send":
        reviewing.send(note=note, by=by, words=words)
        return "Sent for review. You can take it back until somebody signs or returns it."
    if what == "take back":
        reviewing.take_back(note=note, by=by)
        return "Taken back. It is a draft again."
    if what == "return":
        reviewing.give_back(note=note, by=by, words=words)
        return "Returned to its author."
    if what == "comment":
        comment_on(note, by, words, places.get(request.POST.get("place", "")))
        return "Comment added."
    thread = next((one for one in note.threads.all() if str(one.pk) == request.POST.get("thread")), None)
    if thread is None:
        raise Refused("That comment is not one of this note. Reload the page.")
    if what == "reply":
        reviewing.reply(thread=thread, by=by, words=words)
        return "Reply added."
    if what == "resolve":
        reviewing.resolve(thread=thread, by=by)
        return "Resolved. It stays with the note's history."
    raise Refused("Choose what to do.")
