"""What a clinic enters for its billing's estimates. No note and no rule reads it."""

from __future__ import annotations

from django.db import models

from apps.accounts.models import Clinic, User


class ClinicLocality(models.Model):
    """The geographic factors of the Medicare locality in which a clinic lies, from a date of service on."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="localities")
    starts_on = models.DateField()
    work = models.DecimalField(max_digits=4, decimal_places=3)
    practice_expense = models.DecimalField(max_digits=4, decimal_places=3)
    malpractice = models.DecimalField(max_digits=4, decimal_places=3)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "starts_on"], name="a_clinic_has_one_locality_from_a_day_on"
            )
        ]

    def __str__(self) -> str:
        return f"locality from {self.starts_on}"
