"""Run as a program: four processes at one fresh clinic at the same moment. Prints what happened, as JSON.

A database of its own, because what is asked here is what happens between transactions that commit.
"""

import datetime as dt
import json
import multiprocessing
import sys
import uuid

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from apps.accounts.models import User  # noqa: E402
from apps.audit.refused import Refused  # noqa: E402
from apps.demo import charting, world  # noqa: E402
from apps.ledger import chain  # noqa: E402
from apps.ledger.models import LedgerEntry  # noqa: E402
from apps.notes import actions, record  # noqa: E402
from apps.notes.forms import DraftValues  # noqa: E402
from apps.notes.models import Note  # noqa: E402
from apps.visits.models import Visit  # noqa: E402

PROCESSES, APPENDS, SIGNED_BY_ALL, SIGNED_BY_ONE, ROUNDS = 4, 10, 5, 3, 10


def append(clinic):
    chain.append(
        clinic=clinic, kind="sign", document=uuid.uuid4(), document_type="plan", payload={"words": "x"}
    )


def sign(pk, by):
    """ "signed", or why not.

    Another signature may change what prints as the earlier measure, or bring up a question: so the note is
    read again, and what is asked is answered.
    """
    for _ in range(50):
        note = charting.read(Note(pk=pk))
        try:
            if asked := charting.judged(note, signer=by).open:
                given = {
                    found.key: {"value": found.choices[0] if found.choices else "", "reason": "Checked."}
                    for found in asked
                }
                actions.answer(note=note, by=by, answers=given)
                note = charting.read(note)
            actions.sign(note=note, by=by, preview=record.preview_digest(record.payload_of(note)))
        except Refused as refusal:
            said = str(refusal)
            if "Read it again" not in said and "to answer before" not in said:
                return said
        else:
            return "signed"
    return said


def save(pk, by, revision, operation, words):
    try:
        return actions.save_draft(
            note=charting.read(Note(pk=pk)),
            by=by,
            revision=revision,
            operation=operation,
            values=DraftValues(note={"plan": words}),
        )
    except actions.Conflict:
        return "conflict"


def work(number, plan, barrier, results):
    by = User.objects.get(pk=plan["by"])
    done = {"errors": [], "signed": {}, "same": [], "two_windows": []}
    try:
        barrier.wait(60)
        for _ in range(APPENDS):
            append(plan["clinic"])
        for pk in [*plan["shared"], *plan["own"][number]]:
            done["signed"][str(pk)] = sign(pk, by)
        for at, (operation, revision) in enumerate(plan["operations"]):
            barrier.wait(60)
            done["same"].append(save(plan["draft"], by, revision, operation, "Same"))
            barrier.wait(60)
            seen = revision + 1
            done["two_windows"].append(save(plan["draft"], by, seen, str(uuid.uuid4()), f"{number}-{at}"))
    except Exception as error:
        barrier.abort()
        done["errors"].append(repr(error))
    results.put(done)


def main():
    call_command("migrate", verbosity=0)
    clinic = world.build()
    tess = clinic.tess
    # Minutes of one patient and day are counted together, so each note has a day of its own.
    free = (
        (patient, clinic.today - dt.timedelta(days=back))
        for back in range(1, 15)
        for patient in map(clinic.patients.get, world.TREATABLE)
    )

    def draft():
        taken = Visit.objects.values_list("patient", "served_on")
        patient, day = next((who, day) for who, day in free if (who.pk, day) not in set(taken))
        return clinic.draft_by(tess, patient, served_on=day)

    one = draft()
    plan = {
        "clinic": clinic.riverside.pk,
        "by": tess.pk,
        "shared": [draft().pk for _ in range(SIGNED_BY_ALL)],
        "own": [[draft().pk for _ in range(SIGNED_BY_ONE)] for _ in range(PROCESSES)],
        "draft": one.pk,
        # Each round saves twice: once the same save from all, once a different one from each.
        "operations": [(str(uuid.uuid4()), one.revision + 2 * at) for at in range(ROUNDS)],
    }
    before = LedgerEntry.objects.filter(clinic=clinic.riverside.pk).count()
    connections.close_all()
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(PROCESSES), context.Queue()
    workers = [context.Process(target=work, args=(at, plan, barrier, results)) for at in range(PROCESSES)]
    for worker in workers:
        worker.start()
    done = [results.get(timeout=120) for _ in workers]
    for worker in workers:
        worker.join()
    entries = list(LedgerEntry.objects.filter(clinic=clinic.riverside.pk).order_by("seq"))
    json.dump(
        {
            "before": before,
            "done": done,
            "seqs": [entry.seq for entry in entries],
            "links": [[entry.prev_hash, entry.hash] for entry in entries],
            "intact": all(chain.is_intact(entry) for entry in entries),
            "shared": [str(pk) for pk in plan["shared"]],
            "own": [str(pk) for pks in plan["own"] for pk in pks],
            "entries_of": {
                str(pk): LedgerEntry.objects.filter(document=pk).count()
                for pk in [*plan["shared"], *(pk for pks in plan["own"] for pk in pks)]
            },
            "revision": [one.revision, Note.objects.get(pk=one.pk).revision],
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
