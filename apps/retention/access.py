"""Whose rules of keeping charts a person sees. Whose charts: patients.access.patients_retained_by."""

from __future__ import annotations

from django.db.models import QuerySet

from apps.accounts.access import clinics_where
from apps.accounts.models import Role, User

from .models import RetentionRule


def rules_kept_by(user: User) -> QuerySet[RetentionRule]:
    """What the clinics that `user` administers said of how long they keep charts."""
    return RetentionRule.objects.filter(clinic__in=clinics_where(user, Role.ADMINISTRATOR))
