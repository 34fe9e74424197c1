"""Which notes a person sees, and which they may write."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from apps.accounts.access import CHARTING, clinics_where
from apps.accounts.models import Role, User
from apps.visits.access import visits_charted_by, visits_visible_to

from .models import RECORD, Note


def notes_visible_to(user: User) -> QuerySet[Note]:
    """The notes that `user` may read: of visits they see; records staff only what is signed."""
    notes = Note.objects.filter(visit__in=visits_visible_to(user))
    return notes.filter(
        Q(clinic__in=clinics_where(user, *CHARTING, Role.STUDENT))
        | Q(clinic__in=clinics_where(user, Role.RECORDS), status__in=RECORD)
    )


def notes_writable_by(user: User) -> QuerySet[Note]:
    """The notes that `user` may chart: of visits they are on. Whether the state allows it: lifecycle.py."""
    return Note.objects.filter(visit__in=visits_charted_by(user))
