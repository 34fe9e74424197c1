"""Whose plans of care a person sees and keeps."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from apps.accounts.access import CHARTING, KEEPS_CHARTS, clinics_where
from apps.accounts.models import Role, User
from apps.patients.access import patients_cared_for_by, patients_kept_by, patients_visible_to

from .models import Authorization, Goal, Paper, PlanOfCare, PlanVersion


def plans_visible_to(user: User) -> QuerySet[PlanOfCare]:
    """The plans that `user` may read: of the charts that they see; records staff only once it is signed."""
    plans = PlanOfCare.objects.filter(patient__in=patients_visible_to(user))
    return plans.exclude(patient__clinic__in=clinics_where(user, Role.RECORDS), signed_number=0)


def plans_kept_by(user: User) -> QuerySet[PlanOfCare]:
    """The plans that `user` may edit: those who chart, of the charts that they see."""
    return PlanOfCare.objects.filter(
        patient__clinic__in=clinics_where(user, *CHARTING), patient__in=patients_cared_for_by(user)
    )


def goals_kept_by(user: User) -> QuerySet[Goal]:
    return Goal.objects.filter(plan__in=plans_kept_by(user))


def versions_visible_to(user: User) -> QuerySet[PlanVersion]:
    """The versions that `user` may read. Drafts are seen by those who chart, and by students on the chart."""
    versions = PlanVersion.objects.filter(plan__in=plans_visible_to(user))
    charting = Q(plan__patient__clinic__in=clinics_where(user, *CHARTING, Role.STUDENT))
    return versions.filter(charting | Q(status=PlanVersion.Status.SIGNED))


def plans_papered_by(user: User) -> QuerySet[PlanOfCare]:
    """The plans whose orders and certifications `user` may record: records staff as well."""
    return plans_visible_to(user).filter(
        patient__clinic__in=clinics_where(user, *KEEPS_CHARTS), patient__in=patients_cared_for_by(user)
    )


def papers_kept_by(user: User) -> QuerySet[Paper]:
    return Paper.objects.filter(plan__in=plans_papered_by(user))


def authorizations_kept_by(user: User) -> QuerySet[Authorization]:
    return Authorization.objects.filter(patient__in=patients_kept_by(user))
