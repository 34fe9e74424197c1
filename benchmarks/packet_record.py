"""What a packet takes from the database to the ZIP: 1, 100 and 500 notes, and 30 patients with 17 each.

    .venv/bin/python -m benchmarks.packet_record

A temporary SQLite database with the demo clinic, to which signed notes are added: copies of one, each with
its entry in the chain and its day. Their PDF is laid out once and stored for all: a packet reads stored
pages. Each size runs in a process of its own, because a process never gives its peak back; the programs that
draw the packet's own pages are not in the peak, and their time is in the wall clock.
"""

from __future__ import annotations

import copy
import datetime as dt
import io
import os
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SIZES = (1, 100, 500)
PATIENTS, NOTES_EACH = 30, 17
FIRST_DAY = dt.date(2025, 1, 6)


def settle(folder: Path) -> None:
    """Settings for the database and files in `folder`."""
    os.environ |= {
        "DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite3'}",
        "DOCUMENTS_DIR": str(folder / "documents"),
        "MEDIA_DIR": str(folder / "media"),
        "DEBUG": "on",
        "MIDLINE_DEMO": "on",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    import django
    from django.conf import settings

    django.setup()
    settings.DEBUG = False
    settings.RENDER_WHEN_SIGNED = False


def build(folder: Path) -> None:
    """The clinic, its patients and their notes; the ids of what is to be made, a line each."""
    settle(folder)
    from django.core.management import call_command

    from apps.audit import clock
    from apps.demo import world
    from apps.exports import store
    from apps.exports.packets import actions

    call_command("migrate", verbosity=0)
    call_command("demo", stdout=io.StringIO())
    clinic = world.existing()
    clock.release()
    note = clinic.note_signed_by(clinic.tess, "vestibular")
    stored = store.stored_pdf(note.pk)
    letter = {
        "reviewer": "A reviewer",
        "kind": "mac_prepay",
        "letter_on": clinic.today,
        "purpose": "benchmark",
        "contact_name": "Records",
        "contact_phone": "(217) 555-0100",
    }
    dates = {"starts_on": FIRST_DAY, "through_on": FIRST_DAY + dt.timedelta(days=max(SIZES))}
    for count in SIZES:
        patient = add(clinic, note, stored, count)
        packet = actions.begin(patient=patient, by=clinic.rae, **letter, **dates)
        print("packet", packet.pk, count)
    rows = [{"patient": add(clinic, note, stored, NOTES_EACH), **dates} for _ in range(PATIENTS)]
    sample = actions.begin_sample(clinic=clinic.riverside, rows=rows, by=clinic.rae, **letter)
    print("sample", sample.pk, PATIENTS * NOTES_EACH)


def add(clinic: Any, note: Any, stored: Any, count: int) -> Any:
    """A patient with so many signed notes, a day each."""
    from django.db import transaction

    from apps.exports.models import StoredPdf
    from apps.ledger import chain
    from apps.notes.document import signed_entry
    from apps.notes.models import Note
    from apps.patients.models import Patient
    from apps.visits.models import Visit

    payload = chain.read(signed_entry(note))
    visit = Visit.objects.get(pk=note.visit_id)
    patient = copy.copy(Patient.objects.get(pk=visit.patient_id))
    patient.pk, patient.mrn = uuid.uuid4(), f"B{uuid.uuid4().hex[:8]}"
    with transaction.atomic():
        patient.save(force_insert=True)
        for number in range(count):
            day = FIRST_DAY + dt.timedelta(days=number)
            own_visit, own = copy.copy(visit), copy.copy(Note.objects.get(pk=note.pk))
            own_visit.pk, own_visit.patient, own_visit.served_on = uuid.uuid4(), patient, day
            own_visit.attendance, own_visit.coverage = "attended", None
            own_visit.save(force_insert=True)
            own.pk, own.visit = uuid.uuid4(), own_visit
            own.save(force_insert=True)
            said = copy.deepcopy(payload)
            said["note"]["id"] = str(own.pk)
            said["visit"] |= {"id": str(own_visit.pk), "date_of_service": day.isoformat()}
            entry = chain.append(
                clinic=note.clinic_id, kind="sign", document=own.pk, document_type="note", payload=said
            )
            row = copy.copy(stored)
            row.pk, row.document, row.entry_seq, row.entry_hash = None, own.pk, entry.seq, entry.hash
            row._state.adding = True
            StoredPdf.save(row, force_insert=True)
    return patient


def make(folder: Path, kind: str, id: str, count: int) -> None:
    settle(folder)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from apps.exports.packets import making, records
    from apps.exports.packets.models import Build, Packet, ReviewSample

    queries = ""
    if kind == "packet":
        with CaptureQueriesContext(connection) as heard:
            records.of(Packet.objects.get(pk=id))
        queries = f", {len(heard)} queries to list it"
    of = (Packet if kind == "packet" else ReviewSample).objects.get(pk=id)
    made = Build.objects.create(
        clinic=of.clinic,
        made_by=of.created_by,
        asked_at=of.created_at,
        reviewer="x",
        purpose="x",
        **{kind: of},
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start, cpu = time.perf_counter(), time.process_time()
    status = making.make.call(str(made.pk))
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    made.refresh_from_db()
    print(
        f"{kind} of {count:3d} notes: {status}, {made.pages or 0} pages, {wall:5.1f} s wall, "
        f"{cpu:5.1f} s CPU, "
        f"peak {peak:4.0f} MB ({before:.0f} before), ZIP {(made.size or 0) / 1e6:.1f} MB{queries}",
        flush=True,
    )


def main() -> None:
    if len(sys.argv) > 2:
        make(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))
    elif len(sys.argv) == 2:
        build(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as name:
            command = [sys.executable, "-m", "benchmarks.packet_record", name]
            built = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
            for line in built.stdout.splitlines():
                subprocess.run([*command, *line.split()], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
