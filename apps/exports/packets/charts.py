"""A whole chart in one ZIP, and every chart of a clinic as ZIPs in one: signed documents as they were stored,
uploads as they came, FHIR, tables, and the record with what verifies it.

One document is in memory at a time, and of a clinic one chart is on disk beside the file that it goes into.
Each chart names what it could not hold; nothing is left out in silence.
"""

from __future__ import annotations

import datetime as dt
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from defusedcsv import csv
from django.db.models import Q, Sum
from django.template.loader import render_to_string

from apps.episodes import document as plan_document
from apps.episodes import record as plan_record
from apps.episodes.models import PlanVersion
from apps.exports import fhir_chart, letterhead, pdf, plain, store, tables
from apps.ledger import bundle
from apps.ledger.models import Kind, LedgerEntry
from apps.notes.document import document_of, signed_document
from apps.notes.models import OPEN, RECORD, Note
from apps.notes.record import payload_of
from apps.patients import documents, uploads
from apps.patients.merging import records_of
from apps.patients.models import Document, Patient

from . import attestations, clinic_rows, room
from .build import VERIFIER, Written, attested, known_witness, now
from .models import AttestationAsked, Build, ChartCopy
from .packing import Packing, read_me

NO_PAGE = (pdf.TooLong, pdf.Failed, pdf.Overdue, store.Lost)
"""Why a document may have no PDF. Its words go in as text; the manifest says so."""

CHARTS = "charts/"


@dataclass
class Row:
    """A line of a chart's index."""

    on: dt.date
    title: str
    by: str
    state: str
    file: str
    says: str = ""


@dataclass
class Chart:
    """One chart while it is put together. `lacks` says in words what it could not hold."""

    patient: Patient
    copy: ChartCopy
    records: list[Patient]
    rows: list[Row] = field(default_factory=list)
    notes: list[UUID] = field(default_factory=list)
    ledger: list[str] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)


def write(made: Build, work: Path, progress) -> Written:
    """Make what was asked for in the working folder. Raises what `progress` does when nobody wants it now."""
    assert made.copy is not None  # noqa: S101 - making.py calls this for copies alone
    whole = _one if made.copy.patient else _all
    return whole(made, made.copy, work, progress)


def patients_in(path: Path) -> Iterator[UUID]:
    """Whose charts the file of a clinic holds, by the names of their files."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    yield from (UUID(Path(name).stem) for name in names if name.startswith(CHARTS))


def _one(made: Build, copy: ChartCopy, work: Path, progress) -> Written:
    assert copy.patient is not None  # noqa: S101 - just asked
    records = list(records_of(copy.patient_id))
    _check_room(work, Q(visit__patient__in=records), Q(patient__in=records))
    progress.total(
        Note.objects.filter(visit__patient__in=records, status__in=RECORD).count()
        + Document.objects.filter(patient__in=records, set_aside_at=None).count()
        + 3
    )
    out = work / "out.zip"
    packing = Packing(out)
    chart = _chart(copy.patient, copy, packing, work, progress)
    progress("The clinic’s record")
    _record(packing, str(copy.clinic_id), chart.ledger or [str(UUID(int=0))], work)
    packing.close(_manifest(chart, made), read_me("one"))
    return Written(out, len(chart.rows), 1, _few(len(chart.lacks)))


def _check_room(work: Path, of_notes: Q, of_papers: Q) -> None:
    papers = Document.objects.filter(of_papers, set_aside_at=None).aggregate(bytes=Sum("size"))
    room.check(work, documents=Note.objects.filter(of_notes).count(), uploads=papers["bytes"] or 0)


def _all(made: Build, copy: ChartCopy, work: Path, progress) -> Written:
    """Each chart's ZIP in one ZIP, with an index, the clinic's whole record and what all charts share."""
    ids = list(
        Patient.objects.filter(clinic=made.clinic_id, merged_into=None)
        .order_by("family_name", "given_name", "pk")
        .values_list("pk", flat=True)
    )
    _check_room(work, Q(clinic=made.clinic_id), Q(patient__clinic=made.clinic_id))
    progress.total(len(ids) + 1)
    out, index_at = work / "out.zip", work / "index.csv"
    packing = Packing(out)
    written = lacking = 0
    with index_at.open("w", encoding="utf-8", newline="") as file:
        index = csv.writer(file)
        index.writerow(
            ("file", "sha256", "mrn", "family_name", "given_name", "born_on", "documents", "not_in_it")
        )
        for number, id in enumerate(ids, start=1):
            lead = f"Chart {number} of {len(ids)}"
            progress(lead)
            patient = Patient.objects.select_related("clinic").get(pk=id)
            folder = work / "chart"
            folder.mkdir()
            inner = Packing(folder / "chart.zip")
            chart = _chart(patient, copy, inner, folder, _beat(progress, lead))
            inner.close(_manifest(chart, made), read_me("inner"))
            name = f"{CHARTS}{patient.pk}.zip"
            sha256 = packing.add(folder / "chart.zip", name)
            shutil.rmtree(folder)
            who = (patient.mrn, patient.family_name, patient.given_name, patient.born_on.isoformat())
            index.writerow((name, sha256, *map(tables.plain_cell, who), len(chart.rows), len(chart.lacks)))
            written, lacking = written + len(chart.rows), lacking + len(chart.lacks)
    progress("The clinic’s record and reference")
    packing.add(index_at, "index.csv")
    for name, rows in clinic_rows.tables_of(made.clinic):
        path = work / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([tables.plain_cell(cell) for cell in row] for row in rows)
        packing.add(path, f"reference/{path.name}")
    _record(packing, str(made.clinic_id), [], work)
    packing.close(
        {"format": "midline-clinic-v1", **_about(made, copy), "charts": len(ids), "documents": written},
        read_me("all"),
    )
    return Written(out, written, 1, _few(lacking))


def _beat(progress, lead: str) -> Callable:
    """Says at each document that the work goes on, and which chart it is at."""

    def tell(_says: str, *, steps: int = 0) -> None:
        progress(lead, steps=0)

    return tell


def _few(count: int) -> int:
    """As the build's row can hold it."""
    return min(count, 32767)


