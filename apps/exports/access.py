"""Which visits a person may see an estimate of."""

from __future__ import annotations

from django.db.models import QuerySet

from apps.accounts.access import clinics_where
from apps.accounts.models import Role, User
from apps.notes.access import notes_visible_to
from apps.notes.models import Status
from apps.visits.access import visits_visible_to
from apps.visits.models import Visit

from .models import ClinicFee, ClinicLocality

BILLING = (Role.RECORDS, Role.SUPERVISOR)
"""Roles that look after claims. Administrators do too, and see no charts."""


def visits_estimated_by(user: User) -> QuerySet[Visit]:
    """The visits with a signed note that `user` sees, in the clinics where they look after claims."""
    signed = notes_visible_to(user).filter(status=Status.SIGNED)
    return visits_visible_to(user).filter(
        clinic__in=clinics_where(user, *BILLING), pk__in=signed.values("visit")
    )


def localities_kept_by(user: User) -> QuerySet[ClinicLocality]:
    """The locality factors that `user` looks after: those of the clinics they administer."""
    return ClinicLocality.objects.filter(clinic__in=clinics_where(user, Role.ADMINISTRATOR))


def fees_kept_by(user: User) -> QuerySet[ClinicFee]:
    """The fee schedule that `user` looks after: that of the clinics they administer."""
    return ClinicFee.objects.filter(clinic__in=clinics_where(user, Role.ADMINISTRATOR))
