"""What the worker does with an import: check every row, add the patients, take them out again.

Each can be begun again at any point. Rows are added some at a time, each lot in one transaction, so that
nobody else waits long; a row that is added says so in the same transaction, and is never added twice.
"""

from __future__ import annotations

import contextlib
import fcntl
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from apps.audit import clock, events, news, verbs
from apps.audit.refused import Refused
from apps.exports.work import long_work
from apps.patients import actions as charts
from apps.patients import search
from apps.patients.models import Coverage, Diagnosis, Patient

from . import used
from .access import charts_known_to
from .alike import Known
from .models import ImportRow, PatientImport
from .reading import Reader, Reading

Status, State, Answer = PatientImport.Status, ImportRow.State, ImportRow.Answer
CHECKED_AT_ONCE = 500
ADDED_AT_ONCE = 100
MOST_PROBLEMS = 100
CHECKED = ("state", "problems", "answer", "alike", "alike_line", "alike_why", "may_be_new")
CARRIED_OUT = ("state", "problems", "cells", "patient", "made")


@long_work
def work(id: str) -> str:
    """Do what the import waits for; its status at the end. Begun twice, the second leaves it to the first."""
    with _alone(id) as is_alone:
        made = PatientImport.objects.select_related("clinic", "begun_by", "carried_out_by", "undone_by").get(
            pk=id
        )
        if is_alone and made.status in STEPS:
            STEPS[made.status](made)
            made.refresh_from_db(fields=["status"])
        return made.status


def _tell(made: PatientImport, says: str, done: int) -> None:
    PatientImport.objects.filter(pk=made.pk).update(says=says, done=done, beat_at=clock.now())


def _lots(made: PatientImport, size: int, **which: Any) -> Iterator[list[ImportRow]]:
    """The rows in the order of the file, some at a time."""
    after = -1
    while lot := list(made.rows.filter(line__gt=after, **which).order_by("line")[:size]):
        yield lot
        after = lot[-1].line


def _keep(rows: list[ImportRow], names: tuple[str, ...]) -> None:
    """Rows as they are now, in one statement: an update with a CASE for each is ten times slower."""
    ImportRow.objects.bulk_create(rows, update_conflicts=True, update_fields=names, unique_fields=["id"])


def check(made: PatientImport) -> None:
    reader = Reader(made.clinic, made.columns, len(made.heading))
    known = Known(made.clinic, made.begun_by)
    states: Counter[str] = Counter()
    problems: Counter[tuple[str, str]] = Counter()
    for rows in _lots(made, CHECKED_AT_ONCE):
        for row in rows:
            _judge(row, reader.read(row.cells), known)
            states[row.state] += 1
            problems.update((label, words) for label, words in row.problems)
        _keep(rows, CHECKED)
        _tell(made, "Looking at every row", sum(states.values()))
    PatientImport.objects.filter(pk=made.pk, status=Status.CHECKING).update(
        status=Status.READY,
        says="",
        counts=dict(states),
        problems=[[*what, count] for what, count in problems.most_common(MOST_PROBLEMS)],
    )
    news.tell(made.clinic_id)


def _judge(row: ImportRow, said: Reading, known: Known) -> None:
    row.alike = row.alike_line = None
    row.alike_why, row.may_be_new, row.answer = "", True, ""
    if not said.problems and known.is_out_of_reach(said.patient["mrn"]):
        said.problems.append(["MRN", charts.MRN_TAKEN])
    row.problems = said.problems
    if said.problems:
        row.state = State.WRONG
        return
    row.state = State.FRESH
    if alike := known.find(said.patient):
        row.state = State.ASKED
        row.alike, row.alike_line, row.alike_why, row.may_be_new = alike
    known.read(row.line, said.patient)


def add(made: PatientImport) -> None:
    reader = Reader(made.clinic, made.columns, len(made.heading))
    done = 0
    waiting = {"state__in": (State.FRESH, State.ASKED)}
    total = made.rows.filter(**waiting).count()
    PatientImport.objects.filter(pk=made.pk).update(total=total, done=0)
    for rows in _lots(made, ADDED_AT_ONCE, **waiting):
        with transaction.atomic():
            for row in rows:
                _carry_out(row, reader, made, {one.line: one.patient for one in rows})
            _keep(rows, CARRIED_OUT)
        done += len(rows)
        _tell(made, "Adding patients", done)
    states = Counter(made.rows.values_list("state", flat=True))
    PatientImport.objects.filter(pk=made.pk).update(status=Status.DONE, says="", counts=dict(states))
    search.names_changed(made.clinic_id, [])
    news.tell(made.clinic_id)


