"""Whose plans of care a person sees and keeps."""

from __future__ import annotations

from django.db.models import QuerySet

from apps.accounts.access import CHARTING, clinics_where
from apps.accounts.models import User
from apps.patients.access import patients_visible_to

from .models import Goal, PlanOfCare


def plans_visible_to(user: User) -> QuerySet[PlanOfCare]:
    return PlanOfCare.objects.filter(patient__in=patients_visible_to(user))


def plans_kept_by(user: User) -> QuerySet[PlanOfCare]:
    """The plans that `user` may edit: those who chart, of the charts that they see."""
    return plans_visible_to(user).filter(patient__clinic__in=clinics_where(user, *CHARTING))


def goals_kept_by(user: User) -> QuerySet[Goal]:
    return Goal.objects.filter(plan__in=plans_kept_by(user))
