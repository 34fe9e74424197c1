"""What an episode left in the database, with places for what is another's: ids, names, days, hashes.

A row is kept as the database gets it, column by column. Every text is searched for the ids, names and days of
the episode, so whatever names them is poured with them: a foreign key, a JSON document, the signed bytes.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from django.db import connection, models

from apps.audit.models import Event
from apps.backup.contents import models_of_ours
from apps.ledger.models import Kind, LedgerEntry
from apps.notes.models import Note
from apps.visits.models import Visit

from .told import Episode, Staff

NO_CHECKPOINT = '"last_checkpoint":null'
"""As it stands in every told payload: nothing was witnessed yet."""

DAY = re.compile(r"(?<![0-9])[12][0-9]{3}-[01][0-9]-[0-3][0-9]")
FAR = dt.timedelta(days=400)
EPOCH = dt.date(1970, 1, 1)

Text = list[Any]
"""A text in parts: every second is a place, either the index of a value or (days since 1970) - FAR_BELOW."""
FAR_BELOW = 10_000_000


@dataclass
class Row:
    """A row in its table: each column a constant, or a Text."""

    table: str
    columns: tuple[str, ...]
    values: list[Any]
    places: list[int]
    """Which columns are Texts."""

    def at(self, column: str) -> int:
        return self.columns.index(column)


@dataclass
class Happening:
    """What came into the database together, so many days and seconds after the episode's first Monday."""

    day: int
    second: int
    rows: list[Row] = field(default_factory=list)
    entry: Row | None = None
    number: int = 0
    """Which of the episode's entries it is."""
    event: Row | None = None
    is_note: bool = False
    visit: Row | None = None
    """The visit, as it stands before anybody came."""
    cosigned_on: int | None = None
    """The day on which the cosignature that it waits for is given."""


