"""Is the record what was signed? The last answer, a new one on demand, and the means to check us."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.accounts import row_security
from apps.accounts.access import for_roles
from apps.accounts.models import Role
from apps.accounts.password import before_it_leaves
from apps.accounts.requests import SignedInRequest
from apps.audit import clock, events, verbs
from apps.ledger import bundle, checkpoint, places, verifications, witness

from .tabs import tabs

LOOKS_AFTER = (Role.SUPERVISOR, Role.ADMINISTRATOR)
TONES = {"intact": "ok", "redacted": "ok", "configuration": "warn", "truncated": "stop", "tampered": "stop"}
HISTORY = 10
LATE_HOURS = 26
"""A daily schedule that missed its time by two hours is late."""


@for_roles(*LOOKS_AFTER)
@require_safe
def verification(request: SignedInRequest) -> HttpResponse:
    clinic = request.membership.clinic
    kept = list(verifications.of(clinic.pk)[:HISTORY])
    last = kept[0] if kept else None
    entries = verifications.length(clinic.pk)
    context = {
        "last": last,
        "oversight": tabs(request.membership.role),
        "words": last and verifications.in_words(last.verdict),
        "tone": last and TONES.get(last.verdict, "warn"),
        "is_late": last is not None and (clock.now() - last.at).total_seconds() > LATE_HOURS * 3600,
        "since": max(entries - last.entries, 0) if last else entries,
        "history": [(row, TONES.get(row.verdict, "warn")) for row in kept],
        "entries": entries,
        "may_run": entries <= verifications.MOST_ENTRIES,
        "most": verifications.MOST_ENTRIES,
        "checkpoint": checkpoint.latest(clinic.pk),
        "has_checkpoints": _checkpoint_file() is not None,
    }
    return render(request, "review/verification.html", context)


@for_roles(*LOOKS_AFTER)
@require_POST
def verify_now(request: SignedInRequest) -> HttpResponse:
    """Verify this clinic's record now, when it is short enough to wait for."""
    clinic = request.membership.clinic
    if verifications.length(clinic.pk) > verifications.MOST_ENTRIES:
        messages.error(request, "This record is verified by the schedule: it is too long for a page to wait.")
        return redirect("verification")
    kept = verifications.run(clinic.pk, by=request.user, sees_all=row_security.sees_all())
    said = verifications.in_words(kept.verdict)
    messages.success(request, said) if TONES.get(kept.verdict) == "ok" else messages.error(request, said)
    return redirect("verification")


@for_roles(*LOOKS_AFTER)
@require_safe
def chain_bundle(request: SignedInRequest) -> HttpResponse | StreamingHttpResponse:
    """The clinic's chain without any words, with its checkpoints: what an auditor's script verifies."""
    if ask_first := before_it_leaves(request, back_to=reverse("verification")):
        return ask_first
    clinic = request.membership.clinic
    path = _checkpoint_file()
    events.record(verbs.RECORD_EXPORTED, by=request.user, clinic=clinic, words=False)
    lines = bundle.lines(str(clinic.pk), witness=witness.read([path]) if path else None, without_words=True)
    return StreamingHttpResponse(
        lines,
        content_type="application/jsonl",
        headers={"Content-Disposition": 'attachment; filename="record-without-words.jsonl"'},
    )


@for_roles(*LOOKS_AFTER)
@require_safe
def verifier(request: SignedInRequest) -> FileResponse:
    """The script that verifies a bundle without us: one file, the standard library alone."""
    path = settings.BASE_DIR / "bin" / "verify-bundle"
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename="verify-bundle.py",
        content_type="text/x-python; charset=utf-8",
    )


@for_roles(*LOOKS_AFTER)
@require_safe
def checkpoints(request: SignedInRequest) -> FileResponse:
    """A copy of the file of checkpoints. It holds counts, hashes and times; the more copies, the better."""
    path = _checkpoint_file()
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename="checkpoints.jsonl")


def _checkpoint_file():
    path = places.checkpoint_file()
    return path if path and path.exists() else None
