"""R12: twenty people saving every two seconds, for as many seconds as the size says."""

from __future__ import annotations

import os
import random
import statistics
import threading
import time

from django.db import connections

from apps.demo import world

from .. import place, scenes
from ..by_size import Server, memory_of
from ..load import Saves, client
from . import Counted

PEOPLE, EVERY = 20, 2.0
SLOWEST, GROWTH = 300.0, 0.10
"""Milliseconds of the 95th percentile; share by which a worker's memory may grow after the first tenth."""


def run(clinic: world.World, size: int, dice: random.Random) -> Counted:
    counted, requests = Counted(), []
    for number in range(PEOPLE):
        note = clinic.draft_by(clinic.tess, world.TREATABLE[number % len(world.TREATABLE)])
        cookie = scenes.signed_in(clinic.tess)
        form = place.fields_of(note)
        requests.append(Saves(f"/notes/{note.pk}/", cookie, form=form, htmx=True, revision=note.revision))
    connections.close_all()
    seen: list[float] = []
    memory: list[int] = []
    problems: set[str] = set()
    with Server(os.environ["DATABASE_URL"]) as server:
        until = time.monotonic() + size

        def save(request: Saves, wait: float) -> None:
            time.sleep(wait)
            try:
                for took in client(server.port, request, size, 1):
                    seen.append(took)
                    time.sleep(max(EVERY - took, 0))
            except Exception as problem:
                problems.add(f"{type(problem).__name__}: {problem}")

        threads = [threading.Thread(target=save, args=(each, dice.uniform(0, EVERY))) for each in requests]
        for thread in threads:
            thread.start()
        time.sleep(size / 10)
        while time.monotonic() < until:
            memory.append(max(memory_of(server.process)))
            time.sleep(max(size / 20, 1))
        for thread in threads:
            thread.join(30)
        memory.append(max(memory_of(server.process)))
    p95 = statistics.quantiles(seen, n=20)[-1] * 1000 if len(seen) > 1 else 0.0
    counted.faults = len(seen)
    counted.problems += sorted(problems)
    if p95 > SLOWEST:
        counted.problems.append(f"The 95th percentile is {p95:.0f} ms.")
    if memory[-1] > memory[0] * (1 + GROWTH):
        counted.problems.append(f"A worker grew from {memory[0]} to {memory[-1]} MB.")
    counted.figures = {"saves": len(seen), "p95 ms": round(p95, 1), "memory MB": [memory[0], memory[-1]]}
    return counted
