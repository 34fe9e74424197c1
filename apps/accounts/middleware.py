"""The clinic in which a person works during this request."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone

from . import access

SESSION_KEY = "clinic"


def membership_of(request):
    memberships = access.memberships_of(request.user)
    wanted = request.session.get(SESSION_KEY)
    for membership in memberships:
        if str(membership.clinic_id) == wanted:
            return membership
    return memberships[0] if memberships else None


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


class CurrentClinic:
    """Sets `request.membership` (or None) and shows times in that clinic's zone."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.membership = membership_of(request) if request.user.is_authenticated else None
        if request.membership is None:
            return self.get_response(request)
        with timezone.override(request.membership.clinic.zone):
            return self.get_response(request)
