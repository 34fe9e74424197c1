"""Uploaded documents: what is taken, how it is kept, who sees it, and how it is handed out."""

import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.audit.models import Event
from apps.audit.refused import Refused
from apps.episodes import actions as episodes
from apps.patients import documents, uploads
from apps.patients.models import Document
from tests.accounts.small_clinic import add_visit

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 32
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 32


def packed(words):
    data = zlib.compress(words)
    return (
        b"%PDF-1.5\n1 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\n" + data + b"\nendstream endobj\n%%EOF"
    )


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def upload(world, data=PDF, **values):
    values = {"type": "order", "dated_on": world.today, "by": world.tess, "patient": world.grace, **values}
    return documents.upload(file=SimpleUploadedFile("any.name", data), **values)


@pytest.mark.parametrize(
    ("data", "media_type"), [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg")]
)
def test_the_type_comes_from_the_bytes(data, media_type):
    assert uploads.media_type_of(data) == media_type


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"<html><script>alert(1)</script>", "not a PDF, PNG or JPEG"),
        (b"MZ\x90\x00", "not a PDF, PNG or JPEG"),
        (b"PK\x03\x04", "not a PDF, PNG or JPEG"),
        (b"<svg xmlns='x'/>", "not a PDF, PNG or JPEG"),
        (b"\x89PNG\r\n\x1a\n<html>", "not a PDF, PNG or JPEG"),
        (b"junk %PDF-1.4 %%EOF", "not a PDF, PNG or JPEG"),
        (PDF[:-8], "not complete"),
        (PDF.replace(b"/Type", b"/JavaScript(x)/Type"), "JavaScript"),
        (PDF.replace(b"/Type", b"/J#61vaScript(x)/Type"), "JavaScript"),
        (PDF.replace(b"/Type", b"/Launch/Type"), "starts another program"),
        (PDF.replace(b"/Type", b"/EmbeddedFiles/Type"), "another file"),
        (PDF.replace(b"/Type", b"/XFA/Type"), "XFA"),
        (PDF.replace(b"/Root", b"/Encrypt 2 0 R/Root"), "locked"),
        (packed(b"1 0 <</S/JavaScript/JS(app.alert(1))>>"), "JavaScript"),
        (packed(b"1 0 <</S/J#61vaScript>>"), "JavaScript"),
        (
            packed(b"x").replace(b"/FlateDecode", b"/ASCIIHexDecode").replace(b"x\x9c", b"<>"),
            "cannot be checked",
        ),
        (packed(b"x").replace(b"/Filter", b"/DecodeParms<</Predictor 12>>/Filter"), "cannot be checked"),
        (packed(b"\x00" * (uploads.MOST_UNPACKED + 1)), "far more than its size"),
        (PNG + b"\x00" * uploads.MOST_BYTES, "larger than 10 MB"),
    ],
)
def test_what_is_not_wanted_is_refused_and_says_why(data, message):
    with pytest.raises(Refused, match=message):
        uploads.media_type_of(data)


def test_a_packed_pdf_that_only_shows_pages_is_taken():
    assert uploads.media_type_of(packed(b"1 0 <</Type/Page>>")) == uploads.PDF


def test_a_document_is_uploaded_and_kept_under_a_random_name(world, signed_in, media, happened):
    values = {"type": "signed_plan", "dated_on": "2026-09-18", "words": "Back by fax"}
    file = SimpleUploadedFile("Okafor Grace plan.pdf", PDF, content_type="text/html")
    answer = signed_in(world.rita).post(f"/patients/{world.grace.pk}/documents/", {**values, "file": file})
    assert answer.status_code == 302
    document = Document.objects.get()
    assert (document.media_type, document.size) == ("application/pdf", len(PDF))
    kept = [path for path in media.rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in kept] == [PDF]
    assert "Okafor" not in str(kept[0]) and kept[0].suffix == ""
    assert kept[0].stat().st_mode & 0o077 == 0
    assert happened()[0] == "document uploaded"
    assert (
        "Back by fax" in signed_in(world.rita).get(f"/patients/{world.grace.pk}/documents/").content.decode()
    )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"type": "letter"}, "type"),
        ({"dated_on": "2099-01-01"}, "dated_on"),
        ({"dated_on": "1850-01-01"}, "dated_on"),
        ({"words": "x" * 1_000_000}, "words"),
        ({"words": "a\x00b"}, "words"),
        ({"file": SimpleUploadedFile("a.pdf", b"<html>")}, "file"),
        ({"file": SimpleUploadedFile("a.pdf", b"")}, "file"),
        ({"file": "not a file"}, "file"),
    ],
)
def test_a_bad_upload_is_named_at_its_field(world, signed_in, media, values, field):
    if field == "file" and not isinstance(values["file"], str):
        values["file"].seek(0)
    posted = {"type": "order", "dated_on": "2026-09-18", "file": SimpleUploadedFile("a.pdf", PDF), **values}
    answer = signed_in(world.tess).post(f"/patients/{world.grace.pk}/documents/", posted)
    assert answer.status_code == 422 and list(answer.context["form"].errors) == [field]
    assert not Document.objects.exists() and not [path for path in media.rglob("*") if path.is_file()]


