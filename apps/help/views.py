"""The help pages: one's own first, all of them searched."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.access import for_roles
from apps.accounts.middleware import SESSION_KEY
from apps.accounts.requests import SignedInRequest
from apps.audit.refused import Refused

from . import pages, practice


@login_required
@require_GET
def help_home(request: SignedInRequest) -> HttpResponse:
    """The page of one's role, and what the search found. As one types: what it found alone."""
    return shown(request, pages.own_page(request.membership.role if request.membership else None))


@login_required
@require_GET
def help_page(request: SignedInRequest, key: str) -> HttpResponse:
    page = pages.get(key)
    if page is None:
        raise Http404
    return shown(request, page)


@for_roles(*practice.PRACTISES)
@require_http_methods(["GET", "POST"])
def practice_page(request: SignedInRequest) -> HttpResponse:
    """Begin one's practice note, go back to it, leave it, or remove everything of it."""
    mine = practice.of(request.user)
    if request.method == "POST":
        does = request.POST.get("do")
        if does == "begin":
            try:
                note = practice.begin(clinic=request.membership.clinic, by=request.user)
            except Refused as refusal:
                messages.error(request, str(refusal))
                return redirect("practice")
            request.session[SESSION_KEY] = str(note.clinic_id)
            return redirect("note", note.pk)
        request.session.pop(SESSION_KEY, None)
        if does == "remove" and mine is not None:
            practice.remove(clinic=mine, by=request.user)
            messages.success(request, "Your practice patient and note are removed.")
        return redirect("today")
    return render(request, "help/practice.html", {"mine": mine})


def shown(request: SignedInRequest, page: pages.Page) -> HttpResponse:
    words = request.GET.get("q", "")[:100].strip()
    found = pages.find(words) if words else []
    context = {
        "page": page,
        "pages": pages.PAGES,
        "words": words,
        "found": found[: pages.MOST_FOUND],
        "count": len(found),
    }
    if request.htmx:
        return render(request, "help/_found.html", context)
    return render(request, "help/page.html", {**context, **pages.context()})
