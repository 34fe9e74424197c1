"""People, clinics, and the role that a person has in a clinic.

Roles decide what is seen; credentials decide what may be signed. Neither
implies the other: a supervisor's role does not make anybody a PT.
"""

from __future__ import annotations

import uuid
import zoneinfo

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower


class Credential(models.TextChoices):
    PT = "PT", "Physical therapist (PT)"
    OT = "OT", "Occupational therapist (OT)"
    PTA = "PTA", "Physical therapist assistant (PTA)"
    OTA = "OTA", "Occupational therapy assistant (OTA)"
    STUDENT = "STUDENT", "Student"
    DC = "DC", "Chiropractor (DC)"
    MD_NPP = "MD_NPP", "Physician or non-physician practitioner"
    NONE = "", "None"


class Discipline(models.TextChoices):
    PT = "PT", "Physical therapy"
    OT = "OT", "Occupational therapy"


class Role(models.TextChoices):
    THERAPIST = "therapist", "Therapist"
    ASSISTANT = "assistant", "Assistant"
    STUDENT = "student", "Student"
    SUPERVISOR = "supervisor", "Supervisor"
    RECORDS = "records", "Records"
    ADMINISTRATOR = "administrator", "Administrator"


NPI = RegexValidator(r"^[0-9]{10}\Z", "An NPI has ten digits.")
STATE = RegexValidator(r"^[A-Z]{2}\Z", "Two capital letters, such as IL.")


def known_time_zone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError("This is not a time zone. Write one such as America/Chicago.")


class Paper(models.TextChoices):
    LETTER = "letter", "US Letter"
    A4 = "a4", "A4"


class Clinic(models.Model):
    """A practice. Everything that belongs to one is out of reach for the others."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=300)
    phone = models.CharField(max_length=40)
    npi = models.CharField("NPI", max_length=10, blank=True, validators=[NPI])
    time_zone = models.CharField(max_length=60, default="America/Chicago", validators=[known_time_zone])
    paper = models.CharField(max_length=6, choices=Paper, default=Paper.LETTER)
    is_practice = models.BooleanField(
        default=False, help_text="One person’s, to try things in: nothing is ever signed in it."
    )

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str) -> User:
        return self.get(email=(email or "").strip().lower())


class User(AbstractBaseUser):
    """Somebody who signs in by e-mail."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("e-mail", unique=True)
    name = models.CharField(max_length=200)
    credential = models.CharField(max_length=10, choices=Credential, blank=True, default="")
    letters = models.CharField(
        "letters after the name",
        max_length=60,
        blank=True,
        help_text="As they are to print after the name, such as PT, DPT, NCS.",
    )
    discipline = models.CharField(max_length=2, choices=Discipline, blank=True)
    licence_number = models.CharField(max_length=40, blank=True)
    licence_state = models.CharField(max_length=2, blank=True, validators=[STATE])
    licence_expires_on = models.DateField(null=True, blank=True)
    npi = models.CharField("NPI", max_length=10, blank=True, validators=[NPI])
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("email"), name="one_person_per_e_mail_address")]

    def __str__(self) -> str:
        return self.signature_name

    @property
    def signature_name(self) -> str:
        """The name as it signs: with the letters, or the credential where none were entered."""
        letters = self.letters or ("" if self.credential == Credential.MD_NPP else self.credential)
        if letters == Credential.STUDENT:
            letters = "student"
        return f"{self.name}, {letters}" if letters else self.name

    @property
    def is_assistant(self) -> bool:
        """Does this person treat under a therapist's supervision?"""
        return self.credential in (Credential.PTA, Credential.OTA)

    @property
    def writes_reports(self) -> bool:
        """May this person write evaluations, progress reports and discharge notes? Assistants may not.

        Source: CMS Pub. 100-02 ch. 15 §220.3.D.
        """
        return self.credential not in (
            Credential.NONE,
            Credential.PTA,
            Credential.OTA,
            Credential.STUDENT,
        )


class Membership(models.Model):
    """The role of a person in a clinic. It ends; it is not deleted."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=14, choices=Role)
    is_active = models.BooleanField(default=True)
    # Read with the role on every page, so that the number above it costs no query: apps/inbox/count.py.
    inbox_unread = models.PositiveSmallIntegerField(default=0)
    inbox_counted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["clinic__name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "clinic"], name="one_role_per_person_and_clinic")
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.role} at {self.clinic}"


class FailedAttempt(models.Model):
    """A secret that did not fit, for limits.py. Keyed digests only: people type passphrases into any box."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    at = models.DateTimeField(db_index=True)
    account = models.CharField(max_length=64)
    address = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["account", "at"], name="attempts_on_an_account"),
            models.Index(fields=["address", "at"], name="attempts_from_an_address"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"
