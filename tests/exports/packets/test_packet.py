"""A packet from the letter to the ZIP: what the pages say, what is in the file, and who is told what."""

import datetime as dt
import io
import json
import subprocess
import sys
import zipfile

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from apps.audit import clock, verbs
from apps.audit.models import Event
from apps.audit.refused import Refused
from apps.demo import signed_past
from apps.demo.world import PASSPHRASE
from apps.exports.packets import actions, attestations, making, pages, records, sheets
from apps.exports.packets.models import AttestationAsked, Build
from apps.ledger import chain
from apps.ledger.models import DocumentType, LedgerEntry
from apps.notes.models import Note
from apps.patients import holds

from .. import certificates
from .conftest import DATES, LETTER


def picture():
    out = io.BytesIO()
    Image.new("RGB", (800, 600), "white").save(out, "PNG")
    return out.getvalue()


def said_by(*command):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True)


def made_of(packet, by, **how):
    made = making.ask(of=packet, by=by, **how)
    assert making.make.call(str(made.pk)) == "done"
    made.refresh_from_db()
    return made, zipfile.ZipFile(making.path_of(made))


# --- The file ---------------------------------------------------------------------------------------------


@pytest.mark.pdf
def test_the_packet_is_one_checkable_file(clinic, letter, upload, tmp_path, settings):
    by = certificates.use(settings, tmp_path)
    packet = letter()
    upload("stroke", picture(), words="Order of the hospital")
    made, archive = made_of(packet, clinic.rae)
    names = archive.namelist()
    assert {"reading-copy.pdf", "manifest.json", "SHA256SUMS", "record/verify-bundle"} <= set(names)
    notes = [name for name in names if name.startswith("originals/") and "-note-" in name]
    assert notes and len([name for name in names if name.startswith("fhir/")]) == len(notes)
    archive.extractall(tmp_path / "out")
    out = tmp_path / "out"
    sums = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=out, capture_output=True)
    assert sums.returncode == 0, sums.stdout
    verified = subprocess.run(
        [sys.executable, "record/verify-bundle", "record/bundle.jsonl"],
        cwd=out,
        capture_output=True,
        text=True,
    )
    assert verified.returncode in (0, 2), verified.stdout  # 2: the tests' clinic has no checkpoints
    assert "No change was found" in verified.stdout or verified.returncode == 0

    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["signed_by_certificate"] == by.fingerprint
    for file in (out / "reading-copy.pdf", *sorted(out.glob("originals/*-note-*.pdf"))[:2]):
        assert said_by("qpdf", "--check", file).returncode == 0
        signature = said_by("pdfsig", file).stdout
        assert "Signature is Valid" in signature and "Total document signed" in signature
        assert all(row.split()[-5] == "yes" for row in said_by("pdffonts", file).stdout.splitlines()[2:])
    with pikepdf.open(out / "reading-copy.pdf") as pdf:
        assert not pdf.check_pdf_syntax()
        assert len(pdf.pages) == made.pages == manifest["pages"]
        labels = [page.label for page in pdf.pages]
        assert labels[0].endswith("-000001") and labels[-1].endswith(f"-{made.pages:06d}")
        with pdf.open_outline() as outline:
            assert [item.title for item in outline.root][:2] == ["Cover", "Index"]
        first, last = (manifest["items"][1][name] for name in ("first_page", "last_page"))
        index = pdf.pages[labels.index(first) : labels.index(last) + 1]
        links = [link for page in index for link in page.obj.get("/Annots", [])]
        assert len(links) >= len(manifest["items"]) - 2
        assert all("/A" not in link and "/Dest" in link for link in links)
        assert "/Metadata" not in pdf.Root  # no standard is claimed
    originals = [item["original_sha256"] for item in manifest["items"] if item["original_sha256"]]
    hashes = set(manifest["files"].values())
    assert originals and set(originals) <= hashes


