"""Which words of a note stand in earlier notes too: the patient's last ones, and the author's about others.

What is compared is what one day alone can say. What is rightly the same (a diagnosis, a goal, the
planned task and its set-up, a home program) is not, and neither are goals and diagnoses quoted inside a
text. Of a note about another patient nothing leaves this module but its date, and which of the author's
own words stand there too.

Earlier texts are read from the rows that were signed, for they are only a hint here, and kept in this process
for a minute, so that a save that follows a save asks the database nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Max, QuerySet

from apps.accounts.models import User
from apps.audit import clock
from apps.compliance import similarity as limits

from . import similarity
from .access import notes_visible_to
from .chart import Chart
from .latest import Latest
from .models import Block, Note, Status
from .similarity import Match, Texts, Words

OF_NOTE = ("subjective", "assessment", "plan")
OF_BLOCK = ("response", "progression", "distinct")
OF_CUE = ("action", "error", "seen")
OF_OTHERS_ALONE = ("deficit", "limits", "purpose", "description")
"""Carried or repeated within one episode as it should be; of two patients they are asked about."""

LEAST_PERCENT = 50
"""A smaller share is no echo. From when on one is asked about is the rule's business (NOT522)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an earlier text stands."""

    note: UUID
    patient: UUID
    on: dt.date


@dataclass(frozen=True, slots=True)
class Echo:
    """A text of the note beside the earlier one that is closest to it."""

    path: str
    block: str
    text: str
    percent: int
    words: int
    same: frozenset[int]
    place: Place
    earlier: str
    of_patient: bool

    @property
    def runs(self) -> tuple[str, ...]:
        """What both share, as it is written here."""
        ours = similarity.parts(similarity.words(self.text), self.same)
        return tuple(said for said, is_same in ours if is_same)


# --- Earlier texts ----------------------------------------------------------------------------------------


class State(NamedTuple):
    """How many signed notes there are, and when the last was signed: whether there are others by now."""

    many: int
    last: dt.datetime | None


@dataclass
class Known:
    """Texts read from signed notes, and what was found in them."""

    texts: Texts[Place]
    state: State
    asked_at: dt.datetime | None = None
    found: dict[tuple, Match[Place] | None] = field(default_factory=dict)

    def follow(self, notes: QuerySet[Note], state: State) -> bool:
        """Add what was signed meanwhile. False if that is not all that happened: one may have been voided."""
        if state != self.state:
            latest = notes.filter(signed_at__gte=self.state.last) if self.state.last else notes
            # Of those signed within the same second, some were read before.
            new = set(latest.values_list("pk", flat=True)) - {place.note for place in self.texts.sources}
            if self.state.many + len(new) != state.many:
                return False
            self.texts.add(texts_of(notes.filter(pk__in=new)))
            self.state = state
            self.found.clear()
        return True

    def closest(self, said: Words, numbers: frozenset[int], without: UUID | None) -> Match[Place] | None:
        """As Texts.closest, without one patient, and remembered: one text changes at a time."""
        key = (said.text, numbers, without)
        if key not in self.found:
            if len(self.found) >= MOST_FOUND:
                self.found.clear()
            self.found[key] = self.texts.closest(said, numbers, lambda place: place.patient != without)
        return self.found[key]


FRESH = dt.timedelta(minutes=1)
"""For so long nobody looks whether a further note was signed meanwhile."""

MOST_FOUND = 200
"""Several notes' texts, one of which changes at a time."""

MOST_AUTHORS = 128
"""More than write at once to one process: who is dropped is read anew with every save. Three hundred notes of
an author take a megabyte and a half, a patient's ten a thirtieth of it.
"""

_of_authors: Latest[Known] = Latest(MOST_AUTHORS)
_of_patients: Latest[Known] = Latest(4 * MOST_AUTHORS)
"""By person or by patient, and by day."""


def forget() -> None:
    """Keep no text any more. For tests, whose database goes back in time."""
    _of_authors.clear()
    _of_patients.clear()
    compared.cache_clear()


def signed(note: Note) -> None:
    """One more note to compare with: the next to ask looks anew. Other processes do so within FRESH."""
    for memory, who in ((_of_authors, note.author_id), (_of_patients, note.visit.patient_id)):
        for key, known in memory.items():
            if isinstance(key, tuple) and key[:2] == (note.clinic_id, who):
                known.asked_at = None


def read(memory: Latest[Known], key: tuple, notes: QuerySet[Note], most: int) -> Known:
    """The texts of the latest of `notes`, kept under `key`."""
    known, now = memory.get(key), clock.now()
    if known is None or known.asked_at is None or now - known.asked_at >= FRESH:
        state = State(*notes.aggregate(many=Count("pk"), last=Max("signed_at")).values())
        if known is None or not known.follow(notes, state):
            known = Known(Texts(texts_of(notes.order_by("-visit__served_on", "-pk")[:most])), state)
        known.asked_at = now
        memory.put(key, known)
    return known


