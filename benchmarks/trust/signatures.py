"""R7, the other half: sixteen processes sign at the same moment. Every signature is one entry, and no number
is missing.

Each signs notes of its own, read to the end before, by the app's own action, as fast as it can. A patient's
notes are with one process, newest first: what was measured before stands in a note, so the signature of an
earlier one would rightly ask to read it again.
"""

from __future__ import annotations

import multiprocessing
import random
from itertools import chain

from django.db import connections

from apps.accounts.models import User
from apps.demo import charting, world
from apps.ledger.models import LedgerEntry
from apps.ledger.verify import Verdict, verify
from apps.notes import actions
from apps.notes.models import Note, Status

from . import Counted, drafts, insistent

WRITERS = 16


def run(clinic: world.World, size: int, dice: random.Random) -> Counted:
    """`size` signatures, by sixteen processes."""
    counted = Counted()
    ready = drafts.signable(clinic, size, "sign")
    patients = [ready[at : at + drafts.DAYS] for at in range(0, size, drafts.DAYS)]
    notes = [pk for pk, _ in ready]
    dice.shuffle(patients)
    before = list(entries(clinic))
    connections.close_all()
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(WRITERS), context.Queue()
    turned_away = context.Value("i", 0)
    writers = [
        context.Process(
            target=sign, args=(patients[at::WRITERS], clinic.tess.pk, barrier, results, turned_away)
        )
        for at in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    said = [answer for _ in writers for answer in results.get(timeout=3600)]
    for writer in writers:
        writer.join()
    counted.problems += [f"A signature failed: {answer}" for answer in said if answer != "signed"][:20]
    added = entries(clinic)[len(before) :]
    forks = len(added) - len({prev for _, _, prev in added})
    if [seq for seq, *_ in added] != list(range(len(before) + 1, len(before) + size + 1)):
        counted.problems.append(f"{size} signatures made {len(added)} entries, or left a gap.")
    if {document for _, document, _ in added} != set(notes):
        counted.problems.append("The entries are not those of the notes that were signed.")
    if forks:
        counted.problems.append(f"The chain forks {forks} times.")
    if Note.objects.filter(pk__in=notes, status=Status.SIGNED).count() != size:
        counted.problems.append("Not every note is marked as signed.")
    if verify(clinic=str(clinic.riverside.pk), levels=(1, 2, 3)).verdict != Verdict.INTACT:
        counted.problems.append("After the signatures the record does not verify.")
    counted.faults = WRITERS
    counted.figures = {"writers": WRITERS, "signatures": said.count("signed"), "entries": len(added)}
    counted.figures |= {"forks": forks, "told to sign again": turned_away.value}
    return counted


def entries(clinic: world.World) -> list[tuple]:
    found = LedgerEntry.objects.filter(clinic=clinic.riverside.pk).order_by("seq")
    return list(found.values_list("seq", "document", "prev_hash"))


def sign(patients, by, barrier, results, turned_away) -> None:
    person, told = User.objects.get(pk=by), []
    barrier.wait(600)
    for ready in chain.from_iterable(patients):
        try:
            insistent(lambda ready=ready: sign_one(ready, person), turned_away)
            told.append("signed")
        except Exception as error:
            told.append(repr(error))
    results.put(told)


def sign_one(ready: drafts.Ready, person: User) -> None:
    actions.sign(note=charting.read(Note(pk=ready.pk)), by=person, preview=ready.preview)