# --- One chart --------------------------------------------------------------------------------------------


def _chart(patient: Patient, copy: ChartCopy, packing: Packing, work: Path, tell: Callable) -> Chart:
    records = list(records_of(patient.pk).order_by("pk"))
    chart = Chart(patient, copy, records)
    for put in (_signed_notes, _signed_plans, _attested, _uploads, *((_drafts,) if copy.has_drafts else ())):
        put(chart, packing, work, tell)
    tell("FHIR and tables")
    path = work / "chart.fhir.json"
    with path.open("w", encoding="utf-8") as file:
        fhir_chart.write(patient, records, chart.notes, file)
    packing.add(path, "fhir/chart.json")
    entries = LedgerEntry.objects.filter(
        clinic=patient.clinic_id, document__in=chart.notes, kind__in=(Kind.SIGN, Kind.VOID)
    ).order_by("seq")
    for kind in tables.Table:
        packing.add_text(tables.text_of(kind, entries), f"tables/{kind.value}.csv")
    chart.rows.sort(key=lambda row: row.on)
    page = render_to_string("packets/chart_index.html", {"chart": chart, "patient": patient, "copy": copy})
    packing.add_text(page, "index.html")
    return chart


def _signed_notes(chart: Chart, packing: Packing, work: Path, tell: Callable) -> None:
    notes = Note.objects.filter(visit__patient__in=chart.records, status__in=RECORD)
    for id in notes.order_by("visit__served_on", "started_at", "pk").values_list("pk", flat=True):
        note = Note.objects.select_related("visit", "author").get(pk=id)
        tell("Signed notes")
        file, says = _stored(
            chart, packing, work, note.pk, "note", lambda id=id: plain.as_text(signed_document(id))
        )
        chart.notes.append(note.pk)
        state = "void" if note.status == "voided" else "signed"
        chart.rows.append(
            Row(
                note.visit.served_on,
                note.get_kind_display(),
                note.author.signature_name,
                state,
                file,
                says,
            )
        )


def _signed_plans(chart: Chart, packing: Packing, work: Path, tell: Callable) -> None:
    versions = PlanVersion.objects.filter(plan__patient__in=chart.records, status=PlanVersion.Status.SIGNED)
    for version in versions.select_related("signed_by").order_by("established_on", "number"):
        tell("Plans of care", steps=0)
        file, says = _stored(chart, packing, work, version.pk, "plan", None)
        by = version.signed_by.signature_name if version.signed_by else ""
        title = f"Plan of care, version {version.number}"
        chart.rows.append(Row(version.established_on, title, by, "signed", file, says))


def _stored(chart: Chart, packing: Packing, work: Path, id: UUID, what: str, words) -> tuple[str, str]:
    """Put in the stored PDF of a signed document, or its words where there is none; its name, and why."""
    chart.ledger.append(str(id))
    lead = f"documents/{len(chart.rows) + 1:05d}-{what}"
    try:
        stored = _patiently(lambda: store.stored_pdf(id, paper=chart.patient.clinic.paper))
    except NO_PAGE as refusal:
        says = f"no PDF could be made of it ({type(refusal).__name__}); its words are in the record"
        chart.lacks.append(f"{lead}: {says}")
        if words is None:
            return "", says
        packing.add_text(words(), f"{lead}.txt")
        return f"{lead}.txt", says
    name = f"{lead}-{stored.sha256[:8]}.pdf"
    packing.add(store.path_of(stored), name)
    return name, ""


def _patiently(make: Callable) -> Any:
    """A busy press is asked again: one moment must not spoil the work of hours."""
    for _ in range(4):
        try:
            return make()
        except pdf.Busy:
            continue
    return make()


