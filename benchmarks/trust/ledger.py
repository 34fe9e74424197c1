"""R7: every way of changing the record is found and named, an untouched one raises no alarm, and many writers
make one chain without a gap.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path

from django.db import connection, connections, transaction

from apps.audit import append_only
from apps.demo import world
from apps.ledger import chain, checkpoint, rows, signing_key
from apps.ledger.models import ChainHead, LedgerEntry
from apps.ledger.verify import Verdict, verify
from tests.ledger import forging

from . import Counted, insistent

FULL = 5000
"""Clean entries; of bits flipped (60 a column) and signatures (16 × 50) a smaller run has its share."""
WRITERS = 16
CLINIC = str(uuid.UUID(int=0xC11, version=4))


def run(clinic: world.World, size: int, dice: random.Random) -> Counted:
    counted = Counted()
    with tempfile.TemporaryDirectory() as folder:
        outside = Path(folder) / "checkpoints.jsonl"
        key = signing_key.make(Path(folder) / "key.json")
        forging.in_bulk(CLINIC, forging.odd_texts(size))
        checkpoint.make(CLINIC, key=key, path=outside)
        report = verify(clinic=CLINIC, checkpoints=[outside], levels=(1, 2, 3, 4))
        alarms = [found.words for found in report.all_findings]
        counted.problems += [f"A clean record raised an alarm: {words}" for words in alarms]
        counted.figures |= {"clean entries": size, "false alarms": len(alarms)}
        flip(counted, dice, flips=max(size * 60 // FULL, 2))
        forge(counted, outside, key)
        guards(counted)
    write_together(counted, each=max(size * 50 // FULL, 2))
    return counted


def flip(counted: Counted, dice: random.Random, *, flips: int) -> None:
    """Single bits of every column, each flipped, looked for and put back."""
    clinic = str(uuid.uuid4())
    entries = forging.appended(clinic, 12)
    done = found = 0
    for column in rows.COLUMNS:
        flipper = forging.BitFlipper(column, seed=dice.randrange(10**9))
        made = 0
        for _ in range(flips * 40):
            if made == flips:
                break
            entry = dice.choice(entries)
            with forging.undone():
                forging.without_triggers()
                if not flipper.flip(entry.pk):
                    continue
                made += 1
                report = verify(levels=(1, 2))
                if report.verdict in (Verdict.TAMPERED, Verdict.TRUNCATED):
                    found += 1
                else:
                    counted.problems.append(f"A flipped bit of {column} in entry {entry.seq} was not found.")
        if made < flips:
            counted.problems.append(f"Only {made} of {flips} bits of {column} could be flipped.")
        done += made
    counted.faults += done
    counted.figures |= {"bits flipped": done, "bits found": found}


def forge(counted: Counted, outside: Path, key) -> None:
    """The moves of trust.md §3, each on a record that a checkpoint witnesses in the middle and at the end."""
    named = 0
    for name, change in FORGERIES.items():
        with forging.undone():
            clinic = str(uuid.uuid4())
            copy = outside.with_name(f"{name.replace(' ', '-')}.jsonl")
            forging.appended(clinic, 8, refer=False)
            checkpoint.make(clinic, key=key, path=copy)
            forging.appended(clinic, 8, refer=False)
            checkpoint.make(clinic, key=key, path=copy)
            forging.without_triggers()
            change(clinic)
            report = verify(clinic=clinic, checkpoints=[copy], levels=(1, 2, 3, 4))
            if report.verdict in (Verdict.TAMPERED, Verdict.TRUNCATED):
                named += 1
            else:
                counted.problems.append(f"Not found: {name}.")
        counted.faults += 1
    counted.figures |= {"forgeries": len(FORGERIES), "forgeries found": named}


def entries_of(clinic: str):
    return LedgerEntry.objects.filter(clinic=clinic)


def delete_middle(clinic: str) -> None:
    entries_of(clinic).filter(seq=5).delete()


def delete_and_renumber(clinic: str) -> None:
    delete_middle(clinic)
    for entry in entries_of(clinic).filter(seq__gt=5).order_by("seq"):
        entries_of(clinic).filter(pk=entry.pk).update(seq=entry.seq - 1)
    forging.roll_head(clinic)


def delete_renumber_and_rehash(clinic: str) -> None:
    delete_and_renumber(clinic)
    _rehash_apart(clinic)


def swap(clinic: str) -> None:
    one, two = entries_of(clinic).get(seq=4), entries_of(clinic).get(seq=6)
    entries_of(clinic).filter(pk=one.pk).update(seq=10_000)
    entries_of(clinic).filter(pk=two.pk).update(seq=4)
    entries_of(clinic).filter(pk=one.pk).update(seq=6)


def truncate(clinic: str) -> None:
    forging.cut(clinic, 12)


def truncate_all(clinic: str) -> None:
    forging.cut(clinic, 0)
    ChainHead.objects.filter(clinic=clinic).delete()


def add_past_the_head(clinic: str) -> None:
    head = ChainHead.objects.filter(clinic=clinic).values().get()
    forging.appended(clinic, 1)
    ChainHead.objects.filter(clinic=clinic).update(**{name: head[name] for name in ("seq", "hash")})


def rewrite(clinic: str) -> None:
    entries_of(clinic).filter(seq=3).update(payload='{"words":"other"}')
    _rehash_apart(clinic)


def restore_and_continue(clinic: str) -> None:
    forging.cut(clinic, 10)
    forging.appended(clinic, 9, refer=False)


def _rehash_apart(clinic: str) -> None:
    """`rehash`, where two entries never hold one hash on the way."""
    for entry in entries_of(clinic):
        moved = f"moved {entry.seq} of {clinic}"
        entries_of(clinic).filter(pk=entry.pk).update(prev_hash=moved, hash=moved)
    forging.rehash(clinic)


FORGERIES: dict[str, Callable[[str], None]] = {
    "an entry deleted": delete_middle,
    "an entry deleted and the rest renumbered": delete_and_renumber,
    "an entry deleted, the rest renumbered and hashed anew": delete_renumber_and_rehash,
    "two entries swapped": swap,
    "the end cut off and the head rolled back": truncate,
    "the whole record gone with its head": truncate_all,
    "an entry added past the head": add_past_the_head,
    "the record rewritten whole": rewrite,
    "an older backup restored and continued": restore_and_continue,
}


def guards(counted: Counted) -> None:
    """Each trigger dropped by its owner is missed by name."""
    dropped = named = 0
    for table in append_only.guarded():
        for name in append_only.trigger_names(table, connection.vendor):
            with forging.undone():
                on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
                with connection.cursor() as cursor:
                    cursor.execute(f'DROP TRIGGER "{name}"{on}')
                words = " ".join(found.words for found in verify(levels=(5,)).findings)
            dropped += 1
            if f"has lost its trigger {name}" in words:
                named += 1
            else:
                counted.problems.append(f"Nobody missed the trigger {name}.")
    counted.faults += dropped
    counted.figures |= {"triggers dropped": dropped, "triggers missed by name": named}


def write_together(counted: Counted, *, each: int) -> None:
    """Many processes at the end of one chain at the same moment."""
    clinic = str(uuid.uuid4())
    context = multiprocessing.get_context("fork")
    barrier, failures, turned_away = context.Barrier(WRITERS), context.Queue(), context.Value("i", 0)

    def append() -> None:
        chain.append(
            clinic=uuid.UUID(clinic),
            kind="sign",
            document=uuid.uuid4(),
            document_type="plan",
            payload={"words": f"of process {os.getpid()}"},
        )

    def write() -> None:
        try:
            barrier.wait(120)
            for _ in range(each):
                insistent(append, turned_away)
        except Exception as error:
            failures.put(repr(error))

    connections.close_all()
    writers = [context.Process(target=write) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    while not failures.empty():
        counted.problems.append(f"A writer failed: {failures.get()}")
    seqs = list(entries_of(clinic).order_by("seq").values_list("seq", flat=True))
    forks = len(seqs) - entries_of(clinic).values("prev_hash").distinct().count()
    if seqs != list(range(1, WRITERS * each + 1)):
        words = f"{WRITERS} × {each} signatures made {len(seqs)} entries, with gaps or doubles."
        counted.problems.append(words)
    if forks:
        counted.problems.append(f"The chain forks {forks} times.")
    with transaction.atomic():
        if verify(clinic=clinic, levels=(1, 2)).verdict != Verdict.INTACT:
            counted.problems.append("What many wrote together does not verify.")
    counted.faults += WRITERS
    counted.figures |= {"writers": WRITERS, "entries they made": len(seqs), "forks": forks}
    counted.figures["told to sign again"] = turned_away.value
