"""R1: a process that saves is killed without warning, again and again. Every save that was acknowledged is
there, and none is half there. SIGKILL is no power cut: what the disk had not yet written is not tried here.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
import uuid

from django.db import connection, connections

from apps.accounts.models import User
from apps.demo import charting, world
from apps.notes import actions, chart
from apps.notes.forms import DraftValues
from apps.notes.models import DraftSave, Note

from . import Counted, drafts

BETWEEN = 20
"""Saves before a kill, some more or fewer: when it comes is drawn, by how fast this machine saves."""
AT_ONCE = {"sqlite": 1, "postgresql": 2}
"""Processes that save at the same time, each a note of its own. SQLite lets one write at a time."""
LEAST_KILLS = 5


def run(clinic: world.World, size: int, dice: random.Random) -> Counted:
    counted = Counted()
    pattern = clinic.draft_by(clinic.tess)
    notes = [note.pk for note in (pattern, *drafts.copies(pattern))]
    at_once, pace, saving = AT_ONCE[connection.vendor], 0.01, 0.0
    acknowledged = lost = torn = 0
    connections.close_all()
    while acknowledged < size:
        told: dict[uuid.UUID, dict[str, int]] = {}
        # A note that was broken stands as it is until all were: one connection reads them together.
        for at in range(0, len(notes), at_once):
            some = notes[at : at + at_once]
            after = [dice.uniform(0, 2 * BETWEEN * pace) for _ in some]
            told |= killed(some, clinic.tess, after)
            saving += sum(after)
        counted.faults += len(told)
        acknowledged += sum(map(len, told.values()))
        pace = saving / acknowledged
        for pk, said in told.items():
            kept = read(pk)
            there = DraftSave.objects.filter(note=pk, operation__in=list(said))
            lost += len(said.keys() - set(there.values_list("operation", flat=True)))
            lost += kept.note.revision < max(said.values())
            # The words say after which revision they were written, and each block of the note says it too.
            written = {kept.note.plan, *(block.description for block in kept.all_blocks)}
            torn += written != {f"After {kept.note.revision - 1}."}
        connection.close()
    if lost:
        counted.problems.append(f"{lost} acknowledged saves are gone.")
    if torn:
        counted.problems.append(f"After {torn} kills a save was half there.")
    if counted.faults < LEAST_KILLS:
        counted.problems.append(f"Only {counted.faults} kills.")
    counted.figures = {"acknowledged": acknowledged, "lost": lost, "torn": torn, "kills": counted.faults}
    return counted


def read(pk) -> chart.Chart:
    """As the editor reads a note that it is about to save: of what is around it, a process that is begun now
    has what the first one read some seconds ago.
    """
    return chart.load_again(charting.read(Note(pk=pk)))


def killed(pks, by: User, after: list[float]) -> dict[uuid.UUID, dict[str, int]]:
    """For each note a process that saves until it is killed; what it acknowledged: operation → revision."""
    savers = [Saver(pk, by) for pk in pks]
    begun = time.monotonic()
    for moment, saver in sorted(zip(after, savers, strict=True), key=lambda each: each[0]):
        time.sleep(max(begun + moment - time.monotonic(), 0))
        saver.kill()
    return {saver.note: saver.acknowledged() for saver in savers}


class Saver:
    """A process that saves a note, and has begun to."""

    def __init__(self, note, by: User):
        self.note = note
        reads, writes = os.pipe()
        self.process = os.fork()
        if not self.process:
            os.close(reads)
            try:
                save_on(note, by, writes)
            finally:
                os._exit(1)
        os.close(writes)
        self.told = os.fdopen(reads)
        self.first = self.told.readline()

    def kill(self) -> None:
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)

    def acknowledged(self) -> dict[str, int]:
        with self.told:
            lines = [self.first, *self.told]
        # The last line may have been cut off: what was not heard was not acknowledged.
        said = dict(json.loads(line) for line in lines if line.endswith("\n"))
        assert said, "A process ended before its first save."
        return said


def save_on(pk, by: User, writes: int) -> None:
    charted = read(pk)
    note = charted.note
    rows = [{"id": row.pk, "code": row.code} for row in charted.blocks]
    while True:
        words, operation = f"After {note.revision}.", str(uuid.uuid4())
        values = DraftValues(note={"plan": words}, blocks=[{**row, "description": words} for row in rows])
        revision = actions.save_draft(
            note=note, by=by, revision=note.revision, operation=operation, values=values, charted=charted
        )
        os.write(writes, (json.dumps([operation, revision]) + "\n").encode())
