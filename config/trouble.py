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

from .refusals import WORDS, refuse

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
    response = refuse(request, 503, is_bare=True)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


class Trouble:
    """Answers for a view that met such trouble, and gives words to an answer that would be an empty page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code in WORDS and not response.streaming and not response.content:
            response.content = refuse(request, response.status_code).content
        return response

    def process_exception(self, request, error):
        return answer(request, error) if passes(error) else None


def unreadable(request, exception) -> HttpResponse:
    """The 400 handler. What is only too large says so, with 413, and so what to do about it."""
    is_large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    return refuse(request, 413 if is_large else 400, is_bare=True)


def failed(request) -> HttpResponse:
    """The 500 handler, which also hears of trouble that a middleware met: reading the session, storing it."""
    error = sys.exc_info()[1]
    if error is not None and passes(error):
        return answer(request, error)
    return refuse(request, 500, is_bare=True)
