"""Lists of patients that somebody brought in from another program, row by row, and what became of each."""

from __future__ import annotations

import uuid

from django.db import models

from apps.accounts.models import Clinic, User


class PatientImport(models.Model):
    """One file of patients: read, looked at, carried out by the worker, and undone while nobody used it."""

    PATIENT_IDENTIFYING_FIELDS = ("problems",)

    class Format(models.TextChoices):
        CSV = "csv", "Spreadsheet (CSV)"
        FHIR = "fhir", "FHIR bundle (JSON)"

    class Status(models.TextChoices):
        COLUMNS = "columns", "Columns to choose"
        CHECKING = "checking", "Being checked"
        READY = "ready", "Ready to look at"
        ADDING = "adding", "Being added"
        DONE = "done", "Added"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"
        DISCARDED = "discarded", "Put away"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="patient_imports")
    format = models.CharField(max_length=4, choices=Format)
    status = models.CharField(max_length=10, choices=Status)
    encoding = models.CharField(max_length=20)
    heading = models.JSONField(default=list)
    columns = models.JSONField(default=dict, help_text="Field of ours → the place of the file's column.")
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    carried_out_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    carried_out_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    says = models.CharField(max_length=200, blank=True, help_text="What is being done, in words.")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    beat_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict, help_text="State of a row → how many rows.")
    problems = models.JSONField(default=list, help_text="[label, words, how many rows], the most first.")

    class Meta:
        ordering = ["-begun_at", "-id"]

    def __str__(self) -> str:
        return f"import {self.pk}"

    @property
    def is_at_work(self) -> bool:
        return self.status in (self.Status.CHECKING, self.Status.ADDING, self.Status.UNDOING)


class ImportRow(models.Model):
    """One row of the file. Its cells are emptied once they are in a chart."""

    PATIENT_IDENTIFYING_FIELDS = ("cells", "problems", "patient", "alike")

    class State(models.TextChoices):
        UNREAD = "unread", "Not checked yet"
        WRONG = "wrong", "Something to mend"
        FRESH = "fresh", "A new patient"
        ASKED = "asked", "Perhaps here already"
        ADDED = "added", "Added"
        SAME = "same", "Here already"
        SKIPPED = "skipped", "Left out"

    class Answer(models.TextChoices):
        SKIP = "skip", "Leave it out"
        SAME = "same", "The same person"
        NEW = "new", "Somebody else: add"

    of = models.ForeignKey(PatientImport, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField("line of the file")
    cells = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State, default=State.UNREAD)
    problems = models.JSONField(default=list, help_text="[label of the field, words] of each.")
    answer = models.CharField(max_length=4, choices=Answer, blank=True)
    alike = models.UUIDField(null=True, blank=True, help_text="The patient who may be the same person.")
    alike_line = models.PositiveIntegerField(null=True, blank=True, help_text="Or the line of this file.")
    alike_why = models.CharField(max_length=80, blank=True)
    may_be_new = models.BooleanField(default=True, help_text="Not with an MRN that somebody has.")
    patient = models.UUIDField(null=True, blank=True, help_text="The patient whom it became or belongs to.")
    made = models.JSONField(default=list, help_text="[kind, id] of what it added beside the patient.")

    class Meta:
        ordering = ["line"]
        constraints = [models.UniqueConstraint(fields=["of", "line"], name="a_line_is_read_once")]
        indexes = [models.Index(fields=["of", "state", "line"], name="rows_of_an_import_by_state")]

    def __str__(self) -> str:
        return f"line {self.line} of import {self.of_id}"
