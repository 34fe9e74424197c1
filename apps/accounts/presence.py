"""How long a sign-in lasts, and who is signed in, for a page that was open meanwhile.

Fifteen minutes without a person's input end it, and twelve hours end it in any case.
Input is what a person does: a page that is opened or sent. What a page's script sends by
itself (a save that is tried again, a question whether one is still signed in) is input
only when it says that somebody typed or pointed since it last asked. Nothing that runs
by itself says so.
"""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_GET

from apps.audit import clock

IDLE_MINUTES = 15
LONGEST_HOURS = 12

BEGAN_AT = "signed_in_at"
INPUT_AT = "input_at"
INPUT_HEADER = "Midline-Input"

WRITTEN_EVERY = 30
"""Seconds. Writing each request's moment would cost a write per request and buy nothing."""


def begin(sender, request, user, **kwargs) -> None:
    """Every way of signing in passes Django's signal, so no sign-in is without its beginning."""
    request.session[BEGAN_AT] = request.session[INPUT_AT] = _now()


def _now() -> int:
    return int(clock.now().timestamp())


def seconds_left(request) -> int:
    """Until the sign-in ends if nothing is typed; 0 or less when it is over."""
    began, heard = request.session.get(BEGAN_AT), request.session.get(INPUT_AT)
    if not isinstance(began, int) or not isinstance(heard, int):
        return 0
    return min(heard + IDLE_MINUTES * 60, began + LONGEST_HOURS * 3600) - _now()


def is_by_a_person(request) -> bool:
    if request.headers.get(INPUT_HEADER) == "1":
        return True
    by_script = (
        "HX-Request" in request.headers or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    )
    return not by_script


def note_input(request) -> None:
    if _now() - request.session[INPUT_AT] >= WRITTEN_EVERY:
        request.session[INPUT_AT] = _now()


@require_GET
def signed_in(request):
    """The person's id, a fresh CSRF token and when the page is to lock, or 401.

    A page saves only for the person who typed in it.
    """
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    return JsonResponse(
        {"user": str(request.user.pk), "csrf": get_token(request), "locks_in": seconds_left(request)}
    )
