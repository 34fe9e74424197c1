"""Whole charts on their way out: what is in the file, that it checks itself, and what is written down."""

import csv
import datetime as dt
import errno
import io
import json
import subprocess
import sys
import zipfile
from types import SimpleNamespace

import pytest
from django.urls import reverse
from fhir.resources.R4B.bundle import Bundle

from apps.audit import verbs
from apps.audit.models import Event
from apps.audit.refused import Refused
from apps.episodes import actions as episodes
from apps.exports.packets import attestations, copies, making, room
from apps.exports.packets.models import Build
from apps.notes.models import RECORD, Note
from apps.patients import actions as patients
from apps.patients import documents, merging
from apps.patients.models import Disclosure, Patient

ASKED = {"reviewer": "The patient’s sister", "purpose": "request of the patient"}
ONE = "late_fax"
"""A chart with few notes: each takes a second to print."""

PAPER = b"\xff\xd8\xff an order"
OTHER = b"\xff\xd8\xff an order under another number"


def made_of(where, by, **asked):
    made = copies.ask(by=by, **{"clinic": where, "has_drafts": False, **ASKED, **asked})
    assert making.make.call(str(made.pk)) == "done"
    made.refresh_from_db()
    return made, zipfile.ZipFile(making.path_of(made))


def checked(archive, out):
    """The file unpacked, after its own hashes and its own verifier said that it is whole."""
    archive.extractall(out)
    sums = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=out, capture_output=True)
    assert sums.returncode == 0, sums.stdout
    if (out / "record").exists():
        command = [sys.executable, "record/verify-bundle", "record/bundle.jsonl"]
        verified = subprocess.run(command, cwd=out, capture_output=True, text=True)
        assert verified.returncode in (0, 2), verified.stdout  # 2: the tests' clinic has no checkpoints
        assert "No change was found" in verified.stdout or verified.returncode == 0
    return out


@pytest.mark.pdf
def test_a_whole_chart_is_one_file_that_checks_itself(clinic, upload, letter, tmp_path):
    patient = clinic.patients[ONE]
    upload(ONE, PAPER, words="Order of the hospital")
    mistaken = upload(ONE, b"\xff\xd8\xff of somebody else")
    documents.set_aside(document=mistaken, reason="another patient’s", by=clinic.rae)
    gone = upload(ONE, b"\xff\xd8\xff lost")
    documents.path_of(gone).unlink()
    clinic.draft_by(clinic.tess, ONE, served_on=dt.date(2026, 11, 6))
    # Nobody signed it, and its author attested to it.
    said = clinic.draft_by(clinic.tess, ONE, served_on=dt.date(2026, 11, 5))
    attestations.ask(packet=letter(ONE), note=said, by=clinic.rae)
    preview = attestations.preview_digest(attestations.payload_of(said, clinic.tess))
    attestations.attest(note=said, by=clinic.tess, preview=preview)
    # What belongs to the same person under another number, and a plan that nobody has signed.
    other = patients.add_patient(
        clinic=clinic.riverside, mrn="TWICE", family_name="Twice", given_name="A.", born_on=patient.born_on,
        sex=patient.sex, by=clinic.rae,
    )  # fmt: skip
    documents.upload(
        patient=other,
        type="order",
        dated_on=dt.date(2026, 9, 1),
        words="",
        file=io.BytesIO(OTHER),
        by=clinic.rae,
    )
    merging.merge(patient=other, into=patient, reason="the same person", by=clinic.rae)
    plan = {"established_on": clinic.today, "times_a_day": 1, "times_a_week": 1, "weeks": 4}
    episodes.add_plan(patient=patient, discipline="OT", by=clinic.priya, **plan)
    made, archive = made_of(clinic.riverside, clinic.rae, patient=patient, has_drafts=True)
    out = checked(archive, tmp_path / "out")

    manifest = json.loads((out / "manifest.json").read_text())
    states = [item["state"] for item in manifest["items"]]
    signed = Note.objects.filter(visit__patient=patient, status__in=RECORD).count()
    assert len(list((out / "documents").glob("*-note-*.pdf"))) == signed > 0
    assert states.count("unsigned draft") == len(list((out / "drafts").iterdir())) >= 1
    attested = [item for item in manifest["items"] if item["state"] == "not signed; attested"]
    assert [(item["on"], item["file"]) for item in attested] == [
        ("2026-11-05", next((out / "documents").glob("*-attested-*.pdf")).relative_to(out).as_posix())
    ]
    assert {path.read_bytes() for path in (out / "uploads").iterdir()} == {PAPER, OTHER}
    assert set(manifest["records_of_the_person"]) == {str(patient.pk), str(other.pk)}
    (draft,) = (out / "drafts").glob("*-unsigned-plan.pdf")
    drawn = subprocess.run(["pdftotext", draft, "-"], capture_output=True, text=True, check=True).stdout
    assert "DRAFT" in drawn.upper() and "1 × week for 4 weeks" in drawn
    assert made.gaps == 1 and "the backup has the original" in manifest["not_in_it"][0]
    assert (manifest["for"], manifest["with_unsigned_drafts"]) == (ASKED["reviewer"], True)
    page = (out / "index.html").read_text()
    assert (
        "UNSIGNED DRAFT" in page
        and patient.name in page
        and all(item["file"] in page for item in manifest["items"])
    )
    days = [item["on"] for item in manifest["items"]]
    assert days == sorted(days)
    charges = list(csv.DictReader(io.StringIO((out / "tables" / "charges.csv").read_text())))
    assert charges and {row["standing"] for row in charges} <= {"signed", "void"}

    found = json.loads((out / "fhir" / "chart.json").read_text())
    kinds = [entry["resource"]["resourceType"] for entry in found["entry"]]
    assert kinds[0] == "Patient" and kinds.count("Bundle") == signed and "Coverage" in kinds
    Bundle.model_validate(found)


