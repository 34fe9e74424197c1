"""Counts each request and writes a line about it: the route's name, never its address, which names a note."""

import logging
import re
import time
import uuid
from contextvars import ContextVar

from apps.audit.figures import REQUESTS, SECONDS

log = logging.getLogger("midline.requests")

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request that is being answered. Every line of the log carries it, to find them together."""

GIVEN = re.compile(r"[0-9A-Za-z-]{8,64}")


class Measured:
    """Outermost, so that the time is the whole time and a failure counts as one.

    A proxy's X-Request-ID is kept when it looks like an id. The answer tells the id only when something
    failed: then a person can pass it on.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get("X-Request-ID", "")
        id = given if GIVEN.fullmatch(given) else uuid.uuid4().hex
        token = request_id.set(id)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            seconds = time.perf_counter() - started
            route = request.resolver_match.url_name if request.resolver_match else "none"
            # A method is the sender's word: any other than these would be a label of their choice.
            method = request.method if request.method in ("GET", "HEAD", "POST", "OPTIONS") else "other"
            REQUESTS.labels(route, method, str(response.status_code)).inc()
            SECONDS.labels(route).observe(seconds)
            log.info(
                "%s %s %s %d ms",
                method,
                route,
                response.status_code,
                seconds * 1000,
                extra={
                    "route": route,
                    "method": method,
                    "status": response.status_code,
                    "milliseconds": round(seconds * 1000, 1),
                },
            )
            if response.status_code >= 500:
                response.headers["X-Request-ID"] = id
            return response
        finally:
            request_id.reset(token)
