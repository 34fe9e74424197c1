"""The deployment's signature, and what others' programs say of a note that has it. One long note for all."""

import subprocess

import pikepdf
import pytest
from django.test import override_settings

from apps.exports import certificate, pdf, presses, store
from apps.exports.models import StoredPdf
from apps.ledger import chain
from apps.notes.document import document_of

from . import certificates, sample
from .test_fhir import entry


def ask(*command, file):
    return subprocess.run([*command, str(file)], capture_output=True, text=True)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A long note as it is stored without a certificate and with one: paths, and the certificate."""
    folder = tmp_path_factory.mktemp("signed")
    signed = entry(sample.long())
    page = pdf.page_of(document_of(chain.read(signed), signed))
    data = presses.print_page(page, files=pdf.files_of([signed]), has_signature_field=True)
    (folder / "plain.pdf").write_bytes(data)
    with override_settings():
        from django.conf import settings

        by = certificates.use(settings, folder)
        (folder / "signed.pdf").write_bytes(certificate.signed(data, by))
    return folder / "plain.pdf", folder / "signed.pdf", by


@pytest.mark.sqlite
@pytest.mark.pdf
def test_a_signature_is_an_increment_that_leaves_every_byte_before_it(files):
    plain, signed, _ = files
    assert signed.read_bytes().startswith(plain.read_bytes())
    assert "form field is not signed" in ask("pdfsig", file=plain).stdout


@pytest.mark.sqlite
@pytest.mark.pdf
def test_pdfsig_finds_it_valid_and_covering_the_whole_file(files):
    said = ask("pdfsig", file=files[1]).stdout
    assert "Signature is Valid" in said and "Total document signed" in said
    assert "ETSI.CAdES.detached" in said and certificate.DEMO_NAME in said


@pytest.mark.sqlite
@pytest.mark.pdf
def test_a_changed_byte_is_found(files, tmp_path):
    data = bytearray(files[1].read_bytes())
    place = data.index(b"stream") + 40
    data[place] ^= 1
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(data)
    assert "Signature is Valid" not in ask("pdfsig", file=changed).stdout


@pytest.mark.sqlite
@pytest.mark.pdf
@pytest.mark.parametrize("standard", ["3a", "ua1"])
@pytest.mark.parametrize("which", [0, 1], ids=["plain", "signed"])
def test_it_stays_an_archive_and_accessible(files, standard, which):
    import page

    verdict = str(page.validate_pdf(str(files[which]), profile=standard))
    assert ", 0 failed," in verdict, verdict


@pytest.mark.sqlite
@pytest.mark.pdf
@pytest.mark.parametrize("which", [0, 1], ids=["plain", "signed"])
def test_qpdf_pikepdf_and_poppler_open_it_without_a_complaint(files, which):
    checked = ask("qpdf", "--check", file=files[which])
    assert checked.returncode == 0, checked.stdout + checked.stderr
    with pikepdf.open(files[which]) as opened:
        assert not opened.check_pdf_syntax()
        assert set(opened.attachments) == {"entry-2841.json", "ledger.json", "fhir.json"}
        exact = opened.attachments["entry-2841.json"].get_file().read_bytes()
        assert exact == chain.canonical(sample.long())
    fonts = ask("pdffonts", file=files[which]).stdout.splitlines()[2:]
    assert fonts and all(row.split()[-5:-2] == ["yes", "yes", "yes"] for row in fonts)
    listed = ask("pdfdetach", "-list", file=files[which])
    assert listed.stdout.startswith("3 embedded files")


# --- In the store ---------------------------------------------------------------------------------------


@pytest.fixture
def kept(settings, tmp_path, files, monkeypatch, db):
    """A note in the store of a deployment with a certificate; its layout is the file above."""
    settings.DOCUMENTS_ROOT = tmp_path
    by = certificates.use(settings, tmp_path)
    monkeypatch.setattr(pdf, "signed_pdf", lambda entries, paper: files[0].read_bytes())
    made = chain.append(
        clinic=entry({}).clinic, kind="sign", document=sample.NOTE, document_type="note", payload={}
    )
    return made.document, by


@pytest.mark.pdf
def test_a_file_is_signed_once_and_names_its_certificate(kept):
    document, by = kept
    stored = store.stored_pdf(document)
    assert stored.certificate == by.fingerprint
    assert store.stored_pdf(document) == stored and StoredPdf.objects.count() == 1
    data = store.read(stored)
    assert data.endswith(bytes(stored.increment)) and stored.size == len(data)


@pytest.mark.pdf
def test_a_lost_file_comes_back_with_the_signature_that_it_had(kept):
    document, _ = kept
    stored = store.stored_pdf(document)
    data = store.read(stored)
    store.path_of(stored).unlink()
    assert store.read(store.stored_pdf(document)) == data


def test_a_certificate_that_cannot_be_used_is_said_and_nothing_is_stored_without_it(settings, tmp_path, db):
    from apps.exports.apps import can_sign_pdfs

    certificates.use(settings, tmp_path)
    assert can_sign_pdfs(None) == []
    settings.PDF_CERTIFICATE_PASSPHRASE = "not this one"
    (tmp_path / "demo-certificate.p12").write_bytes(b"no certificate")
    made = chain.append(
        clinic=entry({}).clinic, kind="sign", document=sample.NOTE, document_type="note", payload={}
    )
    with pytest.raises(pdf.Unavailable, match="passphrase"):
        store.stored_pdf(made.document)
    (problem,) = can_sign_pdfs(None)
    assert problem.id == "exports.E001" and "not this one" not in str(problem)
    settings.PDF_CERTIFICATE_FILE = str(tmp_path / "nowhere.p12")
    with pytest.raises(certificate.Unusable, match="cannot be read"):
        certificate.configured()
