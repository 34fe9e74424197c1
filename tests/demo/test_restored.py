"""Tests whose changes are committed, for a live server: the flush after them takes the clinic away."""

import pytest

from apps.ledger.models import LedgerEntry
from apps.notes.models import Note


@pytest.mark.parametrize("time", ["first", "again"])
def test_after_a_flush_the_clinic_is_there_again(transactional_db, clinic, time):
    of_today = Note.objects.filter(visit__served_on=clinic.today)
    assert not of_today.filter(visit__patient=clinic.patients["vestibular"]).exists()
    clinic.note_signed_by(clinic.tess, "vestibular")
    assert LedgerEntry.objects.filter(clinic=clinic.riverside.pk).count() > 20
