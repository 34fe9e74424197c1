"""What notes were signed with, from their ledger entries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import JSONField, QuerySet
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast

from apps.ledger.models import Kind, LedgerEntry


def findings_of(notes: QuerySet[Any] | Iterable[Any]) -> QuerySet[Any, Any]:
    """The findings of each signed note, by its id. Only that part of an entry leaves the database."""
    entries = LedgerEntry.objects.filter(document__in=notes, kind=Kind.SIGN).exclude(payload="")
    review = KeyTransform("review", Cast("payload", JSONField()))
    return entries.order_by("seq").values_list("document", KeyTransform("findings", review))
