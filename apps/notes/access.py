"""Which notes a person sees, and which they may write."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.access import CHARTING, active_memberships, clinics_where, memberships_of
from apps.accounts.models import Role, User
from apps.audit import verbs
from apps.audit.models import Event
from apps.patients.access import are_of
from apps.visits.access import visits_charted_by, visits_visible_to
from apps.visits.models import Visit

from .models import OPEN, RECORD, ClinicSeverity, Note, RecordPolicy


def about(visits: QuerySet[Visit]) -> Exists:
    """Notes about one of these visits; asked of each note that an index has found, as `are_of` is."""
    return are_of(visits, "visit")


def notes_visible_to(user: User) -> QuerySet[Note]:
    """The notes that `user` may read: of visits they see; records staff only what is signed."""
    notes = Note.objects.filter(about(visits_visible_to(user)))
    return notes.filter(
        Q(clinic__in=clinics_where(user, *CHARTING, Role.STUDENT))
        | Q(clinic__in=clinics_where(user, Role.RECORDS), status__in=RECORD)
    )


def unsigned(notes: QuerySet[Note]) -> QuerySet[Note]:
    """Of `notes`, the open ones. The first condition is an index's, which holds no signed note."""
    return notes.filter(signed_at=None, status__in=OPEN)


def notes_left(notes: QuerySet[Note]) -> QuerySet[Note]:
    """Of `notes`, the open ones whose author works in their clinic no more."""
    works_here = active_memberships().filter(user=OuterRef("author"), clinic=OuterRef("clinic"))
    return unsigned(notes).filter(~Exists(works_here))


def drafts_left_by(person: User, clinic) -> str:
    """How many drafts somebody has open in a clinic, and who can do what about them."""
    number = Note.objects.filter(author=person, clinic=clinic, status__in=OPEN).count()
    if not number:
        return ""
    drafts = "1 unsigned note of theirs is" if number == 1 else f"{number} unsigned notes of theirs are"
    return (
        f"{drafts} open. Only who furnished or supervised the visit can sign; "
        "supervisors find them under Notes, Drafts of people who left."
    )


def notes_writable_by(user: User) -> QuerySet[Note]:
    """The notes that `user` may chart: of visits they are on. Whether the state allows it: lifecycle.py."""
    return Note.objects.filter(about(visits_charted_by(user)))


def record_policies_kept_by(user: User) -> QuerySet[RecordPolicy]:
    """The editions of the record's policy, in the clinics that `user` administers."""
    return RecordPolicy.objects.filter(clinic__in=clinics_where(user, Role.ADMINISTRATOR))


def severities_seen_by(user: User) -> QuerySet[ClinicSeverity]:
    """What their clinics chose that a rule does. Everybody who works there may read it."""
    return ClinicSeverity.objects.filter(clinic__in=[one.clinic_id for one in memberships_of(user)])


def severity_changes_of(clinic) -> QuerySet[Event]:
    """The history of these choices, newest first."""
    return Event.objects.filter(clinic=str(clinic.pk), verb=verbs.SEVERITY_SET)
