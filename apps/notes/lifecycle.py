"""What can happen to a note: which move, from which state, to which, by whom.

The one table. `check` is asked by every action, `why_not` by every button, and
docs/states.md is drawn from here. A draft can be sent for review and returned;
once a note is signed no move leads back. Later words (cosign, addend, late
entry, correct, void) are the same for a plan of care: `about` reads either.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from apps.accounts.access import CHARTING, memberships_of
from apps.accounts.models import Credential, Role, User
from apps.accounts.signer import PRACTICE
from apps.audit import clock
from apps.audit.refused import Refused
from apps.episodes.models import PlanVersion
from apps.patients.access import only_reads
from apps.patients.models import Patient
from apps.visits.models import Visit

from .models import Note, ReviewRequest, Status

READS_ONLY = "You read this chart by emergency access: that gives no right to write or sign."
DISCIPLINE_OF = {
    Credential.PT: "PT",
    Credential.PTA: "PT",
    Credential.OT: "OT",
    Credential.OTA: "OT",
}
"""The discipline whose notes a credential signs. A DC or physician signs notes of either."""

PROFESSIONALS = (Credential.PT, Credential.OT, Credential.DC, Credential.MD_NPP)
"""Who signs without anybody above them: not an assistant, not a student."""

NOT_HERE = "Only people who chart in this clinic can do that."


@dataclass(frozen=True)
class About:
    """What the table asks about a document: a note, or a version of a plan of care."""

    what: str
    status: Status
    clinic: UUID
    discipline: str
    people: frozenset[UUID]
    """Who furnished or supervised the visit. A plan has no visit."""
    author: UUID | None
    signer: UUID | None
    sender: UUID | None = None
    """Who sent it for review, while it waits."""
    today: dt.date = dt.date.max
    """The date on the clinic's wall, on which a cosigner's licence must be valid."""
    is_practice: bool = False


def patient_of(document: Note | PlanVersion) -> Patient:
    return document.visit.patient if isinstance(document, Note) else document.plan.patient


def about(document: Note | PlanVersion) -> About:
    return _about_note(document) if isinstance(document, Note) else _about_plan(document)


def _about_note(note: Note) -> About:
    waiting = None
    if note.status == Status.IN_REVIEW:
        waiting = note.review_requests.filter(outcome=ReviewRequest.Outcome.WAITING).first()
    visit = note.visit
    on_it = (visit.clinician_id, visit.assistant_id, visit.student_id)
    return About(
        what="note",
        status=Status(note.status),
        clinic=note.clinic_id,
        discipline=note.discipline,
        people=frozenset(user for user in on_it if user),
        author=note.author_id,
        signer=note.signed_by_id,
        sender=waiting.sent_by_id if waiting else None,
        today=clock.today(note.clinic.time_zone),
        is_practice=note.clinic.is_practice,
    )


PLAN_STATES = {
    PlanVersion.Status.DRAFT: Status.DRAFT,
    PlanVersion.Status.SIGNED: Status.SIGNED,
    PlanVersion.Status.DISCARDED: Status.DISCARDED,
}


def _about_plan(version: PlanVersion) -> About:
    plan = version.plan
    return About(
        what="plan",
        status=PLAN_STATES[PlanVersion.Status(version.status)],
        clinic=plan.patient.clinic_id,
        discipline=plan.discipline,
        people=frozenset(),
        author=version.started_by_id,
        signer=version.signed_by_id,
        today=clock.today(plan.patient.clinic.time_zone),
        is_practice=plan.patient.clinic.is_practice,
    )


PRACTISED = frozenset({"save", "answer", "discard"})
"""What can be done with a practice note: everything short of giving it to somebody or signing it."""


def after_practice(by: User) -> str:
    """What happens to a real note then, and does not here: nobody else is in one's practice."""
    if by.credential == Credential.STUDENT:
        return (
            "A real note you then send for review. The licensed professional who was in the room reads it "
            "and signs; you do not."
        )
    if by.is_assistant:
        return "A real note you then sign. Where your clinic asks for it, a therapist cosigns after you."
    return "A real note you then sign."


# --- By whom ----------------------------------------------------------------------------------------------


def is_on(user: User, visit: Visit) -> bool:
    return user.pk in (visit.clinician_id, visit.assistant_id, visit.student_id)


def not_on_the_visit(it: About, by: User) -> str:
    """Somebody who was not at the visit has nothing to chart about it."""
    return "" if by.pk in it.people else "Only people on this visit can do that. Ask its clinician."


