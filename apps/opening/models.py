"""The link to the page on which a clinic is set up. Its key is stored as a digest, and once."""

from __future__ import annotations

from django.db import models


class SetUpLink(models.Model):
    """The one link that works, until it was used or has ended."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    digest = models.CharField(max_length=64, help_text="SHA-256 of the key; the key itself is nowhere.")
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_set_up_link_at_a_time")]

    def __str__(self) -> str:
        return "the link to the set-up page"
