"""R3: two windows with one draft, saving at the same moment. Nothing is overwritten unseen: one save is kept,
and the other is told of the conflict.
"""

from __future__ import annotations

import multiprocessing
import random
import time
import uuid

from django.db import connections

from apps.accounts.models import User
from apps.demo import charting, world
from apps.notes import actions
from apps.notes.forms import DraftValues
from apps.notes.models import Note

from . import Counted

LONGEST_WAIT = 0.005


def run(clinic: world.World, size: int, dice: random.Random) -> Counted:
    counted = Counted()
    note = clinic.draft_by(clinic.tess)
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(2), context.Queue()
    connections.close_all()
    arguments = (note.pk, clinic.tess.pk, size, barrier, results)
    both = [context.Process(target=type_on, args=(number, dice.random(), *arguments)) for number in (0, 1)]
    for each in both:
        each.start()
    said = dict(results.get(timeout=3600) for _ in both)
    for each in both:
        each.join()
    winners = [0, 0]
    for at, pair in enumerate(zip(said[0], said[1], strict=True)):
        kept, told = pair[0][2], [answer for answer, _, _ in pair]
        if sorted(told) != ["conflict", "saved"]:
            counted.problems.append(f"Round {at}: {told}, not one saved and one told.")
        elif kept != pair[told.index("saved")][1]:
            counted.problems.append(f"Round {at}: what is kept is not what the winner wrote.")
        else:
            winners[told.index("saved")] += 1
    counted.faults = min(winners)
    counted.figures = {"rounds": size, "conflicts told": sum(winners), "won by either": winners}
    counted.problems = counted.problems[:20]
    return counted


def type_on(number, seed, pk, by, rounds, barrier, results) -> None:
    """One window: read, write something of one's own, save; and see what is kept when both have."""
    dice, person, told = random.Random(f"{seed} {number}"), User.objects.get(pk=by), []
    for at in range(rounds):
        note = charting.read(Note(pk=pk))
        words = f"Window {number}, round {at}."
        barrier.wait(120)
        time.sleep(dice.random() * LONGEST_WAIT)
        try:
            values = DraftValues(note={"plan": words})
            actions.save_draft(
                note=note, by=person, revision=note.revision, operation=str(uuid.uuid4()), values=values
            )
            answer = "saved"
        except actions.Conflict:
            answer = "conflict"
        except Exception as error:
            answer = f"BROKE {error!r}"
        barrier.wait(120)
        told.append((answer, words, Note.objects.values_list("plan", flat=True).get(pk=pk)))
        barrier.wait(120)
    results.put((number, told))
