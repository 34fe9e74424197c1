"""Clients that ask a server over HTTP, one request after the other each, and how long they waited."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

CSRF = "c" * 32


@dataclass
class Request:
    """What a client sends again and again. `sent` gives the form of its n-th."""

    path: str
    cookie: str
    form: dict[str, Any] | None = None
    htmx: bool = False
    expects: int = 200
    sent: Callable[[int], dict[str, Any]] | None = None

    def headers(self) -> dict[str, str]:
        found = {"Cookie": f"midline={self.cookie}; midline-csrf={CSRF}"}
        if self.form is not None or self.sent:
            found |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": CSRF}
        return found | ({"HX-Request": "true"} if self.htmx else {})


@dataclass
class Saves(Request):
    """One draft in one window: every save says after which revision it was typed, as the page does."""

    revision: int = 1
    changes: bool = True

    def __post_init__(self) -> None:
        self.sent = self._next

    def _next(self, number: int) -> dict[str, Any]:
        form = {**(self.form or {}), "revision": self.revision, "operation": str(uuid.uuid4())}
        if self.changes:
            form["subjective"] = f"Reports {number} good days since the last visit."
        self.revision += 1
        return form


@dataclass
class Signs(Request):
    """Drafts that can be signed: each request signs the next."""

    drafts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


@dataclass
class Times:
    """What the clients of one run saw, in milliseconds."""

    clients: int
    requests: int
    median: float
    p95: float
    p99: float
    a_second: float

    @classmethod
    def of(cls, clients: int, seen: list[float], seconds: float) -> Times:
        cut = statistics.quantiles(seen, n=100, method="inclusive") if len(seen) > 1 else seen * 99
        median = statistics.median(seen)
        values = (round(value * 1000, 2) for value in (median, cut[94], cut[98]))
        return cls(clients, len(seen), *values, round(len(seen) / seconds, 1))


class Failed(Exception):
    """A request was not answered as it should be."""


def run(port: int, requests: list[Request], seconds: float, at_least: int = 12) -> Times:
    """Each request by a client of its own, for so many seconds. Raises Failed on any other answer."""
    seen: list[list[float]] = [[] for _ in requests]
    problems: list[str] = []

    def ask(at: int, request: Request) -> None:
        try:
            for took in client(port, request, seconds, at_least):
                seen[at].append(took)
        except (Failed, OSError, http.client.HTTPException) as problem:
            problems.append(f"{type(problem).__name__}: {problem}")

    threads = [threading.Thread(target=ask, args=pair) for pair in enumerate(requests)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise Failed(problems[0])
    return Times.of(len(requests), [took for each in seen for took in each], time.perf_counter() - begun)


def client(port: int, request: Request, seconds: float, at_least: int):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers, until, number = request.headers(), time.perf_counter() + seconds, 0
    drafts = list(request.drafts) if isinstance(request, Signs) else None
    while drafts or (drafts is None and (number < at_least or time.perf_counter() < until)):
        number += 1
        path, form = request.path, request.sent(number) if request.sent else request.form
        if drafts:
            path, form = drafts.pop()
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": CSRF}
        body = urlencode(form, doseq=True) if form is not None else None
        begun = time.perf_counter()
        connection.request("POST" if body is not None else "GET", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        took = time.perf_counter() - begun
        if answer.status != request.expects:
            raise Failed(f"{path.split('/')[1] or 'start'} answered {answer.status}, not {request.expects}")
        yield took
    connection.close()
