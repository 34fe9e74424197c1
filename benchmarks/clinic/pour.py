"""A clinic of any size, poured from what was told: in the order of time, hashed, sealed and witnessed."""

from __future__ import annotations

import datetime as dt
import random
import secrets
import time
import uuid
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management.color import no_style
from django.db import connection, transaction

from apps.audit import clock
from apps.backup.contents import models_of_ours
from apps.demo.days import moment
from apps.ledger import chain, checkpoint, last_checkpoint, seals, signing_key
from apps.ledger.models import ChainHead, LedgerEntry

from . import bare, told
from . import mould as moulds
from .mould import Happening, Mould, Row

NOTES_OF_A_THERAPIST = 3500
"""Over some two years, at seven a day: decides how many therapists a size has."""
NOTES_A_WEEK = 34
"""That a therapist signs, as the schedule comes out."""
PATIENTS_AT_A_TIME = 8
"""Of a therapist, for each pattern of days."""
WITNESSED_EVERY = 2
"""Weeks between checkpoints. A clinic makes one every hour that something was signed in."""


@dataclass
class Grown:
    """What was made."""

    notes: int
    patients: int
    therapists: int
    weeks: int
    entries: int
    told: int
    seconds_told: float
    seconds_poured: float
    seconds_witnessed: float

    @property
    def notes_a_second(self) -> float:
        return (self.notes - self.told) / self.seconds_poured


@dataclass
class Pour:
    """One further patient."""

    mould: Mould
    week: int
    therapist: int
    number: int
    values: list[str] = field(default_factory=list)
    is_registered: bool = False


class Table:
    """Rows on their way into a table, by the shortest way that the database has."""

    def __init__(self, name: str, columns: tuple[str, ...]):
        self.name, self.columns = name, columns
        self.rows: list[list[Any]] = []

    def write(self) -> None:
        names = ", ".join(f'"{column}"' for column in self.columns)
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                marks = ", ".join("?" * len(self.columns))
                into = f'INSERT INTO "{self.name}" ({names}) VALUES ({marks})'
                # Past Django's cursor, which would translate the marks of every statement.
                cursor.connection.executemany(into, self.rows)
            else:
                with cursor.copy(f'COPY "{self.name}" ({names}) FROM STDIN') as copy:
                    for row in self.rows:
                        copy.write_row(row)
        self.rows.clear()


def schedule(therapists: int, weeks: int, made: list[Mould], dice: random.Random) -> Iterator[Pour]:
    """Who begins when: each therapist has so many patients at a time, and a place is soon taken again."""
    by_days = defaultdict(list)
    for each in made:
        by_days[each.days].append(each)
    number = 0
    for therapist in range(therapists):
        for days in told.DAYS:
            for _ in range(PATIENTS_AT_A_TIME):
                week = dice.randrange(4)
                while week < weeks:
                    each = dice.choice(by_days[days])
                    number += 1
                    yield Pour(each, week, therapist, number)
                    week += 1 + each.happenings[-1].day // 7 + dice.randrange(2)


def grow(
    size: int,
    *,
    seed: int,
    folder: Path,
    hours: tuple[int, ...] = told.HOURS,
    say: Callable[[str], None] = print,
) -> Grown:
    """Fill the empty database with a clinic of about `size` signed notes up to yesterday.

    The key and the checkpoints of its record go into `folder`.
    """
    dice = random.Random(seed)
    therapists = max(2, round(size / NOTES_OF_A_THERAPIST))
    today = clock.today(told.ZONE)
    weeks = max(4, round(size / (therapists * NOTES_A_WEEK)))
    opens = today - dt.timedelta(days=today.weekday(), weeks=weeks + told.WEEKS)
    begins = opens + dt.timedelta(weeks=told.WEEKS)
    begun = time.monotonic()
    with transaction.atomic():
        practice = told.open_practice(therapists, opens)
        episodes = told.tell(practice, opens, dice, hours)
        clock.set_to(moment(practice.clinic, begins, dt.time()))
    made = moulds.made(episodes, opens, begins)
    told_notes, seconds_told = sum(one.notes for one in made), time.monotonic() - begun
    say(f"{told_notes} notes told in {seconds_told:.0f} s")
    begun = time.monotonic()
    pouring = Pouring(practice, begins, today, dice, folder)
    with bare.tables():
        pouring.all(sorted(schedule(therapists, weeks + 1, made, dice), key=lambda one: one.week), weeks + 1)
        say(f"{pouring.notes} poured in {time.monotonic() - begun:.0f} s; now the indexes")
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models_of_ours()):
            cursor.execute(statement)
        cursor.execute("ANALYZE")
    clock.release()
    return Grown(
        notes=told_notes + pouring.notes,
        patients=len(made) + pouring.patients,
        therapists=therapists,
        weeks=weeks + told.WEEKS,
        entries=pouring.seq,
        told=told_notes,
        seconds_told=seconds_told,
        seconds_poured=time.monotonic() - begun,
        seconds_witnessed=pouring.seconds_witnessed,
    )


