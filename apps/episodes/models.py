"""The episode of care: one discipline's plan with its versions and goals, its papers, and authorizations.

`PlanOfCare` is the episode's line in the list; what the plan says is in its versions.
A signed version lives on in the ledger: nothing that shows one reads these rows.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import models

from apps.accounts.models import NPI, Clinic, Discipline, User
from apps.patients.models import Coverage, Diagnosis, Document, Patient

from . import sentences

WORDS = 4000
"""Characters that one text field of a plan holds."""


class PlanOfCare(models.Model):
    """One discipline's plan for a patient over an episode. Disciplines do not share a plan.

    The dates and words here are those of the version in force, or of the first draft before anything is
    signed: what a list, a note or a rule asks for without reading versions.
    """

    PATIENT_IDENTIFYING_FIELDS = ("patient", "end_reason")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="plans")
    discipline = models.CharField(max_length=2, choices=Discipline)
    starts_on = models.DateField("established on", help_text="When the first version was established.")
    through_on = models.DateField("through")
    certified_on = models.DateField(
        null=True, blank=True, help_text="The latest signature by a physician or NPP."
    )
    frequency = models.CharField(max_length=100, blank=True, help_text="Such as 2 × week for 12 weeks.")
    is_maintenance = models.BooleanField("declared maintenance", default=False)
    signed_number = models.PositiveSmallIntegerField(
        default=0, help_text="The version in force; 0 before the first is signed."
    )
    established_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(through_on__gte=models.F("starts_on")), name="a_plan_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return f"plan of care {self.pk}"

    @property
    def is_signed(self) -> bool:
        return self.signed_number > 0


class Program(models.TextChoices):
    REHABILITATIVE = "rehabilitative", "Rehabilitative: improvement is expected"
    MAINTENANCE = "maintenance", "Maintenance: skill is needed to keep function or slow decline"


class Potential(models.TextChoices):
    EXCELLENT = "excellent", "Excellent"
    GOOD = "good", "Good"
    FAIR = "fair", "Fair"
    GUARDED = "guarded", "Guarded"
    POOR = "poor", "Poor"


class PlanVersion(models.Model):
    """What a plan says: a draft, or signed and final."""

    PATIENT_IDENTIFYING_FIELDS = (
        "diagnoses",
        "onset_on",
        "prior_level",
        "precautions",
        "potential",
        "potential_because",
        "treatment",
        "skill",
        "reason",
    )

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        SIGNED = "signed", "Signed"
        DISCARDED = "discarded", "Discarded"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(PlanOfCare, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    revision = models.PositiveIntegerField(
        default=1, help_text="Counts saves: two windows cannot both be right."
    )
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)

    program = models.CharField(max_length=14, choices=Program, default=Program.REHABILITATIVE)
    established_on = models.DateField()
    diagnoses = models.ManyToManyField(Diagnosis, blank=True, related_name="+")
    onset_on = models.DateField("onset", null=True, blank=True)
    prior_level = models.TextField("prior level of function", blank=True, max_length=WORDS)
    precautions = models.TextField(blank=True, max_length=WORDS)
    potential = models.CharField("rehabilitation potential", max_length=10, choices=Potential, blank=True)
    potential_because = models.TextField("what the potential rests on", blank=True, max_length=WORDS)
    treatment = models.TextField("type of treatment", blank=True, max_length=WORDS)
    times_a_day = models.PositiveSmallIntegerField("amount", default=1)
    times_a_week = models.PositiveSmallIntegerField("frequency", default=1)
    times_a_week_most = models.PositiveSmallIntegerField("up to", null=True, blank=True)
    weeks = models.PositiveSmallIntegerField("duration")
    skill = models.TextField("why a therapist's skill is needed", blank=True, max_length=WORDS)
    reason = models.TextField("why the plan is revised", blank=True, max_length=WORDS)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="a_version_number_is_never_used_twice"),
            models.UniqueConstraint(
                fields=["plan"], condition=models.Q(status="draft"), name="a_plan_has_one_open_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"plan version {self.pk}"

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def is_signed(self) -> bool:
        return self.status == self.Status.SIGNED

    @property
    def is_maintenance(self) -> bool:
        return self.program == Program.MAINTENANCE

    @property
    def through_on(self) -> dt.date:
        """The last day of the plan. Its first day counts as the first of its first week."""
        return self.established_on + dt.timedelta(weeks=self.weeks, days=-1)

    @property
    def frequency(self) -> str:
        return sentences.frequency(self.times_a_day, self.times_a_week, self.times_a_week_most, self.weeks)


class Side(models.TextChoices):
    LEFT = "left", "Left"
    RIGHT = "right", "Right"
    BOTH = "both", "Both"


class Goal(models.Model):
    """A goal of a plan. Its number stays for the whole episode, whatever version it first stood in.

    `words` is the sentence that its parts make; a goal from before there were parts has only words.
    """

    PATIENT_IDENTIFYING_FIELDS = ("words", "who", "task", "measure", "baseline", "target")

    class Term(models.TextChoices):
        LONG = "long", "Long term"
        SHORT = "short", "Short term"

    class Status(models.TextChoices):
        OPEN = "open", "Set"
        PROGRESSING = "progressing", "Progressing"
        MODIFIED = "modified", "Modified"
        MET = "met", "Met"
        DISCONTINUED = "discontinued", "Discontinued"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(PlanOfCare, on_delete=models.PROTECT, related_name="goals")
    number = models.PositiveSmallIntegerField()
    term = models.CharField(max_length=5, choices=Term, default=Term.LONG)
    words = models.CharField(max_length=900)
    who = models.CharField(max_length=120, blank=True)
    task = models.CharField("functional task", max_length=300, blank=True)
    measure = models.CharField(max_length=200, blank=True)
    scale = models.CharField(
        "standard measure", max_length=30, blank=True, help_text="A key of compliance/data/measures.toml."
    )
    side = models.CharField(max_length=5, choices=Side, blank=True)
    baseline = models.CharField(max_length=100, blank=True)
    target = models.CharField(max_length=100, blank=True)
    target_on = models.DateField("by", null=True, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.OPEN)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="a_goal_number_is_never_used_twice")
        ]

    def __str__(self) -> str:
        return f"goal {self.number}"

    @property
    def is_open(self) -> bool:
        return self.ended_on is None

    @property
    def is_long_term(self) -> bool:
        return self.term == self.Term.LONG

    @property
    def missing(self) -> tuple[str, ...]:
        """The parts of the sentence that are still empty."""
        return sentences.missing({name: getattr(self, name) for name in sentences.PARTS})


class GoalRecord(models.Model):
    """A line of a goal's history: what became of it, on which day, by whom. Lines are only added."""

    PATIENT_IDENTIFYING_FIELDS = ("goal", "words", "earlier")

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="history")
    status = models.CharField(max_length=12, choices=Goal.Status)
    on = models.DateField()
    words = models.CharField(max_length=500, blank=True)
    earlier = models.CharField(
        max_length=900, blank=True, help_text="The goal's words before they were modified."
    )
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["recorded_at", "id"]

    def __str__(self) -> str:
        return f"{self.status} on {self.on:%Y-%m-%d}"


