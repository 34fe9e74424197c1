"""Asking for whole charts: one patient's for a records request, or all of a clinic that leaves."""

from __future__ import annotations

from django.db import transaction

from apps.accounts.models import Clinic, User
from apps.audit import clock, events, verbs
from apps.audit.refused import Refused
from apps.patients import disclosures, merging
from apps.patients.models import Patient

from . import making
from .models import Build, ChartCopy


@transaction.atomic
def ask(
    *,
    clinic: Clinic,
    patient: Patient | None = None,
    reviewer: str,
    purpose: str,
    has_drafts: bool,
    by: User,
) -> Build:
    """Have the chart of `patient` made into one file, or without one every chart of the clinic.

    Raises Refused while another copy is being made, and in a practice.
    """
    disclosures.check_is_somebodys(clinic)
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    if patient:
        merging.check_goes_on_here(patient)
    open_builds = Build.objects.filter(copy__clinic=clinic, copy__patient=patient, status__in=making.OPEN)
    if open_builds.exists():
        raise Refused("A copy is being made already. Cancel that first, to make another.")
    copy = ChartCopy.objects.create(
        clinic=clinic,
        patient=patient,
        reviewer=reviewer.strip(),
        purpose=purpose.strip(),
        has_drafts=has_drafts,
        asked_by=by,
        asked_at=clock.now(),
    )
    events.record(
        verbs.CHARTS_ASKED_FOR, by=by, clinic=clinic, patient=patient, target=copy, drafts=has_drafts
    )
    return making.ask(of=copy, by=by)
