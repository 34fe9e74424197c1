"""The draft of a note. Once it is signed, its words are in the ledger and these rows are only a working copy.

Nothing that shows or prints a signed note reads these rows; see document.py.
"""

from __future__ import annotations

import uuid

from django.db import models

from apps.accounts.models import Clinic, Discipline, User
from apps.episodes.models import Goal, Side
from apps.visits.models import Visit

from .kinds import NoteKind, holds_report
from .phrases import KINDS

WORDS = 8000
"""Characters that one text field holds: several printed pages."""


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "Sent for review"
    SIGNED = "signed", "Signed"
    VOIDED = "voided", "Voided"
    DISCARDED = "discarded", "Discarded"


RECORD = (Status.SIGNED, Status.VOIDED)
"""What is in the ledger: a voided note stays readable, and says that it is void."""

OPEN = (Status.DRAFT, Status.IN_REVIEW)
"""What nobody has signed yet."""

PUT_ASIDE = (Status.VOIDED, Status.DISCARDED)
"""What leaves room for another note of the same visit, discipline and kind."""


class Said(models.TextChoices):
    """An answer that may also be missing."""

    YES = "yes", "Yes"
    NO = "no", "No"


class Supervision(models.TextChoices):
    """Where the therapist was while an assistant treated."""

    IN_ROOM = "in_room", "In the room"
    ON_SITE = "on_site", "On the premises"
    REACHED = "reached", "Reached by phone or video"
    AVAILABLE = "available", "Available, not contacted"