class Pouring:
    """The end of the chain, and the rows that wait to be written behind it."""

    def __init__(
        self, practice: told.Practice, begins: dt.date, today: dt.date, dice: random.Random, folder: Path
    ):
        self.clinic, self.dice, self.begins = practice.clinic, dice, begins
        self.days = today - begins
        head = ChainHead.objects.get(clinic=self.clinic.pk)
        self.seq, self.hash, self.recorded_at = head.seq, head.hash, head.recorded_at
        self.tables: dict[tuple[str, tuple[str, ...]], Table] = {}
        self.staff = [moulds.staff_texts(staff) for staff in practice.staff]
        self.checkpoint = "null"
        self.key, self.witness = signing_key.make(folder / "key.json"), folder / "checkpoints.jsonl"
        self.notes = self.patients = 0
        self.seconds_witnessed = 0.0

    def all(self, pours: list[Pour], weeks: int) -> None:
        coming, active = deque(pours), list[Pour]()
        for week in range(weeks):
            while coming and coming[0].week <= week:
                active.append(coming.popleft())
                self.begin(active[-1])
            happening = [
                (one.day + 7 * pour.week, one.second, pour.number, one.number, pour, one)
                for pour in active
                for one in pour.mould.by_week.get(week - pour.week, ())
            ]
            happening.sort(key=lambda each: each[:4])
            with transaction.atomic():
                for day, _, _, _, pour, one in happening:
                    self.happen(day, pour, one)
                for table in self.tables.values():
                    if table.rows:
                        table.write()
                ChainHead.objects.filter(clinic=self.clinic.pk).update(
                    seq=self.seq, hash=self.hash, recorded_at=self.recorded_at
                )
            active = [pour for pour in active if max(pour.mould.by_week) > week - pour.week]
            if week % WITNESSED_EVERY == 0 or week == weeks - 1:
                self.seal(min(7 * (week + 1), self.days.days))

    def begin(self, pour: Pour) -> None:
        """Everything that is this patient's own. Hashes and numbers of entries come when they are made."""
        given, family = told.given_and_family(self.dice.randrange(14_000))
        patient = moulds.patient_texts(f"MB-{pour.number:07}", f"DEMO-{pour.number:09}", given, family)
        later = [""] * pour.mould.entries
        ids = moulds.texts_of(_uuid(self.dice) for _ in range(pour.mould.ids))
        pour.values = [*self.staff[pour.therapist], *patient, "", *later, *ids, *later]

    def happen(self, day: int, pour: Pour, one: Happening) -> None:
        shift = 7 * (told.WEEKS + pour.week)
        if day >= self.days.days:
            if one.visit is not None and pour.is_registered:
                self.add(one.visit, pour, shift)  # booked, and nobody has come yet
            return
        for row in one.rows:
            values = self.add(row, pour, shift)
            if row.table == "notes_note" and one.cosigned_on is not None:
                values[row.at("awaits_cosignature")] = one.cosigned_on + 7 * pour.week >= self.days.days
        if one.is_note:
            self.notes += 1
        elif one.rows:
            self.patients += 1
            pour.is_registered = True
        if one.entry is not None:
            self.append(one.entry, one.number - 1, pour, shift)
        if one.event is not None:
            self.add(one.event, pour, shift)

    def add(self, row: Row, pour: Pour, shift: int) -> list[Any]:
        values = row.values[:]
        for at in row.places:
            values[at] = moulds.filled(values[at], pour.values, shift)
        key = (row.table, row.columns)
        if key not in self.tables:
            self.tables[key] = Table(*key)
        self.tables[key].rows.append(values)
        return values

    def append(self, row: Row, number: int, pour: Pour, shift: int) -> None:
        """One more entry of the chain, as chain.append would have made it."""
        witnessed_at = len(self.staff[0]) + 4
        pour.values[witnessed_at] = f'"{last_checkpoint.KEY}":{self.checkpoint}'
        values = self.add(row, pour, shift)
        said = dict(zip(row.columns, values, strict=True))
        salt = secrets.token_hex(16)
        entry = LedgerEntry(
            clinic=self.clinic.pk,
            seq=self.seq + 1,
            kind=said["kind"],
            document=uuid.UUID(said["document"]),
            document_type=said["document_type"],
            ref_hash=said["ref_hash"],
            recorded_at=said["recorded_at"],
            salt=salt,
            payload_hash=chain.payload_hash(salt=salt, payload=said["payload"].encode()),
            prev_hash=self.hash,
            alg=chain.ALG,
        )
        entry.hash = chain.entry_hash(entry)
        for name in ("seq", "salt", "payload_hash", "prev_hash", "hash"):
            values[row.at(name)] = getattr(entry, name)
        self.seq, self.hash, self.recorded_at = entry.seq, entry.hash, entry.recorded_at
        pour.values[witnessed_at + 1 + number] = entry.hash
        pour.values[number - pour.mould.entries] = str(entry.seq)

    def seal(self, day: int) -> None:
        """What the schedule does in a clinic: seal the trail, verify what is new, and witness it."""
        begun = time.monotonic()
        clock.set_to(moment(self.clinic, self.begins + dt.timedelta(days=day), dt.time()))
        seals.seal()
        checkpoint.make(str(self.clinic.pk), key=self.key, path=self.witness)
        found = last_checkpoint.of(self.clinic.pk)
        self.checkpoint = chain.canonical(found).decode() if found else "null"
        self.seconds_witnessed += time.monotonic() - begun


def _uuid(dice: random.Random) -> uuid.UUID:
    return uuid.UUID(int=dice.getrandbits(128), version=4)
