"""The paper on which a clinic's documents are laid out. A packet is on US Letter: its readers are."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.accounts.models import Clinic, Paper, User
from apps.audit import events, verbs


def paper_of(clinic: UUID) -> str:
    return Clinic.objects.values_list("paper", flat=True).get(pk=clinic)


@transaction.atomic
def set_paper(*, clinic: Clinic, paper: str, by: User) -> Clinic:
    """From now on. Files that are stored already stay as they are."""
    clinic = Clinic.objects.select_for_update().get(pk=clinic.pk)
    was, clinic.paper = clinic.paper, Paper(paper)
    clinic.save(update_fields=["paper"])
    events.record(verbs.PAPER_SET, by=by, clinic=clinic, target=clinic, was=was, now=clinic.paper)
    return clinic
