"""Signed words. One insert-only, hash-chained line of entries per clinic.

Plain values instead of foreign keys: an entry must stand on its own for as long
as the record is kept. Nothing in the app changes or removes an entry, and the
database refuses it (see apps/audit/append_only.py).
"""

import uuid

from django.db import models


class Kind(models.TextChoices):
    SIGN = "sign", "signed"
    COSIGN = "cosign", "cosigned"
    ADDENDUM = "addendum", "addendum"
    LATE_ENTRY = "late_entry", "late entry"
    CORRECTION = "correction", "correction"
    VOID = "void", "voided"
    REDACT = "redact", "redacted"


class DocumentType(models.TextChoices):
    NOTE = "note", "treatment note"
    PLAN = "plan", "plan of care"
    PROGRESS_REPORT = "progress_report", "progress report"
    EVALUATION = "evaluation", "evaluation"
    DISCHARGE = "discharge", "discharge note"
    ATTESTATION = "attestation", "attestation"


class ChainHead(models.Model):
    """The end of a clinic's chain: the row to lock, since it exists before the next entry does."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    clinic = models.UUIDField(primary_key=True)
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)
    recorded_at = models.CharField(max_length=20, blank=True)

    def __str__(self) -> str:
        return f"chain of {self.clinic} at {self.seq}"


class LedgerEntry(models.Model):
    """One signed document, or one later word about it."""

    PATIENT_IDENTIFYING_FIELDS = ("payload",)

    clinic = models.UUIDField()
    seq = models.PositiveBigIntegerField(help_text="1, 2, 3 … without gaps in a clinic.")
    kind = models.CharField(max_length=12, choices=Kind)
    document = models.UUIDField(default=uuid.uuid4)
    document_type = models.CharField(max_length=16, choices=DocumentType)
    ref_hash = models.CharField(max_length=64, blank=True, help_text="The entry cosigned, amended or voided.")
    recorded_at = models.CharField(
        max_length=20, help_text="UTC, ISO 8601 to the second: the text is hashed."
    )
    payload = models.TextField(help_text="The exact RFC 8785 text.")
    salt = models.CharField(max_length=32, help_text="16 random bytes, hexadecimal.")
    payload_hash = models.CharField(max_length=64)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    alg = models.CharField(max_length=24)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "seq"], name="the_chain_has_no_gap_or_double"),
            models.UniqueConstraint(fields=["clinic", "prev_hash"], name="the_chain_never_forks"),
        ]
        indexes = [models.Index(fields=["document", "seq"], name="entries_of_a_document")]

    def __str__(self) -> str:
        return f"entry {self.seq} ({self.kind})"


class Checkpoint(models.Model):
    """A signed statement of where the clinic's chain ended: a copy of a line in the file outside."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    clinic = models.UUIDField()
    number = models.PositiveBigIntegerField(help_text="1, 2, 3 … in a clinic.")
    seq = models.PositiveBigIntegerField(help_text="The last entry that it covers.")
    hash = models.CharField(max_length=64, help_text="That entry's hash.")
    at = models.CharField(max_length=20, help_text="UTC, ISO 8601 to the second: the text is signed.")
    audit_seal = models.CharField(max_length=64, blank=True, help_text="Hash of the last seal of the trail.")
    key = models.CharField(max_length=16, help_text="Which key signed.")
    signature = models.CharField(max_length=128)
    alg = models.CharField(max_length=24)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "number"], name="a_clinic_counts_its_checkpoints")
        ]

    def __str__(self) -> str:
        return f"checkpoint {self.number} at entry {self.seq}"

    @property
    def short_hash(self) -> str:
        """The first 64 bits in groups that a person can compare."""
        return " ".join(self.hash[start : start + 4] for start in range(0, 16, 4))


class AuditSeal(models.Model):
    """A seal over a run of audit events: what they were, and which seal came before."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    number = models.PositiveBigIntegerField(unique=True, help_text="1, 2, 3 … without gaps.")
    after = models.PositiveBigIntegerField(help_text="The id of the last event before this seal's.")
    through = models.PositiveBigIntegerField(help_text="The id of the last event in this seal.")
    count = models.PositiveIntegerField()
    root = models.CharField(max_length=64, help_text="SHA-256 over the events, in the order of their ids.")
    prev_hash = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)
    sealed_at = models.CharField(max_length=20)
    alg = models.CharField(max_length=24)

    def __str__(self) -> str:
        return f"seal {self.number} over {self.count} events"


class Verification(models.Model):
    """What verifying a clinic's record came to, and when: the last one is what the page shows."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    clinic = models.UUIDField()
    at = models.DateTimeField()
    by = models.CharField(max_length=200, blank=True, help_text="Empty: the schedule.")
    verdict = models.CharField(max_length=16)
    entries = models.PositiveBigIntegerField(default=0)
    compared = models.PositiveBigIntegerField(default=0)
    unwitnessed = models.PositiveBigIntegerField(default=0)
    checkpoint = models.JSONField(null=True, blank=True, help_text="The last checkpoint that witnesses it.")
    levels = models.JSONField(default=list)
    findings = models.JSONField(default=list, help_text="verdict, level and words of each; no charted words.")
    milliseconds = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["clinic", "-id"], name="the_last_verification")]

    def __str__(self) -> str:
        return f"verification of {self.clinic}: {self.verdict}"
