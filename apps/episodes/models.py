"""The plan of care and its numbered goals: what a visit's work is for."""

from __future__ import annotations

import uuid

from django.db import models

from apps.accounts.models import Discipline, User
from apps.patients.models import Patient


class PlanOfCare(models.Model):
    """One discipline's plan for a patient over some dates. Disciplines do not share a plan."""

    PATIENT_IDENTIFYING_FIELDS = ("patient",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="plans")
    discipline = models.CharField(max_length=2, choices=Discipline)
    starts_on = models.DateField("established on")
    through_on = models.DateField("through")
    certified_on = models.DateField(null=True, blank=True)
    frequency = models.CharField(max_length=100, blank=True, help_text="Such as 2 × week for 12 weeks.")
    established_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(through_on__gte=models.F("starts_on")), name="a_plan_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return f"plan of care {self.pk}"


class Goal(models.Model):
    """A goal of a plan. Its number stays for the whole episode."""

    PATIENT_IDENTIFYING_FIELDS = ("words",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(PlanOfCare, on_delete=models.PROTECT, related_name="goals")
    number = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=500)
    target_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="a_goal_number_is_never_used_twice")
        ]

    def __str__(self) -> str:
        return f"goal {self.number}"
