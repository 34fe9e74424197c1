"""The help pages: one's own first, all of them searched."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.requests import SignedInRequest

from . import pages


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
