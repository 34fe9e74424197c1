"""Whose plans of care a person sees and keeps."""

from __future__ import annotations

from django.db.models import Exists, Q, QuerySet

from apps.accounts.access import CHARTING, KEEPS_CHARTS, clinics_where
from apps.accounts.models import Role, User
from apps.patients.access import are_of, patients_cared_for_by, patients_kept_by, patients_visible_to

from .models import Authorization, Goal, Paper, PlanOfCare, PlanVersion


def _of(plans: QuerySet[PlanOfCare]) -> Exists:
    """Rows of one of these plans; asked of each row that an index has found (patients.access.are_of)."""
    return are_of(plans, "plan")


def plans_visible_to(user: User) -> QuerySet[PlanOfCare]:
    """The plans that `user` may read: of the charts that they see; records staff only once it is signed."""
    plans = PlanOfCare.objects.filter(are_of(patients_visible_to(user)))
    return plans.exclude(patient__clinic__in=clinics_where(user, Role.RECORDS), signed_number=0)


def plans_kept_by(user: User) -> QuerySet[PlanOfCare]:
    """The plans that `user` may edit: those who chart, of the charts that they see."""
    return PlanOfCare.objects.filter(
        are_of(patients_cared_for_by(user)), patient__clinic__in=clinics_where(user, *CHARTING)
    )


def goals_kept_by(user: User) -> QuerySet[Goal]:
    return Goal.objects.filter(_of(plans_kept_by(user)))


def versions_visible_to(user: User) -> QuerySet[PlanVersion]:
    """The versions that `user` may read. Drafts are seen by those who chart, and by students on the chart."""
    versions = PlanVersion.objects.filter(_of(plans_visible_to(user)))
    charting = Q(plan__patient__clinic__in=clinics_where(user, *CHARTING, Role.STUDENT))
    return versions.filter(charting | Q(status=PlanVersion.Status.SIGNED))


def plans_papered_by(user: User) -> QuerySet[PlanOfCare]:
    """The plans whose orders and certifications `user` may record: records staff as well."""
    return plans_visible_to(user).filter(
        are_of(patients_cared_for_by(user)), patient__clinic__in=clinics_where(user, *KEEPS_CHARTS)
    )


def papers_kept_by(user: User) -> QuerySet[Paper]:
    return Paper.objects.filter(_of(plans_papered_by(user)))


def authorizations_kept_by(user: User) -> QuerySet[Authorization]:
    return Authorization.objects.filter(are_of(patients_kept_by(user)))
