"""The peer review's actions: begin a sample, draw it, answer. And what the answers come to."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from apps.accounts.access import CHARTING
from apps.accounts.models import Clinic, Credential, Discipline, Role, User
from apps.audit import clock, events, verbs
from apps.audit.refused import Refused
from apps.ledger.models import LedgerEntry
from apps.notes.lifecycle import DISCIPLINE_OF, PROFESSIONALS
from apps.notes.models import RECORD, Note

from . import agreement, drawing_lots, peer_form
from .models import PeerAnswer, PeerNote, PeerSample

LARGEST = 100
"""Notes in a sample: two people read all of them."""


def reviewers_in(clinic: Clinic):
    """Who can review: professionals who chart in the clinic."""
    return User.objects.filter(
        memberships__clinic=clinic,
        memberships__role__in=CHARTING,
        memberships__is_active=True,
        is_active=True,
        credential__in=PROFESSIONALS,
    ).order_by("name")


def frame_of(
    clinic: Clinic, discipline: str, starts_on: dt.date, ends_on: dt.date, reviewers: Iterable[User]
) -> list[str]:
    """The signed notes of the days from which is drawn: none that a reviewer wrote or signed, and none of a
    restricted chart, which only some may read.
    """
    notes = (
        Note.objects.filter(
            clinic=clinic,
            discipline=discipline,
            status__in=RECORD,
            visit__served_on__range=(starts_on, ends_on),
            visit__patient__is_restricted=False,
        )
        .exclude(author__in=reviewers)
        .exclude(signed_by__in=reviewers)
    )
    return sorted(str(pk) for pk in notes.order_by().values_list("pk", flat=True))


@transaction.atomic
def begin(
    *,
    clinic: Clinic,
    discipline: str,
    starts_on: dt.date,
    ends_on: dt.date,
    size: int,
    first: User,
    second: User,
    by: User,
) -> PeerSample:
    """Fix the list and the seed, by their hashes in the audit, before anything is drawn."""
    if not by.memberships.filter(clinic=clinic, role=Role.SUPERVISOR, is_active=True).exists():
        raise Refused("A supervisor begins a peer review.")
    if first == second:
        raise Refused("Choose two people: each reads without the other.", field="second")
    can = set(reviewers_in(clinic))
    for field, person in (("first", first), ("second", second)):
        if person not in can or DISCIPLINE_OF.get(Credential(person.credential), discipline) != discipline:
            kind = Discipline(discipline).label.lower()
            raise Refused(f"Choose a professional of {kind} who charts in this clinic.", field=field)
    if starts_on > ends_on:
        raise Refused("The last day is before the first.", field="ends_on")
    if not 1 <= size <= LARGEST:
        raise Refused(f"Write between 1 and {LARGEST} notes.", field="size")
    frame = frame_of(clinic, discipline, starts_on, ends_on, (first, second))
    if not frame:
        raise Refused(
            "Nobody else signed a note of this discipline in these days, so there is nothing to draw from.",
            field="starts_on",
        )
    seed = secrets.token_hex(32)
    sample = PeerSample.objects.create(
        clinic=clinic,
        discipline=discipline,
        starts_on=starts_on,
        ends_on=ends_on,
        size=size,
        first=first,
        second=second,
        seed=seed,
        seed_hash=drawing_lots.commitment(seed),
        frame=frame,
        frame_hash=drawing_lots.frame_hash(frame),
        begun_by=by,
        begun_at=clock.now(),
    )
    events.record(
        verbs.PEER_SAMPLE_BEGUN,
        by=by,
        clinic=clinic,
        target=sample,
        seed_hash=sample.seed_hash,
        frame_hash=sample.frame_hash,
        frame=len(frame),
        size=size,
    )
    return sample


@transaction.atomic
def draw(*, sample: PeerSample, by: User) -> list[PeerNote]:
    """Draw with the committed seed, once. From then on everybody can see the seed and draw again."""
    sample = PeerSample.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=sample.pk)
    if sample.drawn_at:
        raise Refused("This sample has been drawn. Begin another for other notes.")
    if (
        drawing_lots.commitment(sample.seed) != sample.seed_hash
        or drawing_lots.frame_hash(sample.frame) != sample.frame_hash
    ):
        raise Refused("The seed or the list is not the one that was committed, so nothing was drawn.")
    drawn = drawing_lots.drawn(sample.seed, sample.frame, sample.size)
    last = last_entries(sample, drawn)
    notes = PeerNote.objects.bulk_create(
        PeerNote(sample=sample, note_id=id, position=place, entry=last[id])
        for place, id in enumerate(drawn, start=1)
    )
    sample.drawn_at = clock.now()
    sample.save(update_fields=["drawn_at"])
    events.record(
        verbs.PEER_SAMPLE_DRAWN,
        by=by,
        clinic=sample.clinic,
        target=sample,
        seed=sample.seed,
        drawn=len(drawn),
    )
    return notes


def last_entries(sample: PeerSample, notes: list[str]) -> dict[str, str]:
    entries = LedgerEntry.objects.filter(clinic=sample.clinic_id, document__in=notes)
    return {str(document): hash for document, hash in entries.order_by("seq").values_list("document", "hash")}


@transaction.atomic
def answer(*, peer_note: PeerNote, by: User, answers: dict[str, str], words: str = "") -> PeerAnswer:
    """One reviewer's answers about one note, for good: what the other said is seen afterwards."""
    sample = PeerSample.objects.select_for_update(of=("self",)).get(pk=peer_note.sample_id)
    form = peer_form.on(sample.begun_at.date())
    if by not in sample.reviewers:
        raise Refused("Its two reviewers answer for a sample.")
    choices = dict(form.choices)
    for key, question in form.questions:
        if answers.get(key) not in choices:
            raise Refused(f"Answer this: {question}", field=key)
    if peer_note.answers.filter(reviewer=by).exists():
        raise Refused("You answered for this note already. Answers do not change.")
    given = PeerAnswer.objects.create(
        peer_note=peer_note,
        reviewer=by,
        answers={key: answers[key] for key, _ in form.questions},
        words=words.strip(),
        given_at=clock.now(),
    )
    note = peer_note.note
    events.record(
        verbs.PEER_NOTE_ANSWERED, by=by, clinic=sample.clinic, patient=note.visit.patient, target=peer_note
    )
    return given


# --- What it came to ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """A question with the agreement about it, and its counts as the rows of a table."""

    words: str
    agreement: agreement.Agreement
    rows: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def same(self) -> str:
        found = self.agreement
        share = f" ({round(100 * found.observed)} %)" if found.observed is not None else ""
        return f"{found.same} of {found.number}{share}"

    @property
    def by_chance(self) -> str:
        expected = self.agreement.expected
        return "–" if expected is None else f"{round(100 * expected)} %"

    @property
    def kappa(self) -> str:
        found = self.agreement.kappa
        return "" if found is None else f"{float(found):.2f}"


def results(sample: PeerSample, notes: Iterable[PeerNote]) -> list[Question]:
    """By question, of the notes that both answered. `notes` come with their answers."""
    form = peer_form.on(sample.begun_at.date())
    both = []
    for row in notes:
        given = {one.reviewer_id: one.answers for one in row.answers.all()}
        if sample.first_id in given and sample.second_id in given:
            both.append((given[sample.first_id], given[sample.second_id]))
    found = []
    for key, words in form.questions:
        known = agreement.of((first[key], second[key]) for first, second in both)
        rows = tuple(
            (label, tuple(known.counts.get((one, other), 0) for other, _ in form.choices))
            for one, label in form.choices
        )
        found.append(Question(words, known, rows))
    return found
