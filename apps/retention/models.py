"""What a clinic says of how long it keeps its charts."""

from __future__ import annotations

from django.db import models

from apps.accounts.models import Clinic, User
from apps.compliance.retention import Period


class RetentionRule(models.Model):
    """A clinic's period from a moment on; the newest counts. Lines are only added, see rules.py."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="retention_rules")
    years = models.PositiveSmallIntegerField()
    majority_age = models.PositiveSmallIntegerField(null=True, blank=True)
    minors_extra_years = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["-set_at", "-id"]

    def __str__(self) -> str:
        return f"{self.years} years"

    @property
    def period(self) -> Period:
        if self.majority_age is None or self.minors_extra_years is None:
            return Period(self.years)
        return Period(self.years, self.majority_age + self.minors_extra_years)
