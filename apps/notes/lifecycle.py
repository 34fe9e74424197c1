"""What can happen to a note: which move, from which state, to which, by whom.

The one table. `check` is asked by every action, `why_not` by every button, and
docs/states.md is drawn from here. Once a note is signed no move leads back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from apps.accounts.models import Credential, User
from apps.audit.refused import Refused
from apps.visits.models import Visit

from .models import Note, Status

DISCIPLINE_OF = {
    Credential.PT: "PT",
    Credential.PTA: "PT",
    Credential.OT: "OT",
    Credential.OTA: "OT",
}
"""The discipline whose notes a credential signs. A DC or physician signs notes of either."""


def is_on(user: User, visit: Visit) -> bool:
    return user.pk in (visit.clinician_id, visit.assistant_id, visit.student_id)


def not_on_the_visit(note: Note, by: User) -> str:
    """Somebody who was not at the visit has nothing to chart about it."""
    return "" if is_on(by, note.visit) else "Only people on this visit can do that. Ask its clinician."


def not_theirs_to_sign(note: Note, by: User) -> str:
    """Signing needs the credential, not the role: the licensed person who was at the visit."""
    if problem := not_on_the_visit(note, by):
        return problem
    if by.credential == Credential.STUDENT:
        return (
            "A student's note is signed by the licensed professional who was in the room. "
            "Your words are kept; the visit's clinician finds this draft in their list."
        )
    if by.credential == Credential.NONE:
        return "Your account has no credential. Ask your administrator to enter it under People."
    discipline = DISCIPLINE_OF.get(Credential(by.credential), note.discipline)
    if discipline != note.discipline:
        return (
            f"This is a note of {note.get_discipline_display().lower()}; your credential is {by.credential}."
        )
    return ""


@dataclass(frozen=True)
class Move:
    """A move of the table. `refuses(note, by)` gives the reason why this person may not, or ""."""

    name: str
    source: Status
    target: Status
    who: str
    refuses: Callable[[Note, User], str]


MOVES = {
    move.name: move
    for move in (
        Move("save", Status.DRAFT, Status.DRAFT, "people on the visit", not_on_the_visit),
        Move("sign", Status.DRAFT, Status.SIGNED, "a licensed person on the visit", not_theirs_to_sign),
        Move("discard", Status.DRAFT, Status.DISCARDED, "people on the visit", not_on_the_visit),
    )
}

ENDED = {
    Status.SIGNED: "This note is signed. Signed words never change.",
    Status.DISCARDED: "This note was discarded. Start a new one from the visit.",
}


def why_not(name: str, note: Note, by: User) -> str:
    """Why `by` cannot make the move now, in words for a clinician; "" when they can."""
    move = MOVES[name]
    if note.status != move.source:
        return ENDED[Status(note.status)]
    return move.refuses(note, by)


def check(name: str, note: Note, by: User) -> Move:
    """The move, or Refused with the reason."""
    if reason := why_not(name, note, by):
        raise Refused(reason)
    return MOVES[name]
