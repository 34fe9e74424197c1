"""What the banner above a page about a patient shows."""

from __future__ import annotations

from apps.audit import clock

from .models import Patient


def of(patient: Patient) -> dict:
    """The patient and their age today, as templates/_components/patient_banner.html wants them."""
    return {"patient": patient, "age": patient.age_on(clock.today(patient.clinic.time_zone))}