@dataclass
class Mould:
    """An episode to pour from."""

    happenings: list[Happening]
    ids: int
    entries: int
    notes: int
    days: tuple[int, ...]

    @cached_property
    def by_week(self) -> dict[int, list[Happening]]:
        found = defaultdict(list)
        for one in self.happenings:
            found[one.day // 7].append(one)
        return found


def adapted(field_: models.Field, value: Any) -> Any:
    """A value as this database takes it, as text where it is neither number nor nothing."""
    found = field_.get_db_prep_save(value, connection)
    if found is None or isinstance(found, bool | int | str):
        return found
    if isinstance(found, dt.datetime):
        return found.isoformat(sep=" ")
    if isinstance(found, dt.date | dt.time):
        return found.isoformat()
    if hasattr(found, "obj"):  # psycopg's wrapper of JSON
        return json.dumps(found.obj)
    return str(found)


class Tokens:
    """The texts that a pour replaces, each with the index of its value."""

    def __init__(self) -> None:
        self.index: dict[str, int] = {}

    def add(self, text: str) -> None:
        if text:
            self.index.setdefault(text, len(self.index))

    def finish(self, first: dt.date, last: dt.date, born_on: dt.date) -> None:
        by_length = sorted(self.index, key=len, reverse=True)
        self.pattern = re.compile("|".join([*map(re.escape, by_length), DAY.pattern]))
        self.first, self.last, self.born_on = first, last, born_on

    def parts(self, text: str) -> Text | str:
        """The text in parts, or itself when nothing in it is another's."""
        found: Text = []
        end = 0
        for match in self.pattern.finditer(text):
            place = self.index.get(match[0])
            if place is None:
                try:
                    day = dt.date.fromisoformat(match[0])
                except ValueError:
                    continue
                if day != self.born_on and not self.first <= day <= self.last:
                    continue
                place = (day - EPOCH).days - FAR_BELOW
            found += [text[end : match.start()], place]
            end = match.end()
        return [*found, text[end:]] if found else text


@cache
def day_text(day: int) -> str:
    return (EPOCH + dt.timedelta(days=day)).isoformat()


def filled(text: Text, values: list[str], shift: int) -> str:
    """The text with a pour's values, and its days so many later."""
    out = text[:]
    for at in range(1, len(out), 2):
        place = out[at]
        out[at] = values[place] if place >= 0 else day_text(place + FAR_BELOW + shift)
    return "".join(out)


def staff_texts(staff: Staff) -> list[str]:
    """What names the people who treated, in the same order for everybody."""
    found = []
    for person in (staff.therapist, staff.assistant, staff.supervisor):
        found += [str(person.pk), person.pk.hex, person.name, person.licence_number, person.npi]
    return found


def patient_texts(mrn: str, member: str, given: str, family: str) -> list[str]:
    return [mrn, member, f"{family}", f"{given}"]


@dataclass
class _Found:
    """A row of the told clinic, and the ids that stand in it."""

    model: type[models.Model]
    row: models.Model
    ids: set[str]


def rows_by_episode(episodes: list[Episode], shared: set[str]) -> list[list[_Found]]:
    """Every row that an episode left: whatever names one of its ids, and what names that."""
    rows = [found for model in models_of_ours() for found in _rows(model, shared)]
    of: dict[str, int] = {str(each.patient.pk): at for at, each in enumerate(episodes)}
    taken: list[list[_Found]] = [[] for _ in episodes]
    while True:
        left = []
        for found in rows:
            owner = next((of[id] for id in found.ids if id in of), None)
            if owner is None:
                left.append(found)
                continue
            taken[owner].append(found)
            if isinstance(found.row.pk, uuid.UUID):
                of[str(found.row.pk)] = owner
        if len(left) == len(rows):
            return taken
        rows = left


def _rows(model: type[models.Model], shared: set[str]) -> Iterator[_Found]:
    if model._meta.db_table in shared:
        return
    fields = model._meta.concrete_fields
    for row in model._base_manager.all().iterator():
        texts = (str(getattr(row, each.attname)) for each in fields if _may_name(each))
        yield _Found(model, row, {text for text in texts if len(text) == 36})


def _may_name(field_: models.Field) -> bool:
    return isinstance(field_, models.UUIDField | models.ForeignKey) or (
        isinstance(field_, models.CharField) and (field_.max_length or 0) == 40
    )


def made(episodes: list[Episode], monday: dt.date, last: dt.date) -> list[Mould]:
    """A mould of each episode, all told in the weeks from `monday`."""
    shared = {"accounts_user", "accounts_clinic", "accounts_membership", "patients_payer", "ledger_chainhead"}
    shared |= {"patients_diagnosiscode", "notes_recordpolicy", "audit_deployment"}
    found = rows_by_episode(episodes, shared)
    return [_mould(*pair, monday, last) for pair in zip(episodes, found, strict=True)]


def _mould(episode: Episode, found: list[_Found], monday: dt.date, last: dt.date) -> Mould:
    tokens, patient = Tokens(), episode.patient
    for text in staff_texts(episode.staff):
        tokens.add(text)
    member = patient.coverages.get().member_number
    for text in patient_texts(patient.mrn, member, patient.given_name, patient.family_name):
        tokens.add(text)
    tokens.add(NO_CHECKPOINT)
    entries = sorted((one.row for one in found if one.model is LedgerEntry), key=lambda entry: entry.seq)
    for entry in entries:
        tokens.add(entry.hash)
    ids = [str(one.row.pk) for one in found if isinstance(one.row.pk, uuid.UUID)]
    # In payloads stand ids that have no row of their own any more; those are the same for everybody.
    for id in ids:
        tokens.add(id)
        tokens.add(id.replace("-", ""))
    tokens.finish(monday - FAR, last + FAR, patient.born_on)
    happenings = list(_happenings(found, entries, tokens, monday, episode.patient.clinic.zone))
    happenings.sort(key=lambda one: (one.day, one.second, one.number))
    return Mould(happenings, len(ids), len(entries), sum(one.is_note for one in happenings), episode.days)


def _happenings(
    found: list[_Found], entries: list, tokens: Tokens, monday: dt.date, zone
) -> Iterator[Happening]:
    start = dt.datetime.combine(monday, dt.time(), zone)

    def after(moment: dt.datetime) -> tuple[int, int]:
        return divmod(int((moment - start).total_seconds()), 86400)

    visits = {str(one.row.pk) for one in found if one.model is Visit}
    visit_of = {str(one.row.pk): str(one.row.visit_id) for one in found if one.model is Note}
    of_visit: dict[str, list[_Found]] = defaultdict(list)
    intake: list[_Found] = []
    for one in found:
        if one.model in (LedgerEntry, Event):
            continue
        named = one.ids & (visits | visit_of.keys())
        named |= {str(one.row.pk)} & visits
        visit = next((visit_of.get(id, id) for id in sorted(named)), None)
        (of_visit[visit] if visit else intake).append(one)
    # What a registration is made of: a little before its first event.
    events = sorted((one for one in found if one.model is Event), key=lambda one: one.row.pk)
    yield Happening(*after(events[0].row.at), rows=[_row(one, tokens) for one in intake])
    numbers = {entry.seq: at for at, entry in enumerate(entries)}
    for at, entry in enumerate(entries):
        moment = dt.datetime.fromisoformat(entry.recorded_at)
        one = Happening(*after(moment), number=at + 1)
        one.entry = _row(_Found(LedgerEntry, entry, set()), tokens)
        yield one
    for one in events:
        row = _row(one, tokens)
        if one.row.details.get("seq") in numbers:
            number = numbers[one.row.details["seq"]]
            details = json.dumps({**one.row.details, "seq": "=SEQ="})
            before, behind = details.split('"=SEQ="')
            row.values[row.at("details")] = [before, len(tokens.index) + number, behind]
            row.places = sorted({*row.places, row.at("details")})
        yield Happening(*after(one.row.at), event=row, number=1000 + one.row.pk)
    for rows in of_visit.values():
        [note] = [one.row for one in rows if one.model is Note]
        [visit] = [one for one in rows if one.model is Visit]
        cosigned = [
            dt.datetime.fromisoformat(entry.recorded_at)
            for entry in entries
            if entry.document == note.pk and entry.kind == Kind.COSIGN
        ]
        waiting = _row(visit, tokens)
        waiting.values[waiting.at("attendance")] = "expected"
        yield Happening(
            *after(note.signed_at),
            rows=[_row(one, tokens) for one in rows],
            is_note=True,
            visit=waiting,
            cosigned_on=after(cosigned[0])[0] if cosigned else None,
        )


def _row(one: _Found, tokens: Tokens) -> Row:
    fields = list(one.model._meta.concrete_fields)
    if isinstance(one.model._meta.pk, models.AutoField):
        fields.remove(one.model._meta.pk)
    values: list[Any] = []
    for each in fields:
        value = adapted(each, getattr(one.row, each.attname))
        values.append(tokens.parts(value) if isinstance(value, str) else value)
    places = [at for at, value in enumerate(values) if isinstance(value, list)]
    return Row(one.model._meta.db_table, tuple(each.column for each in fields), values, places)


def texts_of(ids: Iterable[uuid.UUID]) -> Iterator[str]:
    """Each id as it is written, and as SQLite keeps it."""
    for id in ids:
        yield str(id)
        yield id.hex
