"""What a clinic enters for its billing's estimates, and where the PDFs of signed documents lie."""

from __future__ import annotations

from django.db import models

from apps.accounts.models import Clinic, Paper, User


class ClinicLocality(models.Model):
    """The geographic factors of the Medicare locality in which a clinic lies, from a date of service on.

    For estimates alone: no note and no rule reads it.
    """

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


class ClinicFee(models.Model):
    """What the clinic charges for one unit of a code, from a date of service on, and where that is written.

    For billing alone: no note and no rule reads it.
    """

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="fees")
    code = models.CharField(max_length=5)
    starts_on = models.DateField()
    charge = models.DecimalField(max_digits=8, decimal_places=2)
    source = models.CharField(max_length=300)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["code", "-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "code", "starts_on"], name="a_code_has_one_fee_from_a_day_on"
            )
        ]

    def __str__(self) -> str:
        return f"fee for {self.code} from {self.starts_on}"


class StoredPdf(models.Model):
    """Where the PDF of a signed document lies. Plain values, as in the ledger whose entries it shows.

    Rows are added and never changed: the file is named by its own hash.
    """

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    clinic = models.UUIDField()
    document = models.UUIDField()
    document_type = models.CharField(max_length=16)
    entry_seq = models.PositiveBigIntegerField(help_text="The number of the last entry that is in it.")
    entry_hash = models.CharField(max_length=64, help_text="That entry's hash.")
    template = models.CharField(max_length=20, help_text="The version of the template that made it.")
    paper = models.CharField(max_length=6, choices=Paper)
    sha256 = models.CharField(max_length=64, help_text="Of the file, and its name.")
    size = models.PositiveIntegerField(help_text="In bytes.")
    certificate = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the certificate that signed it; empty: none did."
    )
    increment = models.BinaryField(
        default=b"", help_text="What its signature added after the bytes that follow from the entries."
    )
    stored_at = models.DateTimeField()

    class Meta:
        ordering = ["entry_seq", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "entry_hash", "template", "paper"],
                name="a_document_is_printed_once_after_each_entry",
            )
        ]

    def __str__(self) -> str:
        return f"pdf of entry {self.entry_seq}"


class Letterhead(models.Model):
    """An edition of what the clinic's paper carries above its documents. See letterhead.py."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="letterheads")
    organisation = models.CharField("organization", max_length=200, blank=True)
    words = models.CharField(max_length=200, blank=True)
    logo = models.BinaryField(default=bytes, blank=True, help_text="PNG, drawn anew when it came.")
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"letterhead {self.pk}"