class Paper(models.Model):
    """What a physician or NPP said about a plan, or what was sent to them: recorded from paper or an upload.

    Nobody in the clinic signs as the physician, so this holds what the paper says and who wrote it down.
    """

    PATIENT_IDENTIFYING_FIELDS = ("plan", "signer_name", "reason", "mistake")

    class Kind(models.TextChoices):
        ORDER = "order", "Order or referral"
        SENT = "sent", "Plan sent"
        CERTIFICATION = "certification", "First certification"
        RECERTIFICATION = "recertification", "Recertification"

    class Method(models.TextChoices):
        FAX = "fax", "Fax"
        PORTAL = "portal", "Portal"
        MAIL = "mail", "Mail"
        HAND = "hand", "By hand"
        OTHER = "other", "Other"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(PlanOfCare, on_delete=models.PROTECT, related_name="papers")
    version = models.ForeignKey(
        PlanVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="papers"
    )
    kind = models.CharField(max_length=15, choices=Kind)
    dated_on = models.DateField(null=True, blank=True, help_text="Of an order; or when the plan was sent.")
    verbal_on = models.DateField("by telephone on", null=True, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    signer_name = models.CharField(max_length=200)
    signer_npi = models.CharField("NPI", max_length=10, blank=True, validators=[NPI])
    method = models.CharField(max_length=10, choices=Method, blank=True)
    starts_on = models.DateField("certified from", null=True, blank=True)
    through_on = models.DateField("certified through", null=True, blank=True)
    reason = models.CharField("reason for the delay", max_length=1000, blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="papers"
    )
    mistake = models.CharField("entered by mistake", max_length=500, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["recorded_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    models.Q(kind__in=["order", "sent"], dated_on__isnull=False)
                    | (
                        models.Q(kind__in=["certification", "recertification"], starts_on__isnull=False)
                        & (models.Q(signed_on__isnull=False) | models.Q(verbal_on__isnull=False))
                    )
                ),
                name="a_paper_has_its_date",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def counts(self) -> bool:
        return not self.mistake

    @property
    def is_certification(self) -> bool:
        return self.kind in (self.Kind.CERTIFICATION, self.Kind.RECERTIFICATION)


class Authorization(models.Model):
    """A payer's prior authorization: so many visits or units, of these codes, between these dates."""

    PATIENT_IDENTIFYING_FIELDS = ("patient", "number")

    class Counts(models.TextChoices):
        VISITS = "visits", "Visits"
        UNITS = "units", "Units"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="authorizations")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="authorizations")
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="authorizations")
    discipline = models.CharField(max_length=2, choices=Discipline, blank=True)
    number = models.CharField(max_length=60)
    codes = models.JSONField(default=list, blank=True, help_text="Empty: every code.")
    counts = models.CharField(max_length=6, choices=Counts, default=Counts.VISITS)
    allowed = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    through_on = models.DateField()
    warn_left = models.PositiveSmallIntegerField("warn when this many are left", default=3)

    class Meta:
        ordering = ["-starts_on", "number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(through_on__gte=models.F("starts_on")),
                name="an_authorization_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"authorization {self.pk}"

    def covers(self, day: dt.date) -> bool:
        return self.starts_on <= day <= self.through_on
