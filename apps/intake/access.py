"""Who brings patients in by a list, and whose imports a person sees."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from apps.accounts.access import clinics_where
from apps.accounts.models import Role, User
from apps.patients.access import BRINGS_IN_LISTS, patients_visible_to
from apps.patients.models import Patient

from .models import PatientImport

__all__ = ["BRINGS_IN_LISTS", "charts_known_to", "imports_visible_to"]


def imports_visible_to(user: User) -> QuerySet[PatientImport]:
    """Records staff and supervisors: those of their clinic. Administrators: those that they began, since the
    charts of the clinic are not theirs to read.
    """
    return PatientImport.objects.filter(
        Q(clinic__in=clinics_where(user, Role.RECORDS, Role.SUPERVISOR))
        | Q(clinic__in=clinics_where(user, Role.ADMINISTRATOR), begun_by=user.pk)
    )


def charts_known_to(user: User, clinic) -> QuerySet[Patient]:
    """Among whom somebody who may be the same person is looked for. What they may not see does not exist."""
    return patients_visible_to(user).filter(clinic=clinic)