def not_of_the_discipline(it: About, by: User) -> str:
    """Words under a signature are vouched for by a licensed credential of the document's discipline."""
    if by.credential == Credential.NONE:
        return "Your account has no credential. Ask your administrator to enter it under People."
    if DISCIPLINE_OF.get(Credential(by.credential), it.discipline) != it.discipline:
        kind = {"PT": "physical therapy", "OT": "occupational therapy"}[it.discipline]
        return f"This is a {it.what} of {kind}; your credential is {by.credential}."
    return ""


STUDENT = (
    "A student's note is signed by the licensed professional who was in the room. "
    "Send it for review: your words are kept, and you are listed as a contributor."
)


def not_theirs_to_sign(it: About, by: User) -> str:
    """Signing needs the credential, not the role: the licensed person who was at the visit."""
    if problem := not_on_the_visit(it, by):
        return problem
    if by.credential == Credential.STUDENT:
        return STUDENT
    return not_of_the_discipline(it, by)


def not_charting_here(it: About, by: User) -> str:
    return "" if role_of(by, it) in CHARTING else NOT_HERE


def role_of(user: User, it: About) -> str:
    """The person's role in the document's clinic, or "" for none."""
    return next((one.role for one in memberships_of(user) if one.clinic_id == it.clinic), "")


def not_a_reviewer(it: About, by: User) -> str:
    """A draft is returned by somebody above it, and never by who wrote or sent it."""
    if problem := not_charting_here(it, by):
        return problem
    if by.pk in (it.author, it.sender):
        return "You wrote or sent this note, so somebody else reviews it. You can take it back."
    if by.credential not in PROFESSIONALS:
        return "A licensed professional reviews a note. An assistant or a student does not."
    return not_of_the_discipline(it, by)


def licence_problem(by: User, day: dt.date) -> str:
    """Why the licence in the account does not stand on `day`; "" when it does."""
    if not by.licence_number:
        return "Your account has no licence number. Ask your administrator to enter it under People."
    if by.licence_expires_on is None:
        return (
            "Your account has no date until which your licence is valid. Ask your administrator to enter it."
        )
    if by.licence_expires_on < day:
        return (
            f"The licence in your account ended on {by.licence_expires_on:%m/%d/%Y}. "
            "If it was renewed, ask your administrator to enter the new date under People."
        )
    return ""


def not_theirs_to_cosign(it: About, by: User) -> str:
    """The professional above the author: PT for PTA, OT for OTA. Never the author.

    An expired licence stops this, and only marks an author's own signature (rules AUT604 and AUT605: a
    warning that holds billing). The visit happened and its author alone can record it, so nothing stands in
    the way of that; a cosignature vouches as the holder of a licence, and the record stands without it.
    """
    if problem := not_charting_here(it, by):
        return problem
    if by.pk == it.signer:
        return f"You signed this {it.what} yourself. Somebody else cosigns your own {it.what}."
    of_a_plan = it.what == "plan" and by.credential == Credential.MD_NPP
    if by.credential not in (Credential.PT, Credential.OT) and not of_a_plan:
        return "A cosignature is a professional's: a PT for a PTA, an OT for an OTA."
    return not_of_the_discipline(it, by) or licence_problem(by, it.today)


def not_theirs_to_add_to(it: About, by: User) -> str:
    """An addendum is the signer's, or another licensed person's who furnished or supervised the visit."""
    if problem := not_charting_here(it, by):
        return problem
    if by.pk == it.signer:
        return ""
    if it.what == "plan":
        if by.credential not in PROFESSIONALS:
            return "An addendum to a plan of care is a therapist's."
        return not_of_the_discipline(it, by)
    if by.pk not in it.people:
        return (
            "An addendum is written by who signed the note or furnished the visit. "
            "What you know first-hand can be your own late entry."
        )
    return not_theirs_to_sign(it, by)


def not_theirs_to_correct(it: About, by: User) -> str:
    """Only who said it can say that it was wrong."""
    if problem := not_charting_here(it, by):
        return problem
    if by.pk == it.signer:
        return ""
    return (
        f"A correction is written by who signed this {it.what}. "
        "What you know first-hand can be your own late entry."
    )


def not_theirs_to_tell(it: About, by: User) -> str:
    """A late entry is anybody's who knows it first-hand, has a credential and charts here."""
    if problem := not_charting_here(it, by):
        return problem
    if by.credential == Credential.STUDENT:
        return STUDENT
    if by.credential == Credential.NONE:
        return "Your account has no credential. Ask your administrator to enter it under People."
    return ""


