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
from apps.notes import actions
from apps.notes.forms import DraftValues
from apps.notes.models import DraftSave, Note

from . import Counted

SHORTEST, LONGEST = 0.05, 0.5
LEAST_KILLS = 5


def run(clinic: world.World, size: int, dice: random.Random) -> Counted:
    counted = Counted()
    note = clinic.draft_by(clinic.tess)
    said: dict[str, int] = {}
    lost = torn = 0
    connections.close_all()
    while len(said) < size:
        acknowledged = killed(note.pk, clinic.tess.pk, dice.uniform(SHORTEST, LONGEST))
        said |= acknowledged
        counted.faults += 1
        kept = Note.objects.get(pk=note.pk)
        there = set(
            DraftSave.objects.filter(note=note, operation__in=list(acknowledged)).values_list(
                "operation", flat=True
            )
        )
        lost += len(acknowledged.keys() - there) + (kept.revision < max(acknowledged.values(), default=0))
        # The words say after which revision they were written, and each block of the note says it too.
        written = {kept.plan, *kept.blocks.values_list("description", flat=True)}
        torn += bool(acknowledged) and written != {f"After {kept.revision - 1}."}
        connection.close()
    if lost:
        counted.problems.append(f"{lost} acknowledged saves are gone.")
    if torn:
        counted.problems.append(f"After {torn} kills a save was half there.")
    if counted.faults < LEAST_KILLS:
        counted.problems.append(f"Only {counted.faults} kills.")
    counted.figures = {"acknowledged": len(said), "lost": lost, "torn": torn, "kills": counted.faults}
    return counted


def killed(pk, by, after: float) -> dict[str, int]:
    """A process that saves until it is killed; what it had acknowledged: operation → revision."""
    reads, writes = os.pipe()
    process = os.fork()
    if not process:
        os.close(reads)
        try:
            save_on(pk, by, writes)
        finally:
            os._exit(1)
    os.close(writes)
    with os.fdopen(reads) as told:
        first = told.readline()
        time.sleep(after)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        lines = [first, *told]
    # The last line may have been cut off: what was not heard was not acknowledged.
    return dict(json.loads(line) for line in lines if line.endswith("\n"))


def save_on(pk, by, writes: int) -> None:
    person, note = User.objects.get(pk=by), charting.read(Note(pk=pk))
    rows = [{"id": row.pk, "code": row.code} for row in note.blocks.filter(is_removed=False)]
    while True:
        words, operation = f"After {note.revision}.", str(uuid.uuid4())
        values = DraftValues(note={"plan": words}, blocks=[{**row, "description": words} for row in rows])
        revision = actions.save_draft(
            note=note, by=person, revision=note.revision, operation=operation, values=values
        )
        os.write(writes, (json.dumps([operation, revision]) + "\n").encode())
