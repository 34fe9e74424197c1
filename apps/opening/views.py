"""The page on which the clinic of an installation is set up. It is there once, for whoever has the link."""

from __future__ import annotations

from django.contrib import auth
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers

from apps.accounts import invitation_views, invitations

from . import actions, link
from .forms import SetUpForm

KEY = "set_up"
"""In the session: the key of the link that was opened, so that it does not stay in the address."""


def set_up(request: HttpRequest) -> HttpResponse:
    """Without the key, and once a clinic exists, there is nothing at this address."""
    if request.method not in ("GET", "POST"):
        raise Http404
    if request.method == "GET" and "key" in request.GET:
        if link.standing_of(request.GET["key"]) == link.Key.NOTHING:
            raise Http404
        request.session[KEY] = request.GET["key"]
        return redirect("set-up")
    key = request.session.get(KEY, "")
    standing = link.standing_of(key)
    if standing == link.Key.NOTHING:
        raise Http404
    if standing == link.Key.ENDED:
        return answer(request, {"hours": link.HOURS}, status=410)
    form = SetUpForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.carry_out(actions.open_clinic, key=key):
        # On to the passphrase and the second factor, as everybody who is invited.
        auth.logout(request)
        request.session[invitation_views.KEY] = invitations.key_for(form.result)
        return redirect("welcome")
    return answer(request, {"form": form}, status=422 if form.errors else 200)


def answer(request: HttpRequest, context: dict, *, status: int) -> HttpResponse:
    response = render(request, "opening/set_up.html", context, status=status)
    add_never_cache_headers(response)
    return response
