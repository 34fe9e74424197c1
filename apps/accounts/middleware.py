"""The clinic in which a person works during this request."""

from __future__ import annotations

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