def _attested(chart: Chart, packing: Packing, work: Path, tell: Callable) -> None:
    """Notes that nobody signed, and to which their author attested."""
    asked = AttestationAsked.objects.filter(note__visit__patient__in=chart.records, entry__isnull=False)
    for one in asked.select_related("note__visit", "author").order_by("note__visit__served_on"):
        tell("Attestations", steps=0)
        name = f"documents/{len(chart.rows) + 1:05d}-attested-not-signed.pdf"
        path = work / "attested.pdf"
        path.write_bytes(_patiently(lambda one=one: attested(one.note_id, chart.patient.clinic_id)))
        packing.add(path, name)
        chart.ledger.append(str(attestations.document_of(one.note_id)))
        on, by = one.note.visit.served_on, one.author.signature_name
        chart.rows.append(Row(on, one.note.get_kind_display(), by, "not signed; attested", name))


def _uploads(chart: Chart, packing: Packing, work: Path, tell: Callable) -> None:
    """What came from elsewhere, untouched. What was set aside as a mistake may be another person's."""
    found = Document.objects.filter(patient__in=chart.records, set_aside_at=None)
    for document in found.order_by("dated_on", "uploaded_at").select_related("uploaded_by"):
        tell("Papers from elsewhere")
        name = (
            f"uploads/{len(chart.rows) + 1:05d}-{document.sha256[:8]}.{uploads.ENDINGS[document.media_type]}"
        )
        says = ""
        try:
            is_whole = packing.add(documents.path_of(document), name) == document.sha256
        except OSError:
            name, is_whole = "", False
        if not is_whole:
            says = "the file on the server is not the one that was uploaded; the backup has the original"
            chart.lacks.append(f"upload of {document.dated_on:%m/%d/%Y}: {says}")
        title = ": ".join(filter(None, (document.get_type_display(), document.words)))
        by = f"uploaded by {document.uploaded_by.signature_name}"
        chart.rows.append(Row(document.dated_on, title, by, "paper", name, says))


def _drafts(chart: Chart, packing: Packing, work: Path, tell: Callable) -> None:
    """What nobody signed, as it stands now and marked so on every page."""
    edition = letterhead.latest(chart.patient.clinic_id)
    notes = Note.objects.filter(visit__patient__in=chart.records, status__in=OPEN).exclude(
        attestation_asked__entry__isnull=False
    )
    for note in notes.select_related("visit", "author").order_by("visit__served_on", "started_at"):
        tell("Unsigned drafts", steps=0)
        payload = payload_of(note)
        document = document_of(payload)
        lead, says = f"drafts/{len(chart.rows) + 1:05d}-unsigned", ""
        try:
            data = _patiently(
                lambda d=document, p=payload: pdf.note_pdf(
                    d, p, edition=edition, paper=chart.patient.clinic.paper
                )
            )
            (work / "draft.pdf").write_bytes(data)
            name = f"{lead}.pdf"
            packing.add(work / "draft.pdf", name)
        except NO_PAGE as refusal:
            name, says = f"{lead}.txt", f"no PDF could be made of it ({type(refusal).__name__})"
            packing.add_text(plain.as_text(document), name)
            chart.lacks.append(f"{lead}: {says}")
        chart.rows.append(
            Row(
                note.visit.served_on,
                note.get_kind_display(),
                note.author.signature_name,
                "unsigned draft",
                name,
                says,
            )
        )
    versions = PlanVersion.objects.filter(plan__patient__in=chart.records, status=PlanVersion.Status.DRAFT)
    for version in versions.select_related("started_by"):
        name = f"drafts/{len(chart.rows) + 1:05d}-unsigned-plan.pdf"
        draft = plan_document.document_of(plan_record.payload_of(version))
        html = render_to_string("exports/plan.html", {"document": draft})
        path = work / "draft.pdf"
        path.write_bytes(_patiently(lambda html=html: pdf.page_pdf(html, "", edition)))
        packing.add(path, name)
        by, title = version.started_by.signature_name, f"Plan of care, version {version.number}"
        chart.rows.append(Row(version.established_on, title, by, "unsigned draft", name))


# --- Around it --------------------------------------------------------------------------------------------


def _record(packing: Packing, clinic: str, chosen: list[str], work: Path) -> None:
    """The clinic's hash-chained record with the words of the chosen documents, all when none are; and what
    verifies it."""
    path = work / "record.jsonl"
    with path.open("w", encoding="ascii") as file:
        for line in bundle.lines(clinic, witness=known_witness(), documents=chosen):
            file.write(line)
    packing.add(path, "record/bundle.jsonl")
    packing.add(VERIFIER, "record/verify-bundle")


def _about(made: Build, copy: ChartCopy) -> dict[str, Any]:
    return {
        "copy": str(copy.pk),
        "made_at": now(),
        "made_by": made.made_by.signature_name,
        "for": copy.reviewer,
        "purpose": copy.purpose,
        "with_unsigned_drafts": copy.has_drafts,
    }


def _manifest(chart: Chart, made: Build) -> dict[str, Any]:
    return {
        "format": "midline-chart-v1",
        **_about(made, chart.copy),
        "patient": str(chart.patient.pk),
        "records_of_the_person": [str(record.pk) for record in chart.records],
        "items": [
            {
                "on": row.on.isoformat(),
                "title": row.title,
                "by": row.by,
                "state": row.state,
                "file": row.file,
                "says": row.says,
            }
            for row in chart.rows
        ],
        "not_in_it": chart.lacks,
    }
