"""The first page of those who have no visits: what they must do now, as counts that lead to their lists."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.access import for_roles
from apps.accounts.models import Role
from apps.accounts.requests import SignedInRequest
from apps.audit import clock

from . import waiting

WITHOUT_VISITS = (Role.RECORDS, Role.ADMINISTRATOR)
"""Others have the same counts on the page of the day."""


@for_roles(*WITHOUT_VISITS)
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    clinic = request.membership.clinic  # type: ignore[union-attr]
    context = {
        "waiting": waiting.of(request.user, request.membership),  # type: ignore[arg-type]
        "nothing": waiting.NOTHING[Role(request.membership.role)],  # type: ignore[union-attr]
        "today": clock.today(clinic.time_zone),
    }
    return render(request, "home/home.html", context)
