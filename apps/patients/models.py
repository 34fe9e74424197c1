"""The people treated, who pays for them, and what they are treated for."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import models
from django.db.models.functions import Lower

from apps.accounts.models import Clinic, User


class Sex(models.TextChoices):
    FEMALE = "F", "Female"
    MALE = "M", "Male"
    OTHER = "X", "Other or not stated"


class Patient(models.Model):
    """Somebody treated in one clinic."""

    PATIENT_IDENTIFYING_FIELDS = (
        "mrn",
        "family_name",
        "given_name",
        "born_on",
        "sex",
        "precautions",
        "phone",
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="patients")
    mrn = models.CharField("MRN", max_length=40)
    family_name = models.CharField(max_length=120)
    given_name = models.CharField(max_length=120)
    born_on = models.DateField("date of birth")
    sex = models.CharField(max_length=1, choices=Sex)
    phone = models.CharField(max_length=40, blank=True)
    precautions = models.CharField(
        max_length=500, blank=True, help_text="Shown beside the name wherever the patient is charted."
    )
    is_restricted = models.BooleanField(
        "restricted chart",
        default=False,
        help_text="Staff, relatives: only people with a visit of this patient see the chart.",
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        help_text="The record of the same person that stays. See merging.py.",
    )

    class Meta:
        ordering = ["family_name", "given_name", "id"]
        constraints = [models.UniqueConstraint("clinic", Lower("mrn"), name="an_mrn_is_unique_in_its_clinic")]
        indexes = [
            models.Index(fields=["clinic", "family_name", "given_name"], name="patients_by_name"),
            models.Index(fields=["clinic", "given_name"], name="patients_by_given_name"),
            models.Index(fields=["clinic", "born_on"], name="patients_by_birth"),
            # Hardly any record was merged: an index of all would look as if reading the table were cheaper.
            models.Index(
                fields=["merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="records_merged_into_another",
            ),
        ]

    def __str__(self) -> str:
        return f"patient {self.pk}"  # No name: this text reaches logs and exceptions.

    @property
    def name(self) -> str:
        return f"{self.family_name}, {self.given_name}"

    def age_on(self, day: dt.date) -> int:
        """Whole years on `day`."""
        had_birthday = (day.month, day.day) >= (self.born_on.month, self.born_on.day)
        return day.year - self.born_on.year - (not had_birthday)


class RecordMerge(models.Model):
    """Somebody put two records of one person together, and perhaps took them apart again."""

    PATIENT_IDENTIFYING_FIELDS = ("patient", "into", "reason")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="merges")
    into = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="merges_into")
    reason = models.CharField(max_length=500)
    merged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-merged_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=models.Q(undone_at=None),
                name="a_record_is_one_with_one_other",
            )
        ]

    def __str__(self) -> str:
        return f"merge {self.pk}"


class Payer(models.Model):
    """An insurer or programme as this clinic knows it.

    `policy` names its rules in compliance/data/payers.toml.
    """

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="payers")
    name = models.CharField(max_length=200)
    policy = models.CharField(max_length=40)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["clinic", "name"], name="a_payer_is_listed_once")]

    def __str__(self) -> str:
        return self.name


class Coverage(models.Model):
    """A patient's insurance with a payer over some dates; `rank` 1 is billed first."""

    PATIENT_IDENTIFYING_FIELDS = ("member_number",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="coverages")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="coverages")
    member_number = models.CharField(max_length=60)
    rank = models.PositiveSmallIntegerField(
        "billed", default=1, choices=[(1, "first"), (2, "second"), (3, "third")]
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["rank", "-starts_on"]

    def __str__(self) -> str:
        return f"coverage {self.pk}"

    def covers(self, day: dt.date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class DiagnosisCode(models.Model):
    """A billable ICD-10-CM code of the release that ships with the app."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    code = models.CharField(max_length=8, primary_key=True)
    words = models.CharField(max_length=300)
    release = models.CharField(max_length=20)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.words}"


class Diagnosis(models.Model):
    """What a patient is treated for (treating), or what lies behind it (medical).

    Code and words are kept as they were chosen: a later release of the code
    table does not change what was recorded.
    """

    PATIENT_IDENTIFYING_FIELDS = ("code", "words", "onset_on")

    class Type(models.TextChoices):
        TREATING = "treating", "Treating diagnosis"
        MEDICAL = "medical", "Medical diagnosis"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="diagnoses")
    type = models.CharField(max_length=8, choices=Type, default=Type.TREATING)
    code = models.CharField(max_length=8)
    words = models.CharField(max_length=300)
    release = models.CharField(max_length=20, blank=True)
    onset_on = models.DateField(null=True, blank=True)
    added_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-type", "added_on", "code"]

    def __str__(self) -> str:
        return f"diagnosis {self.pk}"


class Document(models.Model):
    """A file from elsewhere: an order, a signed plan, a fax confirmation.

    The bytes are on disk under a random name, outside of what is served; `sha256` says whether they are still
    the same. A document is never removed: what was uploaded by mistake is set aside, with the reason.
    """

    PATIENT_IDENTIFYING_FIELDS = ("patient", "words", "set_aside_reason")

    class Type(models.TextChoices):
        ORDER = "order", "Order or referral"
        SIGNED_PLAN = "signed_plan", "Signed plan of care"
        EVALUATION = "evaluation", "Outside evaluation"
        ABN = "abn", "Advance beneficiary notice (ABN)"
        FAX = "fax", "Fax confirmation"
        OTHER = "other", "Other"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="documents")
    type = models.CharField(max_length=12, choices=Type)
    dated_on = models.DateField("date of the document")
    words = models.CharField("what it is", max_length=200, blank=True)
    media_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    sha256 = models.CharField("SHA-256", max_length=64)
    stored_as = models.CharField(max_length=60, unique=True)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    set_aside_at = models.DateTimeField(null=True, blank=True)
    set_aside_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    set_aside_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-dated_on", "-uploaded_at"]

    def __str__(self) -> str:
        return f"document {self.pk}"

    @property
    def is_set_aside(self) -> bool:
        return self.set_aside_at is not None


class RecordsRequest(models.Model):
    """Somebody asked for a patient's record. What is written after that day says so. See requests.py."""

    PATIENT_IDENTIFYING_FIELDS = ("patient", "received_on", "case_number")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="records_requests")
    received_on = models.DateField("received on")
    requester = models.CharField("who asks", max_length=200)
    case_number = models.CharField("case or claim number", max_length=80, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-received_on", "-recorded_at"]

    def __str__(self) -> str:
        return f"records request {self.pk}"


class PacketSent(models.Model):
    """A packet that left the clinic in answer to a request."""

    PATIENT_IDENTIFYING_FIELDS = ("request", "left_on")

    request = models.ForeignKey(RecordsRequest, on_delete=models.PROTECT, related_name="packets_sent")
    left_on = models.DateField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-left_on", "-id"]

    def __str__(self) -> str:
        return f"packet of {self.left_on}"


class CareTeamPlace(models.Model):
    """Somebody's place on the care team of a restricted chart: they see it without a visit of their own.

    It ends; it is not deleted.
    """

    PATIENT_IDENTIFYING_FIELDS = ("patient", "reason")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="care_team")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="care_team_places")
    reason = models.CharField(max_length=300)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "person"],
                condition=models.Q(ended_at=None),
                name="one_open_place_per_person_and_chart",
            )
        ]

    def __str__(self) -> str:
        return f"care team place {self.pk}"


