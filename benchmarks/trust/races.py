"""R4: two people at one note at the same moment. One of them wins, the other is told, and nothing is written
into what was signed.

Three races: a signature and a save; two signatures; a signature and the end of its signer's role. Notes are
copies of ones that a person charted, read to the end by who signs them; everything that races is the app's
own action.
"""

from __future__ import annotations

import multiprocessing
import random
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db import connections

from apps.accounts import actions as people
from apps.accounts.models import Role, User
from apps.audit import verbs
from apps.audit.models import Event
from apps.audit.refused import Refused
from apps.demo import charting, world
from apps.ledger import chain
from apps.ledger.models import LedgerEntry
from apps.ledger.verify import Verdict, verify
from apps.notes import actions
from apps.notes.forms import DraftValues
from apps.notes.models import Note, Status

from . import Counted, drafts

LONGEST_WAIT = 0.02
"""Seconds by which one of the two may start later: so that each of them is first now and then."""


def run(clinic: world.World, size: int, dice: random.Random) -> Counted:
    counted = Counted()
    signer = {"by": clinic.tess.pk}
    kinds = {
        "save": (signer, {"by": clinic.tess.pk, "what": "save"}),
        "sign": (signer, {"by": clinic.tess.pk, "what": "sign"}),
        "revoke": (signer, {"by": clinic.alex.pk, "what": "revoke", "whom": clinic.tess.pk}),
    }
    for kind, (one, two) in kinds.items():
        race(kind, drafts.signable(clinic, size, kind), one, two, counted, dice)
    if verify(clinic=str(clinic.riverside.pk), levels=(1, 2, 3)).verdict != Verdict.INTACT:
        counted.problems.append("After the races the record does not verify.")
    return counted


def race(kind, notes, one, two, counted: Counted, dice: random.Random) -> None:
    """Both at each note at once, in two processes; then what became of each."""
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(2), context.Queue()
    connections.close_all()
    both = [
        context.Process(target=take_part, args=(number, part, notes, dice.randrange(10**9), barrier, results))
        for number, part in enumerate(({**one, "what": "sign"}, two))
    ]
    for each in both:
        each.start()
    said = dict(results.get(timeout=3600) for _ in both)
    for each in both:
        each.join()
    wins = [sum(answer == "done" for answer in said[number]) for number in (0, 1)]
    became = Became.of([pk for pk, _ in notes])
    for (pk, _), first, second in zip(notes, said[0], said[1], strict=True):
        counted.problems += [f"{kind}: {words}" for words in wrong(kind, pk, first, second, became)][:5]
    counted.faults += min(wins)
    counted.figures |= {f"sign against {kind}": len(notes), f"won by sign, by {kind}": wins}
    if not min(wins):
        counted.problems.append(f"{kind}: one side always won ({wins}), so there was no race.")


def take_part(number, part, notes, seed, barrier, results) -> None:
    """One side: at each note the same thing, and what it was told."""
    dice, by, told = random.Random(seed), User.objects.get(pk=part["by"]), []
    for ready in notes:
        try:
            act = prepared(part, ready, by)
            barrier.wait(120)
            time.sleep(dice.random() * LONGEST_WAIT)
            act()
            told.append("done")
        except (Refused, actions.Conflict) as refusal:
            told.append(str(refusal) or "conflict")
        except Exception as error:
            told.append(f"BROKE {error!r}")
        try:
            barrier.wait(120)
            if part["what"] == "revoke":
                restore(part, by)
            barrier.wait(120)
        except Exception as error:
            told[-1] = f"BROKE {error!r}"
            break
    results.put((number, told))


def prepared(part: dict[str, Any], ready: drafts.Ready, by: User):
    """What the person is about to do, with all that their page had read before."""
    if part["what"] == "revoke":
        whom = User.objects.get(pk=part["whom"])
        clinic = by.memberships.get().clinic
        return lambda: people.change_person(
            person=whom, clinic=clinic, role=Role.THERAPIST, is_active=False, by=by
        )
    note = charting.read(Note(pk=ready.pk))
    if part["what"] == "sign":
        return lambda: actions.sign(note=note, by=by, preview=ready.preview)
    values = DraftValues(note={"plan": f"Saved at the same moment, {note.pk}."})
    operation = str(uuid.uuid4())
    return lambda: actions.save_draft(
        note=note, by=by, revision=note.revision, operation=operation, values=values
    )


def restore(part: dict[str, Any], by: User) -> None:
    whom = User.objects.get(pk=part["whom"])
    clinic = by.memberships.get().clinic
    people.change_person(person=whom, clinic=clinic, role=Role.THERAPIST, is_active=True, by=by)


@dataclass(frozen=True)
class Became:
    """What the database holds after a race, of all its notes."""

    notes: dict[uuid.UUID, Note]
    entries: dict[uuid.UUID, list[LedgerEntry]]
    signed: dict[str, Event]
    changes: dict[str, list[int]]
    """Each change of a person's role, by its place in the log."""

    @staticmethod
    def of(pks: list[uuid.UUID]) -> Became:
        entries, changes = defaultdict(list), defaultdict(list)
        for entry in LedgerEntry.objects.filter(document__in=pks).order_by("seq"):
            entries[entry.document].append(entry)
        for change in Event.objects.filter(verb=verbs.PERSON_CHANGED).order_by("pk"):
            changes[change.target].append(change.pk)
        signed = Event.objects.filter(verb=verbs.NOTE_SIGNED, target__in=[str(pk) for pk in pks])
        return Became(Note.objects.in_bulk(pks), entries, {event.target: event for event in signed}, changes)


def wrong(kind: str, pk, first: str, second: str, became: Became) -> list[str]:
    """What should not have become of a note, in sentences."""
    note, entries = became.notes[pk], became.entries.get(pk, [])
    found = [answer for answer in (first, second) if answer.startswith("BROKE")]
    signatures = (first == "done") + (kind == "sign" and second == "done")
    if signatures != len(entries) or (note.status == Status.SIGNED) != bool(entries):
        found.append(f"{signatures} signed by their own account, and the record holds {len(entries)}.")
    if kind != "revoke" and (first == "done") == (second == "done"):
        found.append(f"not one winner: {first!r} and {second!r}.")
    if entries:
        signed = chain.read(entries[0])
        if signed["plan"] != note.plan:
            found.append("the working copy was changed after the signature.")
        if kind == "revoke":
            # The role ends and is given back in turns: after an odd number of changes it had ended.
            at = became.signed[str(pk)].pk
            if sum(change < at for change in became.changes.get(str(note.signed_by_id), ())) % 2:
                found.append("it was signed after the role had ended.")
    return found
