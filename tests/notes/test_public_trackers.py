"""What went wrong with signed records elsewhere, by its public number, tried here.

shared/trust.md §1 lists them. Those about reading are in tests/test_access.py; here is what concerns signing.
"""

import datetime as dt
import json
import uuid

import pytest
from django.urls import reverse

from apps.audit import clock
from apps.audit.refused import Refused
from apps.demo.world import PASSPHRASE
from apps.ledger import chain
from apps.ledger.models import LedgerEntry
from apps.ledger.verify import Verdict, verify
from apps.notes import actions, amendments
from apps.notes.document import signed_document
from apps.notes.forms import DraftValues
from apps.notes.models import Block, MeasureTaken, Note
from tests.ledger import forging

from .test_amendments import again, last_hash


@pytest.fixture
def signed(clinic):
    return clinic.note_signed_by(clinic.tess)


def found(clinic, levels=(1, 2, 3)):
    report = verify(clinic=str(clinic.riverside.pk), levels=levels)
    return report.verdict, " ".join(one.words for one in report.all_findings)


def test_openemr_11492_nothing_can_be_added_to_a_signed_note(clinic, signed, client):
    """There, forms could be added to an encounter that was signed."""
    rows = Block.objects.filter(note=signed).count(), MeasureTaken.objects.filter(note=signed).count()
    block = {"id": uuid.uuid4(), "code": "97110", "minutes_therapist": 15}
    with pytest.raises(Refused, match="Signed words never change"):
        actions.save_draft(
            note=again(signed),
            by=clinic.tess,
            revision=signed.revision,
            operation=str(uuid.uuid4()),
            values=DraftValues(note={"plan": "More"}, blocks=[block]),
        )
    client.force_login(clinic.tess)
    sent = {"revision": signed.revision, "blocks": str(block["id"]), f"block-{block['id']}-code": "97110"}
    assert client.post(reverse("note", args=[signed.pk]), sent).status_code in (404, 409, 422, 302)
    assert client.post(reverse("note-answer", args=[signed.pk]), {"codes": "97110"}).status_code != 500
    assert rows == (
        Block.objects.filter(note=signed).count(),
        MeasureTaken.objects.filter(note=signed).count(),
    )
    assert found(clinic) == (Verdict.INTACT, "")


def test_openemr_12118_a_deleted_entry_is_missed(clinic, signed):
    """There, a checksum in each row could not tell that a row was gone."""
    forging.without_triggers()
    entry = LedgerEntry.objects.get(document=signed.pk)
    clinic.note_signed_by(clinic.sam)
    LedgerEntry.objects.filter(pk=entry.pk).delete()
    assert f"Entry {entry.seq} is missing" in found(clinic)[1]


def test_openemr_5532_an_untouched_record_raises_no_alarm_that_somebody_would_learn_to_ignore(clinic, signed):
    amendments.addend(document=again(signed), by=clinic.tess, words="More.", reason="Left out.")
    assert found(clinic) == (Verdict.INTACT, "")


def test_cve_2026_25744_an_id_in_the_body_reaches_no_other_note(clinic, signed, client):
    """There, the id of a form in the body overwrote another patient's vitals."""
    own = clinic.draft_by(clinic.sam)
    row = Block.objects.filter(note=signed).first()
    kept = Block.objects.filter(pk=row.pk).values().get()
    values = {"id": row.pk, "code": row.code, "response": "Overwritten"}
    with pytest.raises(Refused, match="another note"):
        actions.save_draft(
            note=again(own),
            by=clinic.sam,
            revision=own.revision,
            operation=str(uuid.uuid4()),
            values=DraftValues(note={}, blocks=[values]),
        )
    assert Block.objects.filter(pk=row.pk).values().get() == kept


@pytest.mark.parametrize("name", ["cosign", "addend", "enter-late", "correct", "void"])
def test_cve_2026_27943_and_2021_40375_a_note_out_of_reach_is_as_if_there_were_none(
    clinic, signed, client, name
):
    """There, a form was read by a bare id; and a page that said "forbidden" still held the chart."""
    client.force_login(clinic.una)
    sent = {"seen": last_hash(signed), "password": PASSPHRASE, "words": "x", "reason": "x", "knows": "x"}
    nobody = uuid.uuid4()
    for method in (client.get, client.post):
        real, none = (method(reverse(name, args=[pk]), sent) for pk in (signed.pk, nobody))
        assert real.status_code == none.status_code == 404
        assert signed_document(signed.pk).patient_name not in real.content.decode()
    assert LedgerEntry.objects.filter(document=signed.pk).count() == 1


def test_a_signer_in_the_body_is_not_read(clinic, client):
    """Forged signer ids (trust.md §1): the signer is whoever is signed in."""
    note = clinic.draft_by(clinic.tess)
    client.force_login(clinic.sam)
    sent = {"signer": str(clinic.tess.pk), "user": str(clinic.tess.pk), "password": PASSPHRASE, "sign": "1"}
    client.post(reverse("note-sign", args=[note.pk]), sent)
    assert Note.objects.get(pk=note.pk).is_draft


def test_containarium_what_is_hashed_is_what_is_stored_to_the_second(clinic, signed):
    """There, nanoseconds were hashed and microseconds stored, and no entry ever verified."""
    entry = LedgerEntry.objects.get(document=signed.pk)
    assert dt.datetime.fromisoformat(entry.recorded_at.replace("Z", "+00:00")).microsecond == 0
    assert chain.read(entry)["signature"]["signed_at"] == entry.recorded_at
    assert chain.is_intact(entry)


def test_temple_stuart_499_the_stored_text_is_never_parsed_and_written_again(clinic, signed):
    """There, the database reordered JSON, and 12,687 of 12,692 rows no longer verified."""
    entry = LedgerEntry.objects.get(document=signed.pk)
    assert entry.payload == chain.canonical(json.loads(entry.payload)).decode()
    assert LedgerEntry._meta.get_field("payload").get_internal_type() == "TextField"


def test_a_clock_that_went_back_signs_nothing(clinic, signed, monkeypatch):
    """A pitfall of trust.md §3: an entry dated before the words that precede it."""
    note = clinic.draft_by(clinic.sam)
    earlier = clock.now() - dt.timedelta(minutes=5)
    monkeypatch.setattr(clock, "now", lambda: earlier)
    with pytest.raises(Refused, match="clock stands before"):
        amendments.addend(document=again(signed), by=clinic.tess, words="More.", reason="Left out.")
    assert Note.objects.get(pk=note.pk).is_draft