def _carry_out(row: ImportRow, reader: Reader, made: PatientImport, lot: dict[int, UUID | None]) -> None:
    if row.state == State.ASKED and row.answer == Answer.SKIP:
        row.state = State.SKIPPED
        return
    said = reader.read(row.cells)
    problems = said.problems
    try:
        if problems:
            raise Refused(problems[0][1])
        with transaction.atomic():
            if row.state == State.ASKED and row.answer == Answer.SAME:
                _is_here(row, said, made, lot)
            else:
                patient = charts.add_patient(
                    clinic=made.clinic, by=made.carried_out_by, is_one_of_many=True, **said.patient
                )
                row.made = _add_to(patient, said, made)
                row.state, row.patient = State.ADDED, patient.pk
    except Refused as refusal:
        label = "MRN" if refusal.field == "mrn" else "Row"
        row.state, row.problems = State.WRONG, problems or [[label, str(refusal)]]
        return
    row.cells, row.problems = [], []


def _is_here(row: ImportRow, said: Reading, made: PatientImport, lot: dict[int, UUID | None]) -> None:
    """The row is about somebody who is here: what their chart lacks is added, and nothing in it changes."""
    id = row.alike
    if row.alike_line:
        # The line above may be in this very lot, whose rows are not kept yet.
        kept = made.rows.filter(line=row.alike_line).values_list("patient", flat=True)
        id = lot.get(row.alike_line) or kept.first()
        if id is None:
            raise Refused(f"It is the same person as line {row.alike_line}, which was not added.")
    patient = charts_known_to(made.begun_by, made.clinic).filter(pk=id).first()
    if patient is None and row.alike_line:
        patient = Patient.objects.filter(pk=id, clinic=made.clinic).first()
    if patient is None:
        raise Refused("The chart that it belongs to is not to be found any more.")
    row.made = _add_to(patient, said, made)
    row.state, row.patient = State.SAME, patient.pk


def _add_to(patient: Patient, said: Reading, made: PatientImport) -> list[list[str]]:
    """Coverage and diagnoses of the row that the chart does not have; what was added."""
    added = []
    by = made.carried_out_by
    if said.coverage and not patient.coverages.filter(payer=said.coverage["payer"]).exists():
        coverage = charts.add_coverage(patient=patient, by=by, **said.coverage)
        added.append(["coverage", str(coverage.pk)])
    held = set(patient.diagnoses.filter(ended_on=None).values_list("code", flat=True))
    for code in said.diagnoses:
        if code not in held:
            diagnosis = charts.add_diagnosis(patient=patient, code=code, type=Diagnosis.Type.TREATING, by=by)
            added.append(["diagnosis", str(diagnosis.pk)])
    return added


def undo(made: PatientImport) -> None:
    """All of it or nothing: somebody who began to use a chart meanwhile stops it."""
    try:
        with transaction.atomic():
            if stops := used.what_stops(made):
                raise Refused(f"It was not undone: {used.in_words(stops)}.")
            patients, things = used.added_by(made)
            for model, ids in ((Coverage, things["coverage"]), (Diagnosis, things["diagnosis"])):
                for part in used.parts_of(ids):
                    model.objects.filter(pk__in=part).delete()
            for part in used.parts_of(patients):
                Patient.objects.filter(pk__in=part).delete()
            made.rows.all().delete()
            events.record(
                verbs.IMPORT_UNDONE, by=made.undone_by, clinic=made.clinic, target=made, removed=len(patients)
            )
            PatientImport.objects.filter(pk=made.pk).update(status=Status.UNDONE, says="")
    except Refused as refusal:
        _stays(made, str(refusal))
    except IntegrityError:
        _stays(made, "It was not undone: somebody began to use one of its charts.")


def _stays(made: PatientImport, says: str) -> None:
    PatientImport.objects.filter(pk=made.pk).update(
        status=Status.DONE, says=says[:200], undone_by=None, undone_at=None
    )


STEPS: dict[str, Any] = {Status.CHECKING: check, Status.ADDING: add, Status.UNDOING: undo}


@contextlib.contextmanager
def _alone(id: str) -> Iterator[bool]:
    """One worker for an import on this machine, whatever was enqueued twice."""
    locks = Path(settings.MEDIA_ROOT) / "imports"
    locks.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = locks / str(UUID(id))
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
        path.unlink(missing_ok=True)
