"""A draft on its way to a signature: sent for review, taken back or returned, and the threads of comments.

Comments are part of the note's history and of nothing else: no payload and no print holds them. About a
signed note a comment can only ask for an addendum, a correction, or a void and a new note.
"""

from __future__ import annotations

from django.db import transaction

from apps.accounts.models import User
from apps.audit import clock, news, verbs
from apps.audit.events import record as record_event
from apps.audit.refused import Refused

from . import lifecycle
from .models import Comment, Note, ReviewRequest, Status, Thread


def _event(verb: str, note: Note, by: User, **details) -> None:
    record_event(verb, by=by, clinic=note.clinic, patient=note.visit.patient, target=note, **details)
    news.tell(note.clinic_id)


def locked(note: Note) -> Note:
    return (
        Note.objects.select_for_update(of=("self",))
        .select_related("clinic", "visit__patient")
        .get(pk=note.pk)
    )


@transaction.atomic
def send(*, note: Note, by: User, reviewer: User | None = None, words: str = "") -> ReviewRequest:
    """Send the draft for review: to one person, or with None to whoever may review it first."""
    note = locked(note)
    move = lifecycle.check("send for review", note, by)
    if reviewer is not None:
        it = lifecycle.about(note)
        if reviewer.pk == by.pk or lifecycle.not_a_reviewer(it, reviewer):
            raise Refused(
                "Choose a licensed professional of this clinic who neither wrote nor sends the note.",
                field="reviewer",
            )
    note.status = Status(move.target or note.status)
    note.save(update_fields=["status"])
    request = ReviewRequest.objects.create(
        note=note,
        sent_by=by,
        sent_at=clock.now(),
        revision=note.revision,
        reviewer=reviewer,
        words=words.strip(),
    )
    _event(verbs.NOTE_SENT_FOR_REVIEW, note, by)
    return request


def close_request(note: Note, by: User, outcome: ReviewRequest.Outcome, answer: str = "") -> None:
    """Write down what became of the waiting request, where there is one."""
    note.review_requests.filter(outcome=ReviewRequest.Outcome.WAITING).update(
        outcome=outcome, answer=answer, answered_by=by, answered_at=clock.now()
    )


@transaction.atomic
def take_back(*, note: Note, by: User) -> None:
    """Go on writing: the review is called off."""
    note = locked(note)
    move = lifecycle.check("take back", note, by)
    note.status = Status(move.target or note.status)
    note.save(update_fields=["status"])
    close_request(note, by, ReviewRequest.Outcome.TAKEN_BACK)
    _event(verbs.NOTE_TAKEN_BACK, note, by)


@transaction.atomic
def give_back(*, note: Note, by: User, words: str = "") -> None:
    """Return the draft to its author. Refused without a word: here, or in a thread that is open."""
    note = locked(note)
    move = lifecycle.check("return", note, by)
    if not words.strip() and not note.threads.filter(resolved_at=None).exists():
        raise Refused("Say what to look at: here, or in a comment beside the note.", field="words")
    note.status = Status(move.target or note.status)
    note.save(update_fields=["status"])
    close_request(note, by, ReviewRequest.Outcome.RETURNED, words.strip())
    _event(verbs.NOTE_RETURNED, note, by)


# --- Threads ----------------------------------------------------------------------------------------------


def why_not_comment(note: Note, by: User) -> str:
    """Those who wrote it and those who may review it talk about a note; "" when `by` is one of them."""
    if note.status == Status.DISCARDED:
        return lifecycle.ENDED[Status.DISCARDED]
    it = lifecycle.about(note)
    if by.pk in it.people or by.pk == it.author:
        return ""
    if problem := lifecycle.not_charting_here(it, by):
        return problem
    if by.credential not in lifecycle.PROFESSIONALS:
        return "Comments are by the people on the visit and by those who review it."
    return lifecycle.not_of_the_discipline(it, by)


@transaction.atomic
def comment(
    *,
    note: Note,
    by: User,
    words: str,
    anchor: str = Thread.Anchor.NOTE,
    place: str = "",
    label: str = "",
    quoted: str = "",
) -> Thread:
    """Open a thread about the note, one of its fields or one of its findings."""
    note = locked(note)
    if reason := why_not_comment(note, by):
        raise Refused(reason)
    if not words.strip():
        raise Refused("Write the comment.", field="words")
    thread = Thread.objects.create(
        note=note,
        anchor=Thread.Anchor(anchor),
        place=place,
        label=label,
        quoted=quoted,
        opened_by=by,
        opened_at=clock.now(),
    )
    Comment.objects.create(thread=thread, by=by, at=clock.now(), words=words.strip())
    _event(verbs.NOTE_COMMENTED, note, by, anchor=str(anchor))
    return thread


@transaction.atomic
def reply(*, thread: Thread, by: User, words: str) -> Comment:
    """Another turn. It opens a resolved thread again."""
    thread = Thread.objects.select_for_update().get(pk=thread.pk)
    note = locked(thread.note)
    if reason := why_not_comment(note, by):
        raise Refused(reason)
    if not words.strip():
        raise Refused("Write the comment.", field="words")
    if not thread.is_open:
        thread.resolved_by = thread.resolved_at = None
        thread.save(update_fields=["resolved_by", "resolved_at"])
    turn = Comment.objects.create(thread=thread, by=by, at=clock.now(), words=words.strip())
    _event(verbs.NOTE_COMMENTED, note, by, anchor=thread.anchor)
    return turn


@transaction.atomic
def resolve(*, thread: Thread, by: User) -> None:
    """Settle a thread: who wrote the note does, and who reviews it. It stays with the history."""
    thread = Thread.objects.select_for_update().get(pk=thread.pk)
    note = locked(thread.note)
    if reason := why_not_comment(note, by):
        raise Refused(reason)
    if not thread.is_open:
        return
    thread.resolved_by, thread.resolved_at = by, clock.now()
    thread.save(update_fields=["resolved_by", "resolved_at"])
    _event(verbs.THREAD_RESOLVED, note, by)
