"""Finding a patient by a part of the name, by MRN or by date of birth."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from apps.accounts.fields import day_from, plain

MOST_WORDS = 6


def find(patients: QuerySet, words: str) -> QuerySet:
    """Those of `patients` in whom every word is found; a word that is a date asks for the date of birth."""
    parts = plain(words[:200].replace("\x00", "")).replace(",", " ").split()[:MOST_WORDS]
    for part in parts:
        born_on = day_from(part, is_past=True)
        wanted = Q(family_name__icontains=part) | Q(given_name__icontains=part) | Q(mrn__istartswith=part)
        patients = patients.filter(wanted | Q(born_on=born_on) if born_on else wanted)
    return patients if parts else patients.none()