def test_whoever_cosigned_or_added_words_is_in_the_signature_log_too(clinic, letter):
    signed_past.cosigned(clinic)
    signed_past.added_to_after_a_request(clinic)
    record = records.of(letter(through_on=clinic.today))
    drawn = pages.Drawn(record, None, "X")
    drawn.gather(lambda *_, **__: None)
    notes = LedgerEntry.objects.filter(document__in=[note.id for note in record.facts.notes])
    signed = [chain.read(entry)["signature"]["name"] for entry in notes if entry.payload]
    later = set(notes.exclude(kind="sign").values_list("kind", flat=True))
    assert {"cosign", "addendum"} <= later, "the demo's patient has both"
    assert set(signed) <= {one["name"] for one in drawn.signers.values()}
    assert sum(one["count"] for one in drawn.signers.values()) >= len(signed)


@pytest.mark.pdf
def test_a_packet_is_split_by_pages_and_every_page_keeps_its_number(clinic, letter):
    made, archive = made_of(letter(), clinic.rae, most_pages=10)
    parts = sorted(name for name in archive.namelist() if name.startswith("reading-copy"))
    assert made.files == len(parts) > 1
    labels = []
    for part in parts:
        with pikepdf.open(io.BytesIO(archive.read(part))) as pdf:
            assert len(pdf.pages) <= 10
            labels += [page.label for page in pdf.pages]
    assert [int(label[-6:]) for label in labels] == list(range(1, made.pages + 1))


@pytest.mark.pdf
def test_a_fax_holds_black_and_white_alone(clinic, letter):
    _, archive = made_of(letter(), clinic.rae, is_black_and_white=True)
    with pikepdf.open(io.BytesIO(archive.read("reading-copy.pdf"))) as pdf:
        for page in pdf.pages:
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) in ("g", "G"):
                    assert float(operands[0]) in (0, 1)
                assert str(operator) not in ("rg", "RG", "k", "K")


@pytest.mark.pdf
def test_what_was_cancelled_leaves_no_file_and_what_was_interrupted_goes_on(clinic, letter, monkeypatch):
    made = making.ask(of=letter(), by=clinic.rae)
    with pytest.raises(Refused, match="being made already"):
        making.ask(of=made.packet, by=clinic.rae)
    tell = making.Progress.__call__

    def cancels(self, says, *, steps=1):
        if self.done > 3:
            making.cancel(made=made, by=clinic.rae)
        tell(self, says, steps=steps)

    monkeypatch.setattr(making.Progress, "__call__", cancels)
    assert making.make.call(str(made.pk)) == "cancelled"
    monkeypatch.undo()
    made.refresh_from_db()
    assert made.status == Build.Status.CANCELLED and not made.stored_as
    making.again(made=made, by=clinic.rae)
    Build.objects.filter(pk=made.pk).update(status=Build.Status.RUNNING)  # as a killed worker leaves it
    assert making.make.call(str(made.pk)) == "done"


@pytest.mark.pdf
def test_a_sample_is_made_in_one_go_with_a_manifest(clinic, kept):
    rows = [{"patient": clinic.patients[key], **DATES} for key in ("overdue", "late_fax")]
    sample = actions.begin_sample(clinic=clinic.riverside, rows=rows, by=clinic.rae, **LETTER)
    _, archive = made_of(sample, clinic.rae)
    whole = json.loads(archive.read("manifest.json"))
    assert len(whole["packets"]) == 2
    for one in whole["packets"]:
        assert f"{one['folder']}reading-copy.pdf" in archive.namelist()


def test_a_file_expires_unless_the_chart_is_held_which_its_pages_say_and_its_line_stays(
    clinic, letter, client
):
    packet = letter()
    made = Build.objects.create(
        clinic=packet.clinic,
        packet=packet,
        made_by=clinic.rae,
        asked_at=clock.now(),
        reviewer="A",
        purpose="B",
        status="done",
        sha256="a" * 64,
        stored_as="ab" * 24,
        expires_on=dt.date(2026, 11, 19),
    )
    making.path_of(made).parent.mkdir(parents=True)
    making.path_of(made).write_bytes(b"x")
    hold = holds.place(patient=packet.patient, reason="A lawyer’s letter", by=clinic.rae)
    assert making.expire() == 0 and making.path_of(made).exists()
    client.force_login(clinic.rae)
    pages = [reverse("packet-build", args=[made.pk]), reverse("packet", args=[packet.pk])]
    pages.append(reverse("disclosure-log"))
    for address in pages:
        shown = client.get(address).content.decode()
        assert "legal hold" in shown and "ntil 11/19/2026" not in shown.replace("and until", ""), address
    with CaptureQueriesContext(connection) as of_one:
        making.with_holds(Build.objects.all())
    with CaptureQueriesContext(connection) as of_many:
        making.with_holds([*Build.objects.all()] * 3)
    assert len(of_many) == len(of_one)
    holds.lift(hold=hold, reason="Released by letter", by=clinic.rae)
    assert making.expire() == 1
    made.refresh_from_db()
    assert made.status == "expired" and made.sha256 == "a" * 64 and not making.path_of(made).exists()
    assert Event.objects.filter(verb=verbs.PACKET_EXPIRED).count() == 1


