"""Who did what and who saw what: rows that only ever get added.

Plain values instead of foreign keys: an event outlives what it tells of.
"""

from django.db import models


class Deployment(models.Model):
    """One row about this database. A demo database may set the clock and never holds a real patient."""

    PATIENT_IDENTIFYING_FIELDS: tuple[str, ...] = ()

    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_row_about_this_database")]

    def __str__(self) -> str:
        return "demo database" if self.is_demo else "clinic database"

    @classmethod
    def is_demo_database(cls) -> bool:
        return cls.objects.filter(id=1, is_demo=True).exists()


class Event(models.Model):
    """Something that somebody did or saw. `details` never holds clinical or identifying text."""

    PATIENT_IDENTIFYING_FIELDS = ("patient",)

    at = models.DateTimeField(db_index=True)
    verb = models.CharField(max_length=40)
    actor = models.CharField(max_length=40, blank=True, help_text="The user's id; empty before sign-in.")
    actor_name = models.CharField(max_length=200, blank=True)
    clinic = models.CharField(max_length=40, blank=True, db_index=True)
    patient = models.CharField(max_length=40, blank=True, db_index=True)
    target_type = models.CharField(max_length=40, blank=True)
    target = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=20, default="done")
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.verb} by {self.actor_name or 'nobody'}"
