"""What a person has seen of their inbox and been mailed about, and when they want mail. The inbox itself is
no table: it is read from the record (matters.py), so that it cannot say what is not so any more.
"""

from __future__ import annotations

from django.db import models

from apps.accounts.models import Clinic, User

from .kinds import Kind


class Mark(models.Model):
    """That somebody has seen a matter, or had a mail about it. Names the matter by a digest alone."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "clinic", "digest"], name="a_matter_is_marked_once_for_a_person"
            )
        ]

    def __str__(self) -> str:
        return f"mark {self.pk}"


class MailChoice(models.Model):
    """When somebody wants a mail about one kind of matter, where that is not what choices.py begins with."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    class When(models.TextChoices):
        NEVER = "never", "Never"
        DAILY = "daily", "Once a day"
        AT_ONCE = "at_once", "At once"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    when = models.CharField(max_length=8, choices=When)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "clinic", "kind"], name="a_person_chooses_once_for_each_kind_of_mail"
            )
        ]
        indexes = [models.Index(fields=["clinic", "when"], name="mail_wanted_in_a_clinic")]

    def __str__(self) -> str:
        return f"mail choice {self.pk}"
