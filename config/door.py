"""The door to the PDFs: when more people ask for one at once than can wait, the rest are told to come back.

Who is let in still meets the presses' own line. This is before it, and before anybody is asked who they are:
fifty sessions, charts and pages that end in a refusal would keep everybody else waiting for a second.
"""

from __future__ import annotations

import threading

from django.http import HttpRequest, HttpResponse

from apps.exports.presses import MOST_IN_LINE, SECONDS_TO_WAIT

from .refusals import Words, refuse

MOST_INSIDE = MOST_IN_LINE + 1
"""Requests for a PDF that one process takes at once: those that may wait for a press, and one that reads a
stored PDF or is about to hear that the line is full. With eight, and with a tenth of a second to wait at the
door, who only asked whether the server lives waited three times as long.
"""

WORDS = Words(
    "Many PDFs are being made",
    "Midline makes as many at once as leave room for those who write notes.",
    "Nothing is lost.",
    "Open this page again in a few seconds.",
    "Try again in a few seconds.",
)


class Door:
    """Outside of the session: a refusal is the same for everybody, and tells nothing of a note."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.inside = threading.BoundedSemaphore(MOST_INSIDE)
        self.said: dict[bool, bytes] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.endswith("/pdf/"):
            return self.get_response(request)
        if not self.inside.acquire(blocking=False):
            return self.refusal(request)
        try:
            return self.get_response(request)
        finally:
            self.inside.release()

    def refusal(self, request: HttpRequest) -> HttpResponse:
        """Drawn up once: at the next time it costs nothing."""
        is_for_script = bool(request.headers.get("HX-Request"))
        if is_for_script not in self.said:
            self.said[is_for_script] = refuse(request, 503, words=WORDS, is_bare=True).content
        said = self.said[is_for_script]
        return HttpResponse(said, status=503, headers={"Retry-After": str(SECONDS_TO_WAIT)})
