"""The peer review: a committed random sample of signed notes, and what two reviewers answered about each."""

from __future__ import annotations

import uuid

from django.db import models

from apps.accounts.models import Clinic, Discipline, User
from apps.notes.models import Note


class PeerSample(models.Model):
    """A sample from its commitment on. `seed` is shown only when it has been drawn with."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="peer_samples")
    discipline = models.CharField(max_length=2, choices=Discipline)
    starts_on = models.DateField("dates of service from")
    ends_on = models.DateField("to")
    size = models.PositiveSmallIntegerField("notes to draw")
    first = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    seed = models.CharField(max_length=64)
    seed_hash = models.CharField(max_length=64, help_text="SHA-256 of the seed, fixed before drawing.")
    frame = models.JSONField(help_text="The ids of the notes from which is drawn, fixed with the seed.")
    frame_hash = models.CharField(max_length=64)
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-begun_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(first=models.F("second")), name="two_people_review_a_sample"
            )
        ]

    def __str__(self) -> str:
        return f"peer sample {self.pk}"

    @property
    def reviewers(self) -> tuple[User, User]:
        return self.first, self.second


class PeerNote(models.Model):
    """A note of a sample, as it stood with the entry that was its last when it was drawn."""

    PATIENT_IDENTIFYING_FIELDS = ("note",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sample = models.ForeignKey(PeerSample, on_delete=models.PROTECT, related_name="notes")
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    entry = models.CharField(max_length=64, help_text="Hash of the last entry about it when it was drawn.")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "note"], name="a_sample_draws_a_note_once"),
            models.UniqueConstraint(fields=["sample", "position"], name="a_sample_has_an_order"),
        ]

    def __str__(self) -> str:
        return f"note {self.position} of {self.sample_id}"


class PeerAnswer(models.Model):
    """What one reviewer answered about one note, without knowing what the other did. Never changed."""

    PATIENT_IDENTIFYING_FIELDS = ("peer_note", "words")

    peer_note = models.ForeignKey(PeerNote, on_delete=models.PROTECT, related_name="answers")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(help_text="Question → choice.")
    words = models.TextField(blank=True, max_length=2000)
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["peer_note", "reviewer"], name="a_reviewer_answers_a_note_once")
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"
