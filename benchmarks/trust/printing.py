"""R10b: many PDFs asked for at the same moment. Each is a PDF or a refusal that says when to try again, and
whoever only asks whether the server lives is answered at once.
"""

from __future__ import annotations

import http.client
import os
import random
import threading
import time
from collections import Counter

from django.db import connections
from django.urls import reverse

from apps.demo import world

from .. import scenes
from ..by_size import Server
from . import Counted

SLOWEST = 500.0
"""Milliseconds that the question may wait, while all those PDFs are made."""
BETWEEN = 0.05
BEFORE = 8
"""PDFs made one after another before: a server that has been at work has read its templates and fonts."""


def run(clinic: world.World, size: int, dice: random.Random) -> Counted:
    counted = Counted()
    notes = [clinic.draft_by(clinic.tess, key) for key in world.TREATABLE]
    paths = [reverse("note-pdf", args=(dice.choice(notes).pk,)) for _ in range(size)]
    cookie = scenes.signed_in(clinic.tess)
    connections.close_all()
    answers: Counter[str] = Counter()
    together = threading.Barrier(size + 1)
    with Server(os.environ["DATABASE_URL"]) as server:

        def ask(path: str) -> None:
            together.wait()
            try:
                answers[printed(server.port, path, cookie)] += 1
            except (OSError, http.client.HTTPException) as problem:
                answers[type(problem).__name__] += 1

        for path in paths[:BEFORE]:
            printed(server.port, path, cookie)
        threads = [threading.Thread(target=ask, args=(path,)) for path in paths]
        for thread in threads:
            thread.start()
        together.wait()
        waited = []
        while any(thread.is_alive() for thread in threads):
            waited.append(alive(server.port))
            time.sleep(BETWEEN)
        for thread in threads:
            thread.join()
    slowest = max(waited, default=0.0) * 1000
    counted.faults = answers["PDF"] + answers["not now"]
    counted.problems += [
        f"{count} of the answers were: {answer}."
        for answer, count in sorted(answers.items())
        if answer not in ("PDF", "not now")
    ]
    if not answers["PDF"]:
        counted.problems.append("No PDF was made.")
    if slowest > SLOWEST:
        counted.problems.append(f"Whether the server lives was answered after {slowest:.0f} ms.")
    counted.figures = {"PDFs": answers["PDF"], "told to try again": answers["not now"]}
    counted.figures |= {"asked whether it lives": len(waited), "slowest ms": round(slowest, 1)}
    return counted


def printed(port: int, path: str, cookie: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", path, headers={"Cookie": f"midline={cookie}"})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status == 200 and body.startswith(b"%PDF-"):
        return "PDF"
    if answer.status == 503 and answer.headers["Retry-After"]:
        return "not now"
    return f"status {answer.status}"


def alive(port: int) -> float:
    """Seconds until the answer."""
    begun = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", "/healthz")
    if (status := connection.getresponse().status) != 200:
        raise RuntimeError(f"/healthz was answered {status}")
    connection.close()
    return time.monotonic() - begun