class Note(models.Model):
    """A note of one discipline about one visit: of its treatment, or an evaluation, report or discharge."""

    PATIENT_IDENTIFYING_FIELDS = (
        "visit",
        "subjective",
        "assessment",
        "plan",
        "home_program",
        "caregiver_training",
        "communication",
        "adverse_event",
        "adverse_event_action",
        "answers",
        "discard_reason",
        "sections",
        "goal_reports",
    )
    corrected: tuple[str, ...] = ()
    """What reads as a later correction says; see corrected.py. In memory alone, here and on its rows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="notes")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="notes")
    discipline = models.CharField(max_length=2, choices=Discipline)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=14, choices=NoteKind, default=NoteKind.TREATMENT)
    presentation = models.CharField(
        max_length=30, blank=True, help_text="What was opened for it. See presentations.py; it says nothing."
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    revision = models.PositiveIntegerField(
        default=1, help_text="Counts saves: two windows cannot both be right."
    )
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    discard_reason = models.CharField(max_length=500, blank=True)

    starts_at = models.TimeField("start", null=True, blank=True)
    ends_at = models.TimeField("end", null=True, blank=True)
    total_minutes = models.PositiveSmallIntegerField("total treatment minutes", null=True, blank=True)
    professional_in_room = models.CharField("with the student", max_length=3, choices=Said, blank=True)
    professional_treats_others = models.CharField(
        "treating others meanwhile", max_length=3, choices=Said, blank=True
    )
    supervision = models.CharField(
        "supervision of the assistant", max_length=9, choices=Supervision, blank=True
    )

    subjective = models.TextField(blank=True, max_length=WORDS)
    systolic_before = models.PositiveSmallIntegerField("systolic before", null=True, blank=True)
    diastolic_before = models.PositiveSmallIntegerField("diastolic before", null=True, blank=True)
    pulse_before = models.PositiveSmallIntegerField("heart rate before", null=True, blank=True)
    oxygen_before = models.PositiveSmallIntegerField("oxygen saturation before", null=True, blank=True)
    systolic_after = models.PositiveSmallIntegerField("systolic after", null=True, blank=True)
    diastolic_after = models.PositiveSmallIntegerField("diastolic after", null=True, blank=True)
    pulse_after = models.PositiveSmallIntegerField("heart rate after", null=True, blank=True)
    oxygen_after = models.PositiveSmallIntegerField("oxygen saturation after", null=True, blank=True)
    assessment = models.TextField(blank=True, max_length=WORDS)
    plan = models.TextField(blank=True, max_length=WORDS)
    home_program = models.TextField(blank=True, max_length=WORDS)
    caregiver_training = models.TextField(blank=True, max_length=WORDS)
    communication = models.TextField(blank=True, max_length=WORDS)
    adverse_event = models.TextField(blank=True, max_length=WORDS)
    adverse_event_action = models.TextField("what was done", blank=True, max_length=WORDS)

    sections = models.JSONField(default=dict, blank=True, help_text="Prompt key of kinds.py → words.")
    goal_reports = models.JSONField(default=dict, blank=True, help_text="Goal id → status and words.")
    unit_choice = models.JSONField(default=list, blank=True, help_text="Codes that got a tied unit.")
    method_choice = models.CharField(
        max_length=3, blank=True, help_text="cms or ama, where the payer's is unknown."
    )
    answers = models.JSONField(default=dict, blank=True, help_text="Finding key → value and reason.")
    holds_billing = models.BooleanField(default=False)

    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    awaits_cosignature = models.BooleanField(
        default=False, help_text="Asked for by the clinic's policy when it was signed, and not given yet."
    )

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "discipline", "kind"],
                condition=~models.Q(status__in=PUT_ASIDE),
                name="one_note_per_visit_discipline_and_kind",
            )
        ]
        indexes = [
            models.Index(fields=["author", "status"], name="open_notes_of_an_author"),
            models.Index(fields=["clinic", "status"], name="notes_of_a_clinic"),
            # Of all notes, the few that wait for somebody: indexes that do not grow with the record.
            models.Index(fields=["clinic"], condition=models.Q(signed_at=None), name="unsigned_of_a_clinic"),
            models.Index(
                fields=["clinic", "status"], condition=models.Q(status="in_review"), name="sent_for_review"
            ),
            models.Index(
                fields=["clinic", "status"],
                condition=models.Q(status="signed", awaits_cosignature=True),
                name="waiting_for_a_cosignature",
            ),
            # And the newest of the others, one after another.
            models.Index(
                fields=["clinic", "-signed_at"],
                condition=models.Q(signed_at__isnull=False),
                name="signed_lately_in_a_clinic",
            ),
        ]

    def __str__(self) -> str:
        return f"note {self.pk}"

    @property
    def is_draft(self) -> bool:
        return self.status == Status.DRAFT

    @property
    def has_report(self) -> bool:
        """Is there a progress report in it, or is it one?"""
        return holds_report(self.kind, self.sections, self.goal_reports)

    @property
    def is_signed(self) -> bool:
        return self.status == Status.SIGNED

    @property
    def is_in_review(self) -> bool:
        return self.status == Status.IN_REVIEW

    @property
    def was_returned(self) -> bool:
        """Did the last review end with the note returned to its author?"""
        sent = next(iter(self.review_requests.all()), None)
        return self.is_draft and sent is not None and sent.outcome == ReviewRequest.Outcome.RETURNED

    @property
    def is_record(self) -> bool:
        """Is it in the ledger, void or not?"""
        return self.status in RECORD


class Block(models.Model):
    """One intervention: a code, its minutes, and what happened in them. Minutes are whole minutes."""

    PATIENT_IDENTIFYING_FIELDS = (
        "note",
        "deficit",
        "limits",
        "activity",
        "challenge",
        "dosage",
        "cues",
        "response",
        "progression",
        "distinct",
        "purpose",
        "description",
        "inherited",
    )
    corrected: tuple[str, ...] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="blocks")
    position = models.PositiveSmallIntegerField(default=0)
    is_removed = models.BooleanField(
        default=False, help_text="Taken out of the draft; can be put back until signing."
    )
    code = models.CharField(max_length=5)
    minutes_therapist = models.PositiveSmallIntegerField("therapist", null=True, blank=True)
    minutes_assistant = models.PositiveSmallIntegerField("assistant", null=True, blank=True)
    minutes_together = models.PositiveSmallIntegerField("together", null=True, blank=True)
    one_on_one = models.BooleanField("one-on-one", default=True)
    starts_at = models.TimeField("start", null=True, blank=True)
    ends_at = models.TimeField("end", null=True, blank=True)
    timer = models.CharField(max_length=800, blank=True, help_text="Stretches of time. See timer.py.")
    modifiers = models.CharField(max_length=20, blank=True)
    units_billed = models.PositiveSmallIntegerField("units billed", null=True, blank=True)

    deficit_domains = models.JSONField(default=list, blank=True)
    deficit = models.TextField(blank=True, max_length=WORDS)
    limits = models.TextField("what it limits", blank=True, max_length=WORDS)
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    activity = models.TextField(blank=True, max_length=WORDS)
    position_used = models.CharField("position", blank=True, max_length=300)
    surface = models.CharField(blank=True, max_length=300)
    environment = models.CharField(blank=True, max_length=300)
    challenge = models.CharField(blank=True, max_length=300)
    dosage = models.CharField(blank=True, max_length=300)
    cues = models.JSONField(
        default=list, blank=True, help_text="kind, action, error, effect, seen of each cue."
    )
    assistance_before = models.CharField("before", blank=True, max_length=20)
    assistance_after = models.CharField("after", blank=True, max_length=20)
    response = models.TextField(blank=True, max_length=WORDS)
    progression = models.TextField("progression or regression", blank=True, max_length=WORDS)
    distinct = models.TextField("why distinct from the other codes", blank=True, max_length=WORDS)

    purpose = models.TextField(blank=True, max_length=WORDS)
    description = models.TextField("what was done", blank=True, max_length=WORDS)

    inherited = models.JSONField(
        default=dict, blank=True, help_text="Field → the signed entry its words came from. See carry.py."
    )

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"block {self.pk}"


class MeasureTaken(models.Model):
    """A measure taken at the visit, or a free structured observation."""

    PATIENT_IDENTIFYING_FIELDS = ("note", "value", "side", "condition", "name", "words")
    corrected: tuple[str, ...] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="measures")
    position = models.PositiveSmallIntegerField(default=0)
    is_removed = models.BooleanField(default=False)
    key = models.CharField(max_length=30)
    value = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    side = models.CharField(max_length=5, choices=Side, blank=True)
    condition = models.CharField(max_length=100, blank=True, help_text="Such as eyes closed.")
    name = models.CharField("what was observed", max_length=200, blank=True)
    words = models.CharField("finding or condition", max_length=1000, blank=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"measure {self.key}"

    @property
    def series(self) -> tuple[str, str, str]:
        """What its value can be compared with: the same measure, side and condition."""
        return self.key, self.side, " ".join(self.condition.casefold().split())

    @property
    def place(self) -> str:
        """The side and condition in words, or ""."""
        return ", ".join(filter(None, (self.get_side_display().lower(), self.condition.strip())))


class DraftSave(models.Model):
    """A save that was acknowledged, so that the same one sent again gets the same answer."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="saves")
    operation = models.CharField(max_length=40)
    revision = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["note", "operation"], name="an_operation_saves_a_note_once")
        ]

    def __str__(self) -> str:
        return f"save {self.operation}"