@pytest.mark.pdf
def test_a_clinic_that_leaves_takes_every_chart_with_what_they_share(clinic, kept, tmp_path):
    elsewhere = clinic.lakeside
    few = list(Patient.objects.filter(clinic=elsewhere))
    made, archive = made_of(elsewhere, clinic.una)
    out = checked(archive, tmp_path / "out")
    index = list(csv.DictReader((out / "index.csv").open()))
    assert {row["file"] for row in index} == {f"charts/{patient.pk}.zip" for patient in few}
    assert sum(int(row["documents"]) for row in index) == made.pages > 0
    for row in index:
        inner = checked(zipfile.ZipFile(out / row["file"]), tmp_path / row["mrn"])
        manifest = json.loads((inner / "manifest.json").read_text())
        assert len(manifest["items"]) == int(row["documents"])
    people = {row["name"]: row for row in csv.DictReader((out / "reference" / "people.csv").open())}
    assert people[clinic.una.name]["credential"] == clinic.una.credential
    assert {path.stem for path in (out / "reference").iterdir()} >= {"clinic", "payers", "phrases"}

    # However often it is taken, and begun again, each chart says it once.
    for added in (len(few), 0):
        assert making.say_that_it_was_given_out.call(str(made.pk), str(clinic.una.pk)) == added
    assert set(Disclosure.objects.values_list("patient", flat=True)) == {patient.pk for patient in few}


def test_a_chart_says_to_whom_it_was_given_when_it_is_first_taken(
    clinic, kept, client, told_just_now, django_capture_on_commit_callbacks, monkeypatch
):
    stroke = clinic.patients["stroke"]
    client.force_login(clinic.rae)
    address = reverse("chart-copy", args=[stroke.pk])
    asked = {**ASKED, "has_drafts": "on"}
    assert client.post(address, asked).status_code == 422 and not Build.objects.exists()
    told_just_now()
    answer = client.post(address, {**asked, "reviewer": " "})
    assert answer.status_code == 422 and ASKED["purpose"] in answer.content.decode()
    assert client.post(address, {**asked, "purpose": "\x00"}).status_code in (400, 422)
    made_at = client.post(address, asked)["Location"]
    again = client.post(address, asked)
    assert again.status_code == 422 and "being made already" in again.content.decode()
    made = Build.objects.get()
    assert made_at == reverse("packet-build", args=[made.pk]) and made.copy.has_drafts
    event = Event.objects.get(verb=verbs.CHARTS_ASKED_FOR)
    assert event.patient == str(stroke.pk)

    Build.objects.update(status="done", sha256="a" * 64, stored_as="ef" * 24, pages=3)
    path = making.path_of(Build.objects.get())
    path.parent.mkdir(parents=True)
    path.write_bytes(b"PK")
    given, task = [], making.say_that_it_was_given_out
    later = SimpleNamespace(enqueue=lambda *ids: given.append(ids))
    monkeypatch.setattr(making, "say_that_it_was_given_out", later)
    with django_capture_on_commit_callbacks(execute=True):
        taken = client.get(reverse("packet-build-download", args=[made.pk]))
    assert b"".join(taken.streaming_content) == b"PK" and "Abernathy" not in taken["Content-Disposition"]
    assert task.call(*given[0]) == 1
    line = Disclosure.objects.get()
    assert (line.patient, line.recipient, line.purpose) == (stroke, *ASKED.values())
    assert "with unsigned drafts" in line.words
    with django_capture_on_commit_callbacks(execute=True):
        client.get(reverse("packet-build-download", args=[made.pk]))
    assert len(given) == 1
    for page in ("packets", "disclosure-log"):
        assert ASKED["reviewer"] in client.get(reverse(page)).content.decode()


@pytest.mark.sqlite
def test_a_copy_that_is_not_wanted_or_does_not_fit_leaves_nothing_behind(clinic, kept, monkeypatch):
    patient = clinic.patients[ONE]

    def make():
        made = copies.ask(clinic=clinic.riverside, patient=patient, has_drafts=False, by=clinic.rae, **ASKED)
        said = making.make.call(str(made.pk))
        made.refresh_from_db()
        assert not made.stored_as and not [path for path in making.folder().rglob("*") if path.is_file()]
        return said, made.says

    free = SimpleNamespace(free=room.LEAST)
    with monkeypatch.context() as small:
        small.setattr(room.shutil, "disk_usage", lambda folder: free)
        said, words = make()
    assert said == "failed" and "no room for it: about 20" in words and "make room" in words

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device", "/a/path/with/Somebody")

    def wanted_no_more(made, *args):
        making.cancel(made=made, by=clinic.rae)
        args[-1]("The next page")

    for write, ends, words in (
        (full, "failed", "became full"),
        (wanted_no_more, "cancelled", "Cancelled"),
    ):
        monkeypatch.setattr(making.charts, "write", write)
        said, says = make()
        assert said == ends and words in says and "Somebody" not in says


def test_a_record_that_was_put_to_another_is_not_given_out_by_itself(clinic):
    stroke, other = clinic.patients["stroke"], clinic.patients["overdue"]
    Patient.objects.filter(pk=other.pk).update(merged_into=stroke)
    with pytest.raises(Refused, match="one with another"):
        copies.ask(
            clinic=clinic.riverside,
            patient=Patient.objects.get(pk=other.pk),
            has_drafts=False,
            by=clinic.rae,
            **ASKED,
        )
