"""Letters that ask for records, what answers them, and what was made and handed out for whom."""

from __future__ import annotations

import uuid

from django.db import models

from apps.accounts.models import Clinic, User
from apps.episodes.models import PlanOfCare
from apps.notes.models import Note
from apps.patients.models import Document, Patient, Payer, RecordsRequest

from . import slots


class Letter(models.Model):
    """What a letter says and who answers it: shared by one packet and by a sample of many."""

    reviewer = models.CharField("who asks", max_length=200, help_text="The name on the letter.")
    kind = models.CharField("kind of letter", max_length=20)
    letter_on = models.DateField("date of the letter")
    due_on = models.DateField("due on", null=True, blank=True)
    case_number = models.CharField(max_length=80, blank=True)
    purpose = models.CharField("what for", max_length=200)
    contact_name = models.CharField("our contact", max_length=200)
    contact_phone = models.CharField("telephone", max_length=40)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        abstract = True

    @property
    def letter_kind(self) -> slots.LetterKind:
        return slots.letter_kind(self.kind)


class ReviewSample(Letter):
    """A letter about many patients: their packets are made in one go."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="review_samples")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"review sample {self.pk}"


class Packet(Letter):
    """One patient's records for one letter. What goes in is worked out anew whenever it is looked at."""

    PATIENT_IDENTIFYING_FIELDS = ("patient", "case_number")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="packets")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="packets")
    sample = models.ForeignKey(
        ReviewSample, on_delete=models.PROTECT, null=True, blank=True, related_name="packets"
    )
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    plan = models.ForeignKey(PlanOfCare, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    starts_on = models.DateField("dates of service from")
    through_on = models.DateField("through")
    letter = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    others = models.ManyToManyField(Document, blank=True, related_name="+")
    request = models.OneToOneField(
        RecordsRequest,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="packet",
        help_text="The letter as the chart knows it: what is written after it says so.",
    )
    sent_on = models.DateField(null=True, blank=True)
    sent_how = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(through_on__gte=models.F("starts_on")),
                name="a_packet_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"packet {self.pk}"


class Explanation(models.Model):
    """A sentence to the reviewer about a gap: dated, with its author. The latest of a gap is printed."""

    PATIENT_IDENTIFYING_FIELDS = ("words",)

    packet = models.ForeignKey(Packet, on_delete=models.CASCADE, related_name="explanations")
    gap = models.CharField(max_length=120)
    words = models.CharField(max_length=1000)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["written_at", "id"]

    def __str__(self) -> str:
        return f"explanation {self.pk}"


class BilledLine(models.Model):
    """A line of the claim under review, as it was billed. Nothing in the chart follows from it."""

    PATIENT_IDENTIFYING_FIELDS = ("served_on", "claim")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    packet = models.ForeignKey(Packet, on_delete=models.CASCADE, related_name="lines")
    served_on = models.DateField("date of service")
    code = models.CharField(max_length=5)
    modifiers = models.CharField(max_length=20, blank=True)
    units = models.PositiveSmallIntegerField()
    claim = models.CharField("claim number", max_length=60, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["served_on", "code", "modifiers", "added_at", "id"]

    def __str__(self) -> str:
        return f"billed line {self.pk}"


class AttestationAsked(models.Model):
    """Somebody asked the author of an unsigned note to attest to it. `entry` numbers what was signed."""

    PATIENT_IDENTIFYING_FIELDS = ("note",)

    note = models.OneToOneField(Note, on_delete=models.PROTECT, related_name="attestation_asked")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    packet = models.ForeignKey(Packet, on_delete=models.PROTECT, related_name="+")
    entry = models.PositiveBigIntegerField(null=True, blank=True)
    attested_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at"]

    def __str__(self) -> str:
        return f"attestation of {self.note_id}"


class ChartCopy(models.Model):
    """The whole chart of a patient, asked for to be given out; without a patient, all of the clinic."""

    PATIENT_IDENTIFYING_FIELDS = ("patient", "reviewer", "purpose")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="chart_copies")
    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, null=True, blank=True, related_name="chart_copies"
    )
    reviewer = models.CharField("to whom", max_length=200)
    purpose = models.CharField("why", max_length=200)
    has_drafts = models.BooleanField("unsigned drafts too", default=False)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    disclosed_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when every chart in it says to whom it was given."
    )

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"chart copy {self.pk}"


class Build(models.Model):
    """A packet, the packets of a sample or whole charts, made into files: what is being done, and then the
    disclosure log.

    The row stays when the file has expired: who made it, for whom, why, and the hash of what it was.
    """

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Being made"
        DONE = "done", "Ready"
        CANCELLED = "cancelled", "Cancelled"
        FAILED = "failed", "Failed"
        EXPIRED = "expired", "Expired"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    packet = models.ForeignKey(Packet, on_delete=models.PROTECT, null=True, blank=True, related_name="builds")
    sample = models.ForeignKey(
        ReviewSample, on_delete=models.PROTECT, null=True, blank=True, related_name="builds"
    )
    copy = models.ForeignKey(
        ChartCopy, on_delete=models.PROTECT, null=True, blank=True, related_name="builds"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    most_megabytes = models.PositiveSmallIntegerField(
        "largest file", null=True, blank=True, help_text="In MB, as the portal allows."
    )
    most_pages = models.PositiveSmallIntegerField(
        "most pages in a file", null=True, blank=True, help_text="For a fax."
    )
    is_black_and_white = models.BooleanField("black and white, for a fax", default=False)
    reviewer = models.CharField(max_length=200)
    purpose = models.CharField(max_length=200)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    says = models.CharField(max_length=200, blank=True, help_text="What is being done, in words.")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    beat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    pages = models.PositiveIntegerField(default=0)
    files = models.PositiveSmallIntegerField(default=0)
    gaps = models.PositiveSmallIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    stored_as = models.CharField(max_length=60, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    handed_out = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(packet__isnull=False, sample__isnull=True, copy__isnull=True)
                | models.Q(packet__isnull=True, sample__isnull=False, copy__isnull=True)
                | models.Q(packet__isnull=True, sample__isnull=True, copy__isnull=False),
                name="a_build_is_of_a_packet_a_sample_or_charts",
            )
        ]

    def __str__(self) -> str:
        return f"build {self.pk}"

    is_held: bool
    """Is a patient in it on legal hold? Said by making.with_holds."""

    @property
    def patient(self) -> Patient | None:
        """Whose chart it is of; None for many."""
        of = self.packet or self.copy
        return of.patient if of else None

    @property
    def is_open(self) -> bool:
        return self.status in (self.Status.WAITING, self.Status.RUNNING)

    @property
    def is_ready(self) -> bool:
        return self.status == self.Status.DONE


class PacketPolicy(models.Model):
    """For how long a clinic keeps the files of its packets."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    clinic = models.OneToOneField(Clinic, on_delete=models.PROTECT, related_name="packet_policy")
    keep_days = models.PositiveSmallIntegerField("days that a packet is kept")
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.keep_days} days"