class DraftOpen(models.Model):
    """That a person has a draft open, by their page's last word; see presence.py."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="opened_by")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["note", "user"], name="a_person_has_a_draft_open_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} has {self.note_id} open"


class ClinicSeverity(models.Model):
    """What a clinic chose a rule to do, where that is not what the rule does by itself. See policy.py."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="severities")
    code = models.CharField(max_length=10, help_text="The rule's, such as NMR104.")
    severity = models.CharField(max_length=10)
    reason = models.CharField(max_length=300)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "code"], name="a_clinic_has_one_severity_per_rule")
        ]

    def __str__(self) -> str:
        return f"{self.code} is {self.severity}"


class SavedPhrase(models.Model):
    """A frame with blanks that a person, or a clinic for everybody, keeps. See saved_phrases.py."""

    # A name may have been typed into it, whatever the page says.
    PATIENT_IDENTIFYING_FIELDS = ("words",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="phrases")
    owner = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="phrases",
        help_text="Whose list it is in; nobody's own means everybody's in the clinic.",
    )
    kind = models.CharField(max_length=10, choices=tuple(KINDS.items()))
    words = models.CharField(max_length=300)
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True, help_text="Offered no more since.")

    class Meta:
        ordering = ["-saved_at"]
        indexes = [models.Index(fields=["clinic", "owner"], name="phrases_of_a_list")]

    def __str__(self) -> str:
        return f"{self.kind} phrase {self.pk}"


class RecordPolicy(models.Model):
    """What a clinic asks of its record from a day on: one edition of its policy. See record_policy.py."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="record_policies")
    applies_from = models.DateField("applies to dates of service from")
    cosigns_assistants = models.BooleanField("assistants' notes are cosigned", default=False)
    late_after_hours = models.PositiveSmallIntegerField("hours after the day of service")
    source = models.CharField(max_length=300, help_text="The regulation or the clinic's own policy.")
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["-applies_from", "-id"]

    def __str__(self) -> str:
        return f"policy from {self.applies_from}"


class ReviewRequest(models.Model):
    """One time that a draft was sent for review, and what became of it. Rows are kept with the history."""

    PATIENT_IDENTIFYING_FIELDS = ("note", "words", "answer")

    class Outcome(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RETURNED = "returned", "Returned"
        TAKEN_BACK = "taken_back", "Taken back"
        SIGNED = "signed", "Signed"

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="review_requests")
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    revision = models.PositiveIntegerField(help_text="Of the draft, when it was sent.")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    words = models.TextField("what to look at", blank=True, max_length=2000)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.WAITING)
    answer = models.TextField(blank=True, max_length=2000)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-sent_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["note"], condition=models.Q(outcome="waiting"), name="a_note_waits_for_one_review"
            )
        ]
        indexes = [
            models.Index(
                fields=["answered_at"], condition=models.Q(outcome="returned"), name="returned_for_more_words"
            )
        ]

    def __str__(self) -> str:
        return f"review of {self.note_id}"


class Thread(models.Model):
    """Comments about one place of a note: a field's path, a finding's key, or "" for the whole.

    Kept with the note's history. No payload and no print holds them.
    """

    PATIENT_IDENTIFYING_FIELDS = ("note", "quoted")

    class Anchor(models.TextChoices):
        NOTE = "note", "The note"
        FIELD = "field", "A field"
        FINDING = "finding", "A finding"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="threads")
    anchor = models.CharField(max_length=7, choices=Anchor, default=Anchor.NOTE)
    place = models.CharField(max_length=120, blank=True, help_text="The field's path or the finding's key.")
    label = models.CharField(max_length=200, blank=True)
    quoted = models.TextField(blank=True, max_length=WORDS, help_text="What stood there at the time.")
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    resolved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["opened_at", "id"]
        indexes = [models.Index(fields=["resolved_at"], name="threads_open_and_resolved")]

    def __str__(self) -> str:
        return f"thread {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None


class Comment(models.Model):
    """One turn of a thread. Never changed."""

    PATIENT_IDENTIFYING_FIELDS = ("thread", "words")

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="comments")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    words = models.TextField(max_length=2000)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"comment {self.pk}"
