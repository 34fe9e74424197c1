"""Who works at the review desk, and which notes wait there for whom."""

from __future__ import annotations

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from apps.accounts.access import CHARTING, clinics_where
from apps.accounts.models import Credential, Membership, Role, User
from apps.notes.access import notes_visible_to
from apps.notes.lifecycle import DISCIPLINE_OF, PROFESSIONALS
from apps.notes.models import Note, ReviewRequest, Status
from apps.patients.access import are_of, patients_cared_for_by

from .models import PeerNote, PeerSample

COSIGNS = (Credential.PT, Credential.OT)


def works_at_the_desk(user: User, membership: Membership | None) -> bool:
    """Supervisors, and everybody who charts in the clinic and holds a professional's credential."""
    if membership is None or membership.role not in CHARTING:
        return False
    return membership.role == Role.SUPERVISOR or user.credential in PROFESSIONALS


def at_the_desk(view):
    """Let a view be reached by people who work at the desk; for others it does not exist."""

    @wraps(view)
    @login_required
    def guarded(request, *args, **kwargs):
        if not works_at_the_desk(request.user, request.membership):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def notes_at_the_desk(user: User) -> QuerySet[Note]:
    """The notes that `user` may open at the desk: sent for review or signed, of charts that they care for.

    By the chart alone. That a person sees the notes of a chart that they care for is notes_visible_to's first
    condition: asked for as well, it cost every page of theirs, which says how many wait, five milliseconds.
    """
    return Note.objects.filter(
        are_of(patients_cared_for_by(user), "visit__patient"),
        clinic__in=clinics_where(user, *CHARTING),
        status__in=(Status.IN_REVIEW, Status.SIGNED),
    )


def waiting_for(user: User, clinic) -> QuerySet[Note]:
    """The notes of a clinic that wait for a person like `user`: to be reviewed, or to be cosigned.

    By credential, as lifecycle.py has it: never one's own note, and only of one's discipline.
    """
    notes = notes_at_the_desk(user).filter(clinic=clinic)
    if user.credential not in PROFESSIONALS:
        return notes.none()
    sent_by_user = ReviewRequest.objects.filter(
        note=OuterRef("pk"), outcome=ReviewRequest.Outcome.WAITING, sent_by=user.pk
    )
    to_review = Q(status=Status.IN_REVIEW) & ~Q(author=user.pk) & ~Exists(sent_by_user)
    to_cosign = Q(status=Status.SIGNED, awaits_cosignature=True) & ~Q(signed_by=user.pk)
    notes = notes.filter(to_review | to_cosign if user.credential in COSIGNS else to_review)
    if discipline := DISCIPLINE_OF.get(Credential(user.credential)):
        notes = notes.filter(discipline=discipline)
    return notes


def number_waiting(user: User, membership: Membership) -> int | None:
    """How many wait, for the navigation; None where the person has no desk."""
    if not works_at_the_desk(user, membership):
        return None
    return waiting_for(user, membership.clinic).count()


# --- The peer review ----------------------------------------------------------------------------------------


def peer_samples_visible_to(user: User) -> QuerySet[PeerSample]:
    """The samples of the clinics that `user` supervises, and those that they review."""
    reviews = Q(first=user.pk) | Q(second=user.pk)
    return PeerSample.objects.filter(
        Q(clinic__in=clinics_where(user, Role.SUPERVISOR))
        | (reviews & Q(clinic__in=clinics_where(user, *CHARTING)))
    )


def peer_notes_reviewed_by(user: User) -> QuerySet[PeerNote]:
    """The drawn notes that `user` answers for: of samples that they review, and of charts that they see."""
    return PeerNote.objects.filter(
        Q(sample__first=user.pk) | Q(sample__second=user.pk),
        are_of(notes_visible_to(user), "note"),
        sample__clinic__in=clinics_where(user, *CHARTING),
    )