# --- Attestations -----------------------------------------------------------------------------------------


@pytest.fixture
def unsigned(clinic):
    """A draft of Dana's about an earlier day."""
    return clinic.draft_by(clinic.tess, "stroke", served_on=dt.date(2026, 11, 6))


def test_only_the_author_attests_now_and_the_note_stays_unsigned(clinic, letter, unsigned, client):
    packet = letter()
    assert [gap.ref for gap in records.of(packet).index.gaps if gap.remedy == "attest"] == [str(unsigned.pk)]
    client.force_login(clinic.rae)
    client.post(reverse("attestation-ask", args=[packet.pk]), {"note": str(unsigned.pk)})
    assert AttestationAsked.objects.get(note=unsigned).asked_by == clinic.rae
    path = reverse("attest", args=[unsigned.pk])
    assert client.get(path).status_code == 404
    client.force_login(clinic.tess)
    shown = client.get(path)
    assert "hereby attest" in shown.content.decode()
    answer = client.post(path, {"preview": shown.context["preview"], "password": PASSPHRASE})
    assert answer.status_code == 302
    entry = LedgerEntry.objects.get(document_type=DocumentType.ATTESTATION)
    assert entry.document != unsigned.pk  # under the note's id it would pass for its signature
    payload = json.loads(entry.payload)
    assert payload["signature"]["signed_at"].startswith("2026-11-20") and payload["note"]["subjective"]
    assert Note.objects.get(pk=unsigned.pk).is_draft
    index = records.of(packet).index
    assert not [gap for gap in index.gaps if gap.remedy == "attest"]
    assert [item.ref for item in index.items if item.source == "attestation"] == [str(unsigned.pk)]


def test_a_note_that_changed_since_it_was_shown_is_not_attested_to(clinic, letter, unsigned):
    attestations.ask(packet=letter(), note=unsigned, by=clinic.rae)
    with pytest.raises(Refused, match="was changed"):
        attestations.attest(note=unsigned, by=clinic.tess, preview="0" * 64)
    with pytest.raises(Refused, match="Nobody asked"):
        attestations.attest(note=unsigned, by=clinic.sam, preview="0" * 64)


def test_a_role_that_was_taken_away_attests_to_nothing(clinic, letter, unsigned):
    attestations.ask(packet=letter(), note=unsigned, by=clinic.rae)
    preview = attestations.preview_digest(attestations.payload_of(unsigned, clinic.tess))
    clinic.tess.memberships.update(is_active=False)
    with pytest.raises(Refused, match="no role in this clinic any more"):
        attestations.attest(note=unsigned, by=clinic.tess, preview=preview)


# --- The pages --------------------------------------------------------------------------------------------


def test_what_is_missing_is_seen_before_anything_is_made(clinic, letter, client):
    client.force_login(clinic.rae)
    packet = letter()
    page = client.get(reverse("packet", args=[packet.pk])).content.decode()
    assert "Look at this first" in page and "34</span>" in page
    assert not Build.objects.exists()
    assert Event.objects.filter(verb=verbs.PACKET_OPENED, target=str(packet.pk)).count() == 1


def test_an_explanation_is_kept_with_its_author_and_date(clinic, letter, client):
    client.force_login(clinic.rae)
    packet = letter()
    client.post(
        reverse("packet-explain", args=[packet.pk]), {"gap": "order-missing-all", "words": "None was given."}
    )
    row = packet.explanations.get()
    assert (row.words, row.written_by, row.written_at) == ("None was given.", clinic.rae, clock.now())


