"""The demo shows everything that can happen to signed words, each by the action that a page calls."""

import pytest
from django.urls import reverse

from apps.demo import signed_past
from apps.exports.packets import records
from apps.exports.packets.models import Packet
from apps.exports.packets.slots import Gap
from apps.ledger import verify
from apps.ledger.models import Kind, LedgerEntry
from apps.notes.document import signed_document
from apps.notes.models import Note, Status
from apps.patients.models import EmergencyAccess


@pytest.fixture
def past(clinic):
    """All of it on one day, in its order; the demo spreads it over three weeks."""
    for _, _, happens in sorted(signed_past.EXAMPLES, key=lambda one: (-one[0], one[1])):
        happens(clinic)
    return clinic


def test_each_kind_of_later_word_is_there_and_the_record_is_what_was_signed(past, client):
    kinds = set(LedgerEntry.objects.filter(clinic=past.riverside.pk).values_list("kind", flat=True))
    assert kinds == {Kind.SIGN, Kind.COSIGN, Kind.ADDENDUM, Kind.LATE_ENTRY, Kind.CORRECTION, Kind.VOID}
    assert not verify.verify(clinic=str(past.riverside.pk), levels=(1, 2, 3)).all_findings
    awaiting = Note.objects.get(awaits_cosignature=True)
    assert signed_document(awaiting.pk).later.awaits == "PT"
    assert Note.objects.get(status=Status.VOIDED).signed_by == past.tess
    asked_later = signed_past.signed_by(past.tess, "stroke", past)
    assert "after the records request" in signed_document(asked_later.pk).later.amendments[0].after_request
    assert Note.objects.get(status=Status.IN_REVIEW).author == past.jo
    returned = Note.objects.get(review_requests__outcome="returned")
    assert returned.is_draft and returned.threads.get().is_open
    assert EmergencyAccess.objects.get().person == past.priya
    gaps = [gap for packet in Packet.objects.all() for gap in records.of(packet).index.gaps]
    assert {gap.kind for gap in gaps} == set(Gap)
    client.force_login(past.sam)
    page = client.get(reverse("notes-left")).content.decode()
    assert "Nora Vale" in page


def test_the_examples_say_when_they_happen_in_their_own_order():
    days = [(-day, time) for day, time, _ in signed_past.EXAMPLES]
    assert days == sorted(days)
