"""What a person reads when Midline could not do what was asked: what happened, what is kept, what to do next.

One page for all of them (templates/trouble.html), made without asking the database for anything unless the
request has already said who is there. A script gets the same words without a page; static/js/trouble.js shows
them where the person is.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from .measured import request_id


@dataclass(frozen=True)
class Words:
    title: str
    happened: str
    kept: str
    next: str
    here: str = ""
    """What to do instead of `next` where the page is still there, because a script asked for it."""


NOTHING_CHANGED = "Nothing was changed. What was saved before is as it was."
BACK_KEEPS = "Nothing was changed, and the page that you came from still holds what you typed: go back to it."

WORDS = {
    400: Words(
        "This request cannot be read",
        "Something in it was not what Midline expected.",
        NOTHING_CHANGED,
        "Go back, reload the page and try again.",
        "Reload the page and try again.",
    ),
    403: Words(
        "Not allowed",
        "Your sign-in does not reach this.",
        NOTHING_CHANGED,
        "If it should, ask your clinic’s administrator.",
    ),
    404: Words(
        "Not found",
        "There is nothing at this address, or nothing that your sign-in reaches.",
        NOTHING_CHANGED,
        "Look for the patient or the note by its list. If a link led you here, tell whoever gave it to you.",
    ),
    405: Words(
        "This is done from its page",
        "The address only takes what a form sends, and this time nothing was sent with it. That happens when "
        "a page is opened again by its address, or after signing in again.",
        "What was saved before is as it was. If you were signed out meanwhile, what the form held was not "
        "sent.",
        "Go back to the page with the form, and send it again.",
    ),
    409: Words(
        "Changed meanwhile",
        "Somebody, or another window of yours, changed this while you had it open.",
        "What they saved is kept, and yours has not replaced it. The page that you came from still holds "
        "what you typed.",
        "Open it again in a second window, compare, and send what is still true.",
    ),
    413: Words(
        "Too much at once",
        "What you sent is larger than Midline takes.",
        "Nothing was changed. Go back: what you typed is still there.",
        "Shorten it, or send a smaller file.",
    ),
    429: Words(
        "Too many tries",
        "There were more tries than Midline takes in a short time, from this place or for this account.",
        NOTHING_CHANGED,
        "Wait fifteen minutes, then try again; earlier tries no longer count by then.",
    ),
    500: Words(
        "Something went wrong",
        "The fault is Midline’s, and nothing that you did wrong.",
        "What you saved before is kept; what you last sent may not be.",
        "Go back and look whether it is there, and send it again if not. If it happens twice, tell your "
        "administrator the time and this reference:",
        "Try again. If it happens twice, tell your administrator the time and this reference:",
    ),
    503: Words(
        "Back in a moment",
        "Midline’s database does not answer just now.",
        "What you saved before is kept; what you last sent is not saved. The page that you came from still "
        "holds it.",
        "Go back, and send it again in a few seconds.",
        "Try again in a few seconds.",
    ),
}

FORM_HAS_EXPIRED = Words(
    "This form has expired",
    "A form is good for one sign-in only, and this one is of an earlier one; or your browser keeps no "
    "cookies for this address.",
    BACK_KEEPS,
    "There, copy what you typed, reload the page and send it again.",
    "Copy what you typed, reload the page and send it again.",
)


def refuse(
    request: HttpRequest, status: int, *, words: Words | None = None, is_bare: bool = False
) -> HttpResponse:
    """The page for `status`. `is_bare` asks nothing about who is there, and so nothing of the database."""
    is_for_script = bool(request.headers.get("HX-Request"))
    context = {
        "words": words or WORDS[status],
        "reference": request_id.get() if status == 500 else "",
        "is_demo": settings.DEMO,
    }
    if is_for_script:
        said = render_to_string("_trouble_said.html", context)
    else:
        said = render_to_string("trouble.html", context, request=None if is_bare else request)
    return HttpResponse(said, status=status)


# --- Named in urls.py and settings.py ---------------------------------------------------------------------


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refuse(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refuse(request, 404)


def form_has_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    return refuse(request, 403, words=FORM_HAS_EXPIRED)