def test_a_file_that_is_too_large_is_not_kept_while_it_comes_in(world, signed_in, media):
    big = SimpleUploadedFile("a.png", PNG + b"\x00" * (uploads.MOST_BYTES + 100))
    posted = {"type": "order", "dated_on": "2026-09-18", "words": "Kept", "file": big}
    answer = signed_in(world.tess).post(f"/patients/{world.grace.pk}/documents/", posted)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"file": ["This file is larger than 10 MB."]}
    assert 'value="Kept"' in answer.content.decode()


def test_an_upload_without_the_forms_token_is_refused(world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.tess)
    posted = {"type": "order", "dated_on": "2026-09-18", "file": SimpleUploadedFile("a.pdf", PDF)}
    assert client.post(f"/patients/{world.grace.pk}/documents/", posted).status_code == 403
    assert not Document.objects.exists()


def test_a_document_is_handed_out_as_a_download_that_runs_nothing(world, signed_in, happened):
    document = upload(world)
    answer = signed_in(world.rita).get(f"/documents/{document.pk}/")
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "Okafor" not in answer["Content-Disposition"]
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert happened()[0] == "document opened"


@pytest.mark.parametrize("what", ["changed", "gone"])
def test_a_file_changed_on_disk_is_not_handed_out(world, signed_in, what):
    document = upload(world)
    path = documents.path_of(document)
    path.chmod(0o600)
    if what == "gone":
        path.unlink()
    else:
        path.write_bytes(PDF + b" ")
    answer = signed_in(world.tess).get(f"/documents/{document.pk}/", follow=True)
    assert "not the one that was uploaded" in answer.content.decode()
    assert Event.objects.filter(verb="document opened", outcome="refused").exists()


def test_the_same_file_is_not_kept_twice(world):
    upload(world)
    with pytest.raises(Refused, match="already"):
        upload(world)


def test_what_was_uploaded_by_mistake_is_set_aside_and_stays(world, signed_in):
    document = upload(world)
    client = signed_in(world.rita)
    client.post(f"/documents/{document.pk}/set-aside/", {"reason": ""})
    document.refresh_from_db()
    assert not document.is_set_aside
    client.post(f"/documents/{document.pk}/set-aside/", {"reason": "Another patient's"})
    page = client.get(f"/patients/{world.grace.pk}/documents/").content.decode()
    assert "Set aside" in page and "Another patient&#x27;s" in page
    assert client.get(f"/documents/{document.pk}/").status_code == 200


def test_evidence_of_a_certification_is_not_set_aside(world):
    document = upload(world)
    plan = episodes.add_plan(
        patient=world.grace, discipline="PT", established_on=world.today, weeks=4, by=world.tess
    )
    episodes.record_paper(
        plan=plan, kind="order", dated_on=world.today, signer_name="A", document=document, by=world.tess
    )
    with pytest.raises(Refused, match="evidence"):
        documents.set_aside(document=document, reason="x", by=world.tess)


@pytest.mark.parametrize(
    ("who", "reads", "keeps"),
    [
        ("tess", True, True),
        ("asa", True, True),
        ("sam", True, True),
        ("rita", True, True),
        ("stu", True, False),
        ("ada", False, False),
        ("una", False, False),
    ],
)
def test_documents_belong_to_the_chart(world, signed_in, who, reads, keeps):
    add_visit(world, student=world.stu)
    document = upload(world)
    client = signed_in(getattr(world, who))
    assert client.get(f"/documents/{document.pk}/").status_code == (200 if reads else 404)
    assert client.get(f"/patients/{world.grace.pk}/documents/").status_code == (200 if reads else 404)
    assert client.post(f"/patients/{world.grace.pk}/documents/").status_code == (422 if keeps else 404)
    answer = client.post(f"/documents/{document.pk}/set-aside/", {"reason": ""})
    assert answer.status_code == (302 if keeps else 404)
