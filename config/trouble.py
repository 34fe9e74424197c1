"""Trouble of the database that passes: full, locked, read-only, restarted or out of reach.

The answer is 503 with Retry-After, never 500: nothing is wrong with what was
sent, and the page that sent it keeps it and asks again. A mistake of ours
(a column that is not there, a constraint) stays a 500.
"""

from __future__ import annotations

import logging
import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import bad_request, server_error

log = logging.getLogger("midline.trouble")

RETRY_AFTER = 2
"""Seconds after which asking again is worth it."""

OURS = {"SQLITE_ERROR"}
"""SQLite says OperationalError of a wrong statement too: no such table, no such column."""

NO_OPERATIONAL_ERROR = {
    "25006",  # read_only_sql_transaction: psycopg calls it an internal error
    "SQLITE_CORRUPT",
    "SQLITE_NOTADB",
}


def passes(error: BaseException | None) -> bool:
    """Is this trouble of the database, and no mistake in what was asked of it?"""
    if not isinstance(error, DatabaseError | InterfaceError):
        return False
    cause = error.__cause__
    code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None) or ""
    if isinstance(error, OperationalError | InterfaceError):
        return code not in OURS
    return code in NO_OPERATIONAL_ERROR


def answer(request, error: BaseException) -> HttpResponse:
    """503, made without asking the database for anything."""
    # The class alone: the message of a database may quote the row.
    log.error("The database did not take a request: %s", type(error.__cause__ or error).__name__)
    words = "" if request.headers.get("HX-Request") else render_to_string("503.html")
    return HttpResponse(words, status=503, headers={"Retry-After": str(RETRY_AFTER)})


class DatabaseTrouble:
    """Answers for a view that met such trouble."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, error):
        return answer(request, error) if passes(error) else None


def unreadable(request, exception) -> HttpResponse:
    """The 400 handler. What is only too large says so, with 413, and so what to do about it."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        words = "" if request.headers.get("HX-Request") else render_to_string("413.html")
        return HttpResponse(words, status=413)
    return bad_request(request, exception)


def failed(request) -> HttpResponse:
    """The 500 handler, which also hears of trouble that a middleware met: reading the session, storing it."""
    error = sys.exc_info()[1]
    return answer(request, error) if error is not None and passes(error) else server_error(request)
