"""Every chart of a copy says to whom it was given: once, however often the file is taken."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.audit import clock
from apps.patients import disclosures
from apps.patients.models import Patient

from .models import ChartCopy


def words_of(copy: ChartCopy) -> str:
    drafts = " with unsigned drafts" if copy.has_drafts else ""
    return f"The whole chart{drafts} (copy {copy.pk.hex[:6]})"


def record(*, copy: ChartCopy, patients: Iterable[Any], by: User) -> int:
    """A line in each chart's accounting of disclosures; how many were added. Begun again, it goes on."""
    words, count = words_of(copy), 0
    for id in patients:
        with transaction.atomic():
            patient = Patient.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=id)
            if patient.disclosures.filter(words=words).exists():
                continue
            disclosures.record(
                patient=patient,
                made_on=clock.today(patient.clinic.time_zone),
                recipient=copy.reviewer,
                words=words,
                purpose=copy.purpose,
                by=by,
            )
            count += 1
    ChartCopy.objects.filter(pk=copy.pk, disclosed_at=None).update(disclosed_at=clock.now())
    return count