def texts_of(notes: QuerySet[Note]) -> Iterator[tuple[Place, str]]:
    places = {}
    for pk, patient, on, *texts in notes.values_list("pk", "visit__patient", "visit__served_on", *OF_NOTE):
        places[pk] = Place(pk, patient, on)
        yield from ((places[pk], text) for text in texts if text)
    rows = Block.objects.filter(note__in=list(places), is_removed=False)
    for pk, cues, *texts in rows.values_list("note", "cues", *OF_BLOCK, *OF_OTHERS_ALONE):
        said = [cue.get(name, "") for cue in cues for name in OF_CUE]
        yield from ((places[pk], text) for text in (*texts, *said) if text)


def of_patient(note: Note) -> Known:
    """The patient's last signed notes before this one, whoever wrote them."""
    visit = note.visit
    notes = Note.objects.filter(
        clinic=note.clinic_id,
        visit__patient=visit.patient_id,
        visit__served_on__lt=visit.served_on,
        status=Status.SIGNED,
    )
    most = limits.number("notes_of_patient", visit.served_on)
    return read(_of_patients, (note.clinic_id, visit.patient_id, visit.served_on), notes, most)


def of_author(note: Note) -> Known:
    """What the author signed lately, whomever it was about."""
    on = note.visit.served_on
    since = on - dt.timedelta(days=limits.number("days_of_author", on))
    notes = Note.objects.filter(
        clinic=note.clinic_id, author=note.author_id, visit__served_on__gte=since, status=Status.SIGNED
    )
    most = limits.number("notes_of_author", on)
    return read(_of_authors, (note.clinic_id, note.author_id, on), notes, most)


# --- This note's texts ------------------------------------------------------------------------------------


def texts(chart: Chart) -> Iterator[tuple[str, str, str, bool]]:
    """Path, block, text, and whether it is compared with the patient's own notes too."""
    for name in OF_NOTE:
        yield name, "", getattr(chart.note, name), True
    for block in chart.blocks:
        path = f"blocks.{block.pk}"
        for name in OF_BLOCK:
            yield f"{path}.{name}", str(block.pk), getattr(block, name), True
        for at, cue in enumerate(block.cues):
            for name in OF_CUE:
                yield f"{path}.cues.{at}.{name}", str(block.pk), cue.get(name, ""), True
        for name in OF_OTHERS_ALONE:
            yield f"{path}.{name}", str(block.pk), getattr(block, name), False


@lru_cache(maxsize=32 * MOST_AUTHORS)
def compared(text: str, repeats: tuple[str, ...]) -> tuple[Words, frozenset[int]]:
    """The words of a text, and which of them are compared. Remembered, because one text changes at a time."""
    said = similarity.words(text)
    return said, similarity.compared(said, map(similarity.words, repeats))


def found(chart: Chart) -> list[Echo]:
    """Each text of which at least half stands in an earlier note, with the closest."""
    note = chart.note
    least = limits.number("ask_from_words", note.visit.served_on)
    # Between two words stands something, so a text that is shorter holds fewer of them.
    long = [each for each in texts(chart) if len(each[2]) >= 2 * least - 1]
    if not long:
        return []
    repeats = (*(row.words for row in chart.diagnoses), *(goal.words for goal in chart.goals))
    own, others = of_patient(note), of_author(note)
    echoes = []
    for path, block, text, with_own in long:
        said, numbers = compared(text, repeats)
        if len(numbers) < least:
            continue
        here = own.closest(said, numbers, None) if with_own else None
        there = others.closest(said, numbers, note.visit.patient_id)
        # Of two that are equally close, the patient's own: both texts can be shown.
        is_own = here is not None and (there is None or here.percent >= there.percent)
        match = here if is_own else there
        if match and match.percent >= LEAST_PERCENT:
            echoes.append(
                Echo(
                    path=path,
                    block=block,
                    text=text,
                    percent=match.percent,
                    words=len(numbers),
                    same=match.same,
                    place=match.source,
                    earlier=match.text if is_own else "",
                    of_patient=is_own,
                )
            )
    return echoes


# --- How it is shown --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """Both texts in stretches: words, and whether the other has them too. `earlier` may stay hidden."""

    here: list[tuple[str, bool]]
    earlier: list[tuple[str, bool]]
    on: dt.date


def shown(echoes: list[Echo], by: User) -> dict[str, Shown]:
    """By path. The earlier text stands beside it only if it is the patient's and `by` may read that note."""
    own = {echo.place.note for echo in echoes if echo.of_patient}
    readable = set(notes_visible_to(by).filter(pk__in=own).values_list("pk", flat=True)) if own else set()
    found = {}
    for echo in echoes:
        here, earlier = similarity.words(echo.text), similarity.words(echo.earlier)
        beside = similarity.parts(earlier, similarity.shared(earlier, here))
        found[echo.path] = Shown(
            similarity.parts(here, echo.same), beside if echo.place.note in readable else [], echo.place.on
        )
    return found
