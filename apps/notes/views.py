"""The pages of a note: chart it, answer, sign, discard, read."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import CHARTING, for_roles, memberships_of
from apps.accounts.models import Role
from apps.accounts.requests import SignedInRequest
from apps.audit import verbs
from apps.audit.events import record as record_event
from apps.audit.refused import Refused
from apps.compliance.review import review
from apps.ledger import amendments
from apps.patients.access import patients_cared_for_by
from apps.visits.access import visits_charted_by

from . import actions, carry, chart, editor, facts, lifecycle, presence, record, signing
from .access import notes_visible_to, notes_writable_by, unsigned
from .document import document_of, signed_document
from .forms import DraftForm
from .kinds import NoteKind
from .models import OPEN, Note, Status
from .policy import policy_of


def note_or_404(notes, pk) -> Note:
    return get_object_or_404(chart.with_surroundings(notes), pk=pk)


def age(note: Note) -> int:
    """The patient's age on the date of service."""
    return note.visit.patient.age_on(note.visit.served_on)


@for_roles(*CHARTING, Role.STUDENT, Role.RECORDS)
@require_GET
def notes(request: SignedInRequest) -> HttpResponse:
    """One's own open drafts, and what was signed lately."""
    clinics = [one.clinic_id for one in memberships_of(request.user)]
    visible = notes_visible_to(request.user)
    # Its own question, which an index answers in this order: with all that stands beside a note in the list,
    # a database reads the whole record first.
    lately = visible.filter(clinic=request.membership.clinic, signed_at__isnull=False).order_by("-signed_at")
    signed = visible.filter(pk__in=list(lately.values_list("pk", flat=True)[:50]))
    return render(
        request,
        "notes/notes.html",
        {
            "drafts": unsigned(notes_writable_by(request.user))
            .filter(clinic__in=clinics)
            .select_related("visit__patient", "author")
            .prefetch_related("review_requests")
            .order_by("visit__served_on"),
            "signed": signed.select_related("visit__patient", "author").order_by("-signed_at"),
        },
    )


@login_required
@require_POST
def start(request: SignedInRequest, visit) -> HttpResponse:
    visit = get_object_or_404(visits_charted_by(request.user).select_related("clinician"), pk=visit)
    try:
        kind = request.POST.get("kind", NoteKind.TREATMENT)
        presentation = request.POST.get("presentation", "")
        note = actions.start(visit=visit, by=request.user, kind=kind, presentation=presentation)
        return redirect("note", note.pk)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("today")


@login_required
@require_POST
def start_now(request: SignedInRequest, patient) -> HttpResponse:
    patient = get_object_or_404(patients_cared_for_by(request.user).select_related("clinic"), pk=patient)
    if request.membership is None or request.membership.role not in actions.STARTS_VISITS:
        raise Http404
    try:
        return redirect("note", actions.start_now(patient=patient, by=request.user).pk)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("patient", patient.pk)


@login_required
@require_http_methods(["GET", "POST"])
def note(request: SignedInRequest, pk) -> HttpResponse:
    """The note: the editor of a draft that the person may write, otherwise the document."""
    if request.method == "POST":
        mine = presence.with_company(notes_writable_by(request.user), request.user)
        return editor.save(request, note_or_404(mine, pk))
    note = note_or_404(notes_visible_to(request.user), pk)
    record_event(
        verbs.NOTE_OPENED, by=request.user, clinic=note.clinic, patient=note.visit.patient, target=note
    )
    if note.is_record:
        return render(
            request,
            "notes/signed.html",
            {
                "note": note,
                "age": age(note),
                "document": signed_document(note.pk),
                "may": lifecycle.offered(note, request.user),
            },
        )
    if note.status == Status.DISCARDED:
        return render(request, "notes/discarded.html", {"note": note})
    if lifecycle.why_not("save", note, request.user):
        payload = record.payload_of(note)
        return render(
            request,
            "notes/draft.html",
            {
                "note": note,
                "age": age(note),
                "document": document_of(payload),
                "may": lifecycle.offered(note, request.user),
                "later": amendments.later(amendments.entries_of(note.clinic_id, note.pk)),
                "company": presence.greet(note, request.user),
            },
        )
    charted = chart.load(note)
    return editor.page(request, charted, DraftForm(charted, source=carry.Source(charted, request.user)))


@login_required
@require_POST
def here(request: SignedInRequest, pk) -> HttpResponse:
    """The page of a draft says that it is open still, or goes away; the answer: who else is there."""
    note = get_object_or_404(presence.drafts_seen_by(request.user), pk=pk)
    if "gone" in request.POST:
        presence.gone(note, request.user)
        return HttpResponse(status=204)
    return HttpResponse(presence.greet(note, request.user), content_type="text/plain; charset=utf-8")


@login_required
@require_POST
def answer(request: SignedInRequest, pk) -> HttpResponse:
    """Answer a question of the editor: a finding's, which code gets a tied unit, or which method counts."""
    note = note_or_404(notes_writable_by(request.user), pk)
    return editor.answer(request, note)


@login_required
@require_http_methods(["GET", "POST"])
def sign(request: SignedInRequest, pk) -> HttpResponse:
    """The note as it will print, what is left to do or say, and the signature."""
    note = note_or_404(notes_writable_by(request.user), pk)
    if note.status not in OPEN:
        messages.info(request, lifecycle.ENDED[Status(note.status)])
        return redirect("note", note.pk)
    charted, policy = chart.load(note), policy_of(note.clinic_id)
    stated = facts.of(charted, signer=request.user)
    judged = review(stated, policy)
    form = signing.SignForm(
        request.POST if request.method == "POST" else None, review=judged, request=request
    )
    if request.method == "POST":
        try:
            return signing.sign(request, note, form)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
            note = note_or_404(notes_writable_by(request.user), pk)
            charted = chart.load(note)
            stated = facts.of(charted, signer=request.user)
            judged = review(stated, policy)
    payload = record.payload_of(note, charted=charted, stated=stated, judged=judged, policy=policy)
    return render(
        request,
        "notes/sign.html",
        {
            "note": note,
            "age": age(note),
            "document": document_of(payload),
            "preview": record.preview_digest(payload),
            "review": judged,
            "echoes": editor.echoes_of(charted, judged, request.user),
            "form": form,
            "meaning": record.MEANING,
            "banner_facts": editor.banner_facts(charted),
            "may_not": lifecycle.why_not("sign", note, request.user),
        },
        status=422 if form.errors else 200,
    )


@login_required
@require_http_methods(["GET", "POST"])
def discard(request: SignedInRequest, pk) -> HttpResponse:
    note = note_or_404(notes_writable_by(request.user), pk)
    form = signing.DiscardForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.discard(note=note, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, "The draft was discarded. The visit is still in the list.")
            return redirect("today")
    elif note.status != Status.DRAFT:
        messages.info(request, lifecycle.stands(lifecycle.about(note)))
        return redirect("note", note.pk)
    return render(
        request,
        "notes/discard.html",
        {"note": note, "age": age(note), "form": form},
        status=422 if form.errors else 200,
    )