def test_a_spreadsheet_with_a_bad_row_stores_nothing_and_keeps_what_was_pasted(clinic, letter, client):
    client.force_login(clinic.rae)
    packet = letter()
    path = reverse("packet-lines-import", args=[packet.pk])
    answer = client.post(path, {"text": "DOS,CPT,Units\n11/04/2026,97112,2\n11/05/2026,97112,many\n"})
    assert answer.status_code == 422
    assert "Row 3" in answer.content.decode() and "11/04/2026,97112,2" in answer.content.decode()
    assert not packet.lines.exists()
    file = SimpleUploadedFile("a.csv", b"\xef\xbb\xbfwhen,what,how many\n11/04/2026,97112,2\n")
    asked = client.post(path, {"file": file})
    assert "Which column is what" in asked.content.decode() and not packet.lines.exists()
    columns = {"column-served_on": "0", "column-code": "1", "column-units": "2"}
    client.post(path, {"text": "when,what,how many\n11/04/2026,97112,2\n", **columns})
    assert [(line.code, line.units) for line in packet.lines.all()] == [("97112", 2)]


@pytest.mark.parametrize("text", ["\x00", "DOS,CPT\n\ud800,1", "a" * 9000, "DOS\n" * 2100, '"'])
def test_no_paste_breaks_the_import(text, clinic, letter, client):
    client.force_login(clinic.rae)
    path = reverse("packet-lines-import", args=[letter().pk])
    answer = client.post(path, {"text": text.encode("utf-8", "surrogatepass")})
    assert answer.status_code in (400, 413, 422)


def test_a_packet_page_asks_the_same_number_of_questions_however_many_notes(
    clinic, letter, client, django_assert_max_num_queries
):
    client.force_login(clinic.rae)
    packet = letter()
    with django_assert_max_num_queries(45):
        client.get(reverse("packet", args=[packet.pk]))


def test_a_poll_gets_the_bar_alone_and_a_page_without_scripts_loads_itself_anew(clinic, letter, client):
    client.force_login(clinic.rae)
    made = making.ask(of=letter(), by=clinic.rae)
    path = reverse("packet-build", args=[made.pk])
    assert 'http-equiv="refresh"' in client.get(path).content.decode()
    part = client.get(path, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and 'hx-trigger="every 2s"' in part


def test_a_sample_names_unknown_patients_by_their_row(clinic, kept, client):
    client.force_login(clinic.rae)
    letter = {name: str(value or "") for name, value in LETTER.items()}
    text = "MRN,From,To\nRV-10461,10/01/2026,11/01/2026\nNOBODY,10/01/2026,11/01/2026\n"
    answer = client.post(reverse("sample-add"), {**letter, "text": text})
    assert answer.status_code == 422 and "Row 3" in answer.content.decode()
    text = text.splitlines()
    answer = client.post(reverse("sample-add"), {**letter, "text": "\n".join(text[:2])})
    assert answer.status_code == 302
    assert sheets.MOST_ROWS >= 30


def test_a_download_is_counted_and_on_record(clinic, letter, client, told_just_now):
    packet = letter()
    made = Build.objects.create(
        clinic=packet.clinic,
        packet=packet,
        made_by=clinic.rae,
        asked_at=clock.now(),
        reviewer="A",
        purpose="B",
        status="done",
        sha256="a" * 64,
        stored_as="cd" * 24,
        expires_on=dt.date(2026, 12, 19),
        files=1,
    )
    path = making.path_of(made)
    path.parent.mkdir(parents=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("reading-copy.pdf", b"%PDF-1.7 x")
    client.force_login(clinic.rae)
    told_just_now()
    address = reverse("packet-build-download", args=[made.pk])
    whole = client.get(address)
    assert "Abernathy" not in whole["Content-Disposition"]
    assert b"".join(whole.streaming_content)[:2] == b"PK"
    assert b"".join(client.get(address, {"part": "1"}).streaming_content) == b"%PDF-1.7 x"
    assert client.get(address, {"part": "9" * 40}).status_code == 404
    assert client.get(address, {"part": "١"}).status_code == 404
    assert Event.objects.filter(verb=verbs.PACKET_HANDED_OUT).count() == 2
