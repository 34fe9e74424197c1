"""What every request passes: how long a sign-in lasts, the second factor, and the clinic one works in."""

from __future__ import annotations

from django.conf import settings
from django.contrib import auth
from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone

from apps.audit import events, verbs

from . import access, factors, presence, row_security

SESSION_KEY = "clinic"

WITHOUT_SECOND_FACTOR = {
    "second-factor",
    "app-add",
    "passkey-add",
    "recovery-codes",
    "confirm",
    "sign-in",
    "sign-out",
    "welcome",
    "set-up",
    "healthz",
    "readyz",
}
"""The addresses that open before the second factor is there: those that add it, and the way out."""


def membership_of(request):
    memberships = access.memberships_of(request.user)
    wanted = request.session.get(SESSION_KEY)
    for membership in memberships:
        if str(membership.clinic_id) == wanted:
            return membership
    return memberships[0] if memberships else None


class Presence:
    """Ends a sign-in that nobody sat at for a quarter of an hour, and any after twelve hours."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            if presence.seconds_left(request) <= 0:
                events.record(verbs.SIGN_IN_ENDED, by=request.user, because="time")
                auth.logout(request)
            elif presence.is_by_a_person(request):
                presence.note_input(request)
        return self.get_response(request)


class SignedOut:
    """Answers a request by htmx that would be sent to the sign-in page with 401.

    A redirect would put the sign-in page where the findings are; the page asks
    the person to sign in again instead, and keeps what was typed.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        location = response.headers.get("Location", "")
        if (
            request.htmx
            and response.status_code == 302
            and location.startswith(resolve_url(settings.LOGIN_URL))
        ):
            return HttpResponse(status=401, headers={"HX-Trigger": "signed-out"})
        return response


class SecondFactor:
    """Opens nothing but the pages that add a second factor, until there is one."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.user.is_authenticated or request.resolver_match.url_name in WITHOUT_SECOND_FACTOR:
            return None
        if not factors.is_missing(request):
            return None
        if request.htmx or request.resolver_match.url_name == "signed-in":
            return HttpResponse(status=401, headers={"HX-Trigger": "signed-out"})
        return redirect("second-factor")


class CurrentClinic:
    """Sets `request.membership` (or None) and shows times in that clinic's zone."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # First nothing, then what is theirs: a connection that another request left open shows nothing of it.
        row_security.show([])
        request.membership = membership_of(request) if request.user.is_authenticated else None
        if request.user.is_authenticated:
            row_security.show([each.clinic_id for each in access.memberships_of(request.user)])
        if request.membership is None:
            return self.get_response(request)
        # In practice nothing real is seen, and elsewhere nothing of practice.
        request.user.is_practising = request.membership.clinic.is_practice
        with timezone.override(request.membership.clinic.zone):
            return self.get_response(request)