class EmergencyAccess(models.Model):
    """Somebody opened a restricted chart that is not theirs, for a stated reason and for a short while.

    It lets them read, and never write or sign. Supervisors see it, and say that they have.
    """

    PATIENT_IDENTIFYING_FIELDS = ("patient", "reason")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="emergency_accesses")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="emergency_accesses")
    reason = models.CharField(max_length=500)
    taken_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_words = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-taken_at"]
        indexes = [
            models.Index(fields=["person", "patient", "ends_at"], name="whose_emergency_access_is_open")
        ]

    def __str__(self) -> str:
        return f"emergency access {self.pk}"


class LegalHold(models.Model):
    """Somebody said that nothing of a chart may go. Lines are only added, see holds.py."""

    PATIENT_IDENTIFYING_FIELDS = ("patient", "reason")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="legal_holds")
    reason = models.CharField(max_length=600)
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()

    class Meta:
        ordering = ["-placed_at", "id"]

    def __str__(self) -> str:
        return f"legal hold {self.pk}"


class HoldLifted(models.Model):
    """A legal hold is over, and why. A line beside it: the hold itself stays as it was placed."""

    PATIENT_IDENTIFYING_FIELDS = ("hold", "reason")

    hold = models.OneToOneField(LegalHold, on_delete=models.PROTECT, related_name="lifted")
    reason = models.CharField(max_length=500)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField()

    class Meta:
        ordering = ["-lifted_at"]

    def __str__(self) -> str:
        return f"end of hold {self.hold_id}"


class Disclosure(models.Model):
    """Something of a chart that was given to somebody outside. Lines are only added."""

    PATIENT_IDENTIFYING_FIELDS = ("patient", "recipient", "address", "words", "purpose")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="disclosures")
    made_on = models.DateField("date")
    recipient = models.CharField("to whom", max_length=200)
    address = models.CharField("their address, if known", max_length=300, blank=True)
    words = models.CharField("what was given", max_length=500)
    purpose = models.CharField("why", max_length=500)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_on", "-recorded_at"]

    def __str__(self) -> str:
        return f"disclosure {self.pk}"
