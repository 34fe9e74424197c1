"""R2: notes saved over HTTP while a worker, the whole server or the database is killed, again and again.

Each writer has a draft in one window, as the page does: one save at a time, and one that was not answered, or
answered 503, is sent again under its own name. What was acknowledged must be there. A save FAILED when it was
answered anything but 200 and 503, or was still not made after `PATIENCE` seconds of sending it again. What
the page mends by itself is counted beside it: connections refused, connections broken off, answers of 503.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import re
import subprocess
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db import connections

from apps.accounts.presence import INPUT_HEADER
from apps.demo import world
from apps.notes.models import DraftSave, Note

from .. import place, scenes
from ..by_size import Server
from ..load import CSRF
from . import Counted, servers

WRITERS = 4
EVERY = 1.5, 3.0
"""Seconds between two faults, at the least."""
FAULTS, LEAST_BETWEEN = 60, 30
"""Of the saves that are wanted, so many parts, with a fault after each; and the least saves in a part."""
PATIENCE, PAUSE = 60.0, 0.1
"""Seconds after which a save has failed, and between sending it and sending it again."""
REVISION = re.compile(r'name="revision" value="([0-9]+)"')


class Door:
    """Where the writers' requests go: here, straight to the server."""

    keeps = True
    """Does a connection stay for the next request?"""
    headers: dict[str, str] = {}

    def __init__(self, server: Server):
        self.server = server

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)


@dataclass
class Writer:
    """One window with one draft."""

    note: Any
    cookie: str
    form: dict[str, Any]
    revision: int
    acknowledged: dict[str, int] = field(default_factory=dict)
    met: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    def save_until(self, door, enough: Callable[[], bool]) -> None:
        number, connection = 0, None
        while not enough() and not self.failed:
            number += 1
            operation = str(uuid.uuid4())
            words = {"subjective": f"After save {number}.", "operation": operation, "revision": self.revision}
            body, begun = urlencode({**self.form, **words}, doseq=True), time.monotonic()
            while True:
                status = 0
                try:
                    connection = connection or door.connect()
                    status, text = self.post(connection, body, door.headers)
                except ConnectionRefusedError:
                    self.met["refused"] += 1
                except (OSError, http.client.HTTPException):
                    self.met["broken off"] += 1
                if status not in (0, 503):
                    break
                self.met["answered 503"] += status == 503
                if connection:
                    connection.close()
                connection = None
                if time.monotonic() - begun > PATIENCE:
                    self.failed.append(f"a save was not made within {PATIENCE:.0f} seconds")
                    return
                self.met["sent again"] += 1
                time.sleep(PAUSE)
            found = REVISION.search(text)
            if status == 200 and found:
                self.revision = self.acknowledged[operation] = int(found[1])
            else:
                self.met["false conflicts"] += status == 409
                self.failed.append(f"a save was answered {status}")
            if not door.keeps:
                connection.close()
                connection = None

    def post(self, connection, body: str, headers: dict[str, str]) -> tuple[int, str]:
        sent = {
            # By both names: with HTTPS a cookie belongs to this host alone, and its name says so.
            "Cookie": "; ".join(
                f"{prefix}midline={self.cookie}; {prefix}midline-csrf={CSRF}" for prefix in ("", "__Host-")
            ),
            "X-CSRFToken": CSRF,
            "HX-Request": "true",
            INPUT_HEADER: "1",  # somebody types all the while, so nobody's sign-in ends for want of it
            "Content-Type": "application/x-www-form-urlencoded",
            **headers,
        }
        connection.request("POST", f"/notes/{self.note}/", body, sent)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def lost(self) -> int:
        """How many acknowledged saves the database does not know, and one more where the note is older."""
        kept = Note.objects.get(pk=self.note)
        known = set(DraftSave.objects.filter(note=kept).values_list("operation", flat=True))
        return len(self.acknowledged.keys() - known) + (
            kept.revision < max(self.acknowledged.values(), default=0)
        )


class Room:
    """People who save, each a note of their own, until enough was acknowledged."""

    def __init__(self, clinic: world.World, size: int):
        self.size, self.is_over = size, threading.Event()
        self.people = []
        for key in world.TREATABLE[:WRITERS]:
            note = clinic.draft_by(clinic.tess, key)
            cookie = scenes.signed_in(clinic.tess)
            self.people.append(Writer(note.pk, cookie, place.fields_of(note), note.revision))
        connections.close_all()

    @property
    def acknowledged(self) -> int:
        return sum(len(each.acknowledged) for each in self.people)

    def has_enough(self) -> bool:
        return self.acknowledged >= self.size or any(each.failed for each in self.people)

    @contextlib.contextmanager
    def saving(self, door):
        threads = [
            threading.Thread(target=each.save_until, args=(door, self.is_over.is_set)) for each in self.people
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.is_over.set()
            for thread in threads:
                thread.join(PATIENCE + 30)

    def told(self, counted: Counted) -> Counter[str]:
        """What they met, all together; what was lost and what failed is written down as a problem."""
        met: Counter[str] = sum((each.met for each in self.people), Counter())
        failed = [problem for each in self.people for problem in each.failed]
        lost = sum(each.lost() for each in self.people)
        if lost:
            counted.problems.append(f"{lost} acknowledged saves are gone.")
        counted.problems += [f"{problem}." for problem in sorted(set(failed))]
        named = ("false conflicts", "sent again", "refused", "broken off", "answered 503")
        counted.figures |= {"acknowledged": self.acknowledged, "lost": lost, "failed saves": len(failed)}
        counted.figures |= {name: met[name] for name in named}
        return met


def run(clinic: world.World, size: int, dice: random.Random) -> Counted:
    counted, address = Counted(), os.environ["DATABASE_URL"]
    room = Room(clinic, size)
    kinds = ["worker", "whole server", *(["database"] if address.startswith("postgres") else [])]
    kills: Counter[str] = Counter(dict.fromkeys(kinds, 0))
    supervised, seen, turn = 0, 0, []
    between = max(size // FAULTS, LEAST_BETWEEN)
    with Server(address) as server, room.saving(Door(server)):
        while not room.has_enough() or (not all(kills.values()) and not any(x.failed for x in room.people)):
            try:
                server.process.wait(dice.uniform(*EVERY))
            except subprocess.TimeoutExpired:
                pass
            else:
                # Granian ends by itself when a worker dies twice within six seconds. What watches over it
                # (systemd, compose) starts it again, at once.
                server.start()
                supervised += 1
                continue
            if room.acknowledged < seen + between:
                continue  # what is still coming up is not broken again
            seen = room.acknowledged
            turn = turn or dice.sample(kinds, len(kinds))
            if (kind := turn.pop()) == "database":
                servers.crash(address)
            elif kind == "whole server":
                server.kill()
                server.start()
            elif not server.kill_a_worker(dice):
                continue
            kills[kind] += 1
    counted.faults = sum(kills.values())
    counted.figures = {"killed": dict(kills), "started again by a supervisor": supervised}
    met = room.told(counted)
    if not met["sent again"]:
        counted.problems.append("No request met a dead server, so nothing was shown.")
    return counted