def not_theirs_to_void(it: About, by: User) -> str:
    """Who signed it, or a supervisor: a note about the wrong patient must not wait for somebody who left."""
    if problem := not_charting_here(it, by):
        return problem
    if by.pk == it.signer or role_of(by, it) == Role.SUPERVISOR:
        return ""
    return "A note is voided by who signed it, or by a supervisor."


# --- The table --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Move:
    """A move of the table; without a `target` the state stays. `refuses(it, by)` says why this person may
    not, or "". `is_of_plans` too: a later word about any signed document.
    """

    name: str
    sources: tuple[Status, ...]
    target: Status | None
    who: str
    refuses: Callable[[About, User], str]
    is_of_plans: bool = False


DRAFT, IN_REVIEW, SIGNED = (Status.DRAFT,), (Status.IN_REVIEW,), (Status.SIGNED,)

MOVES = {
    move.name: move
    for move in (
        Move("save", DRAFT, None, "people on the visit", not_on_the_visit),
        Move("send for review", DRAFT, Status.IN_REVIEW, "people on the visit", not_on_the_visit),
        Move("take back", IN_REVIEW, Status.DRAFT, "people on the visit", not_on_the_visit),
        Move(
            "return",
            IN_REVIEW,
            Status.DRAFT,
            "a licensed professional of the discipline who neither wrote nor sent it",
            not_a_reviewer,
        ),
        Move(
            "sign",
            (Status.DRAFT, Status.IN_REVIEW),
            Status.SIGNED,
            "a licensed person on the visit",
            not_theirs_to_sign,
        ),
        Move("answer", (Status.DRAFT, Status.IN_REVIEW), None, "people on the visit", not_on_the_visit),
        Move("discard", DRAFT, Status.DISCARDED, "people on the visit", not_on_the_visit),
        Move(
            "cosign",
            SIGNED,
            None,
            "a professional of the discipline with a valid licence, never the author",
            not_theirs_to_cosign,
            is_of_plans=True,
        ),
        Move(
            "addend",
            SIGNED,
            None,
            "who signed it, or another licensed person on the visit",
            not_theirs_to_add_to,
            is_of_plans=True,
        ),
        Move(
            "late entry",
            (Status.DRAFT, Status.IN_REVIEW, Status.SIGNED),
            None,
            "anybody with a credential who charts in the clinic and knows it first-hand",
            not_theirs_to_tell,
        ),
        Move("correct", SIGNED, None, "who signed it", not_theirs_to_correct, is_of_plans=True),
        Move("void", SIGNED, Status.VOIDED, "who signed it, or a supervisor", not_theirs_to_void),
    )
}

ENDED = {
    Status.SIGNED: "This note is signed. Signed words never change.",
    Status.VOIDED: "This note was voided. Its words stay readable; a new note can be started from the visit.",
    Status.DISCARDED: "This note was discarded. Start a new one from the visit.",
}

OPEN_STILL = {
    Status.DRAFT: "This note is a draft, and with nobody for review. Write in it instead.",
    Status.IN_REVIEW: "This note was sent for review. Take it back to go on writing.",
}


def stands(it: About) -> str:
    """Where a document stands, said to somebody whose move does not start there."""
    if it.what == "plan":
        return {
            Status.DRAFT: "This plan is a draft. Write in it instead.",
            Status.SIGNED: "This plan is signed. Revise it, or add to it.",
            Status.DISCARDED: "This draft was discarded.",
        }[it.status]
    return {**ENDED, **OPEN_STILL}[it.status]


def why_not(name: str, document: Note | PlanVersion, by: User) -> str:
    """Why `by` cannot make the move now, in words for a clinician; "" when they can."""
    move, it = MOVES[name], about(document)
    if only_reads(by, patient_of(document)):
        return READS_ONLY
    if it.status not in move.sources:
        return stands(it)
    if it.is_practice and name not in PRACTISED:
        return f"{PRACTICE} {after_practice(by)}"
    if it.what == "plan" and not move.is_of_plans:
        return "A plan of care is revised instead."
    return move.refuses(it, by)


def check(name: str, document: Note | PlanVersion, by: User) -> Move:
    """The move, or Refused with the reason."""
    if reason := why_not(name, document, by):
        raise Refused(reason)
    return MOVES[name]


def offered(document: Note | PlanVersion, by: User) -> frozenset[str]:
    """The names of the moves that `by` can make now, for a page's buttons."""
    return frozenset(name.replace(" ", "_") for name in MOVES if not why_not(name, document, by))
