"""Visits: who comes when, to whom, paid by whom, and whether they came."""

from __future__ import annotations

import uuid

from django.db import models

from apps.accounts.models import Clinic, User
from apps.patients.models import Coverage, Patient


class Attendance(models.TextChoices):
    EXPECTED = "expected", "Expected"
    ATTENDED = "attended", "Attended"
    CUT_SHORT = "cut_short", "Cut short"
    CANCELLED = "cancelled", "Cancelled"
    NO_SHOW = "no_show", "No-show"
    REFUSED = "refused", "Refused treatment"


HAPPENED = (Attendance.EXPECTED, Attendance.ATTENDED, Attendance.CUT_SHORT)
"""Attendances under which a note can be charted."""


class Place(models.TextChoices):
    """Place of service codes."""

    OFFICE = "11", "Office or clinic"
    HOME = "12", "Home"
    ASSISTED_LIVING = "13", "Assisted living"
    OUTPATIENT_HOSPITAL = "22", "Outpatient hospital"
    NURSING = "32", "Nursing facility"
    CORF = "62", "Comprehensive outpatient rehabilitation facility"
    TELEHEALTH = "02", "Telehealth, not at home"
    TELEHEALTH_HOME = "10", "Telehealth, at home"


class Visit(models.Model):
    """One patient's coming to one clinician on one day."""

    PATIENT_IDENTIFYING_FIELDS = ("patient", "served_on", "attendance_reason")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="visits")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="visits")
    clinician = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        related_name="visits",
        help_text="Who treats, or supervises the treatment.",
    )
    assistant = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="assisted_visits"
    )
    student = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="student_visits"
    )
    served_on = models.DateField("date of service")
    expected_at = models.TimeField("expected at", null=True, blank=True)
    place = models.CharField(max_length=2, choices=Place, default=Place.OFFICE)
    coverage = models.ForeignKey(
        Coverage, on_delete=models.PROTECT, null=True, blank=True, related_name="visits"
    )
    attendance = models.CharField(max_length=10, choices=Attendance, default=Attendance.EXPECTED)
    attendance_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["served_on", "expected_at", "id"]
        indexes = [
            models.Index(fields=["clinician", "served_on"], name="the_day_of_a_clinician"),
            models.Index(fields=["clinic", "served_on"], name="the_day_of_a_clinic"),
            models.Index(fields=["patient", "served_on"], name="visits_of_a_patient"),
        ]

    def __str__(self) -> str:
        return f"visit {self.pk}"

    @property
    def happened(self) -> bool:
        """Can there be a note about it?"""
        return self.attendance in HAPPENED

    @property
    def is_by_assistant(self) -> bool:
        """Did an assistant treat, beside the clinician or as the one who is named as such?"""
        return self.assistant is not None or self.clinician.is_assistant

    @property
    def is_cut_short(self) -> bool:
        return self.attendance == Attendance.CUT_SHORT


class AttendanceRecord(models.Model):
    """A line of the attendance log: what was recorded about a visit, by whom, when. Lines are only added."""

    PATIENT_IDENTIFYING_FIELDS = ("visit", "reason")

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="attendance_records")
    attendance = models.CharField(max_length=10, choices=Attendance)
    reason = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-recorded_at", "-id"]

    def __str__(self) -> str:
        return f"{self.attendance} at {self.recorded_at:%Y-%m-%d}"
