"""Stored PDFs: made once after each entry, kept under their own hash, and whole or not handed out."""

import hashlib
import threading
import uuid

import pytest
from django.db import connection

from apps.exports import pdf, presses, store
from apps.exports.models import StoredPdf
from apps.ledger import chain
from apps.notes.document import signed_entry

from . import sample

CLINIC = uuid.UUID("00000000-0000-4000-8000-000000000001")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DOCUMENTS_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def renders(monkeypatch):
    """How often something was laid out; the layout itself is told in a few bytes."""
    made = []

    def render(entries, *, paper="letter"):
        made.append(entries[-1].seq)
        return f"%PDF- {paper} {[entry.hash for entry in entries]}".encode()

    monkeypatch.setattr(pdf, "signed_pdf", render)
    return made


def append(document, kind="sign"):
    return chain.append(
        clinic=CLINIC, kind=kind, document=document, document_type="note", payload=sample.short()
    )


@pytest.fixture
def document(db):
    document = uuid.uuid4()
    append(document)
    return document


def files(folder):
    return sorted(path for path in folder.rglob("*.pdf"))


@pytest.mark.pdf
def test_the_stored_file_is_named_by_its_hash_and_is_the_note(document, folder):
    stored = store.stored_pdf(document)
    data = store.read(stored)
    assert data.startswith(b"%PDF-")
    assert stored.sha256 == hashlib.sha256(data).hexdigest()
    assert files(folder) == [folder / stored.sha256[:2] / f"{stored.sha256}.pdf"] == [store.path_of(stored)]
    assert (stored.size, stored.entry_seq, stored.template) == (len(data), 1, pdf.TEMPLATE)


def test_a_document_is_laid_out_once_however_often_it_is_opened(document, renders):
    first = store.stored_pdf(document)
    for _ in range(3):
        assert store.stored_pdf(document) == first
        assert store.read(first)
    assert renders == [1]


def test_each_entry_adds_a_file_and_the_older_ones_stay(document, renders, folder):
    first = store.stored_pdf(document)
    for number, kind in enumerate(("cosign", "addendum", "correction", "void"), start=2):
        append(document, kind)
        later = store.stored_pdf(document)
        assert later.entry_seq == number and later.sha256 != first.sha256
    assert len(files(folder)) == StoredPdf.objects.count() == 5
    assert store.stored_pdf(document, upto=1) == first
    assert renders == [1, 2, 3, 4, 5]


def test_another_template_or_paper_is_another_file(document, renders, monkeypatch):
    first = store.stored_pdf(document)
    assert store.stored_pdf(document, paper="a4") != first
    monkeypatch.setattr(pdf, "TEMPLATE", "later")
    assert store.stored_pdf(document) != first
    assert renders == [1, 1, 1]


def test_a_file_that_is_gone_is_made_again_with_the_same_bytes(document, renders):
    stored = store.stored_pdf(document)
    store.path_of(stored).unlink()
    assert store.stored_pdf(document) == stored
    assert store.read(stored)
    assert renders == [1, 1]


def test_a_changed_file_is_never_handed_out(document, renders):
    stored = store.stored_pdf(document)
    store.path_of(stored).write_bytes(b"%PDF- something else")
    with pytest.raises(store.Lost):
        store.read(stored)
    assert store.read(store.stored_pdf(document)) != b"%PDF- something else"


def test_other_bytes_are_not_put_in_the_place_of_a_lost_file(document, renders, monkeypatch):
    stored = store.stored_pdf(document)
    store.path_of(stored).unlink()
    monkeypatch.setattr(pdf, "signed_pdf", lambda entries, paper: b"%PDF- made by another version")
    with pytest.raises(store.Lost):
        store.stored_pdf(document)
    assert not store.path_of(stored).exists()


def test_what_was_never_signed_has_no_stored_pdf(document, renders):
    with pytest.raises(store.NothingSigned):
        store.stored_pdf(uuid.uuid4())
    with pytest.raises(store.NothingSigned):
        store.stored_pdf(document, upto=0)


def test_whoever_comes_second_waits_and_does_not_make_it_again(document, renders):
    entry = store.entries_of(document)[-1]
    with store._alone(entry.hash):
        waited = threading.Event()

        def second():
            with store._alone(entry.hash):
                waited.set()

        thread = threading.Thread(target=second)
        thread.start()
        assert not waited.wait(0.2)
    thread.join(5)
    assert waited.is_set()


def test_waiting_ends_with_busy(document, renders, monkeypatch):
    monkeypatch.setattr(presses, "PATIENCE", 0.01)
    entry = store.entries_of(document)[-1]
    with store._alone(entry.hash), pytest.raises(pdf.Busy):
        store.stored_pdf(document)


def test_no_transaction_is_open_while_a_page_is_laid_out(document, monkeypatch):
    # The test's own transaction is the only one.
    depth = len(connection.savepoint_ids)
    seen = []

    def render(entries, *, paper):
        seen.append(len(connection.savepoint_ids))
        return b"%PDF-"

    monkeypatch.setattr(pdf, "signed_pdf", render)
    store.stored_pdf(document)
    assert seen == [depth]


def test_opening_a_stored_pdf_asks_the_database_twice(document, renders, django_assert_num_queries):
    store.stored_pdf(document)
    with django_assert_num_queries(2):
        store.read(store.stored_pdf(document))


def test_signing_has_the_worker_make_the_pdf(
    clinic, renders, settings, monkeypatch, django_capture_on_commit_callbacks
):
    settings.RENDER_WHEN_SIGNED = True
    monkeypatch.setattr(pdf, "is_available", lambda: (True, ""))
    with django_capture_on_commit_callbacks(execute=True):
        note = clinic.note_signed_by(clinic.tess)
    entry = signed_entry(note)
    assert renders == [entry.seq]
    assert StoredPdf.objects.get().entry_hash == entry.hash


def test_a_pdf_that_cannot_be_made_does_not_undo_a_signature(
    clinic, settings, monkeypatch, django_capture_on_commit_callbacks
):
    settings.RENDER_WHEN_SIGNED = True

    def breaks(*arguments, **named):
        raise OSError

    monkeypatch.setattr(store, "stored_pdf", breaks)
    monkeypatch.setattr(pdf, "is_available", lambda: (True, ""))
    with django_capture_on_commit_callbacks(execute=True):
        note = clinic.note_signed_by(clinic.tess)
    note.refresh_from_db()
    assert note.status == "signed" and signed_entry(note)
    assert not StoredPdf.objects.exists()
