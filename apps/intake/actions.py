"""Bringing patients in by a list: read, columns chosen, checked, answered, added, undone. The only writer.

A row becomes a patient by the same actions that add one by hand, so it is held to the same rules and leaves
the same line in the audit trail.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from apps.accounts.models import Clinic, User
from apps.audit import clock, events, verbs
from apps.audit.refused import Refused
from apps.patients import uploads

from . import bundles, columns, files, used
from .models import ImportRow, PatientImport

Format, Status, State, Answer = (
    PatientImport.Format,
    PatientImport.Status,
    ImportRow.State,
    ImportRow.Answer,
)
BATCH = 500
SILENT = dt.timedelta(minutes=2)
"""After so long without a word, work is taken to have been interrupted."""

IN_USE = "Somebody works on this import already."


@transaction.atomic
def begin(*, clinic: Clinic, file: Any, by: User) -> PatientImport:
    """Read a file, and keep its rows. No chart is touched. Raises Refused for what cannot be read."""
    data = file.read(uploads.MOST_BYTES + 1)
    if len(data) > uploads.MOST_BYTES:
        raise Refused(f"This file is larger than {uploads.MOST_WORDS}. Split it.", field="file")
    text, encoding = files.text_of(data)
    if text.lstrip()[:1] in ("{", "["):
        format, (heading, rows) = Format.FHIR, bundles.rows_of(text)
    else:
        format, (heading, rows) = Format.CSV, files.rows_of(text)
    guessed = columns.guess(heading) if format == Format.CSV else {n: at for at, n in enumerate(heading)}
    made = PatientImport.objects.create(
        clinic=clinic,
        format=format,
        status=Status.COLUMNS,
        encoding=encoding,
        heading=heading,
        columns=guessed,
        total=len(rows),
        begun_by=by,
        begun_at=clock.now(),
    )
    fresh = [ImportRow(of=made, line=line, cells=cells) for line, cells in rows]
    ImportRow.objects.bulk_create(fresh, batch_size=BATCH)
    events.record(verbs.IMPORT_BEGUN, by=by, clinic=clinic, target=made, rows=len(rows), format=str(format))
    if format == Format.FHIR:  # its columns have names of their own: there is nothing to choose
        _set_to_work(made, Status.CHECKING, "Waiting for its turn")
    return made


@transaction.atomic
def choose_columns(*, made: PatientImport, chosen: dict[str, int], by: User) -> PatientImport:
    """Say which column is what, and have every row checked. Still no chart is touched."""
    made = PatientImport.objects.select_for_update().get(pk=made.pk)
    if made.status not in (Status.COLUMNS, Status.READY):
        raise Refused(IN_USE if made.is_at_work else "The columns of this import are settled.")
    if lacking := columns.missing(chosen):
        raise Refused(f"{columns.NEEDED}: {', '.join(lacking)}.")
    if len(set(chosen.values())) != len(chosen):
        raise Refused("One column was chosen twice.")
    made.columns = chosen
    made.save(update_fields=["columns"])
    made.rows.update(state=State.UNREAD, answer="")
    _set_to_work(made, Status.CHECKING, "Waiting for its turn")
    return made


@transaction.atomic
def answer(*, made: PatientImport, answers: dict[int, str], for_the_others: str = "", by: User) -> int:
    """Say of rows that are asked about who they are; how many still wait for an answer."""
    made = PatientImport.objects.select_for_update().get(pk=made.pk)
    if made.status != Status.READY:
        raise Refused("These rows cannot be answered now.")
    asked = made.rows.filter(state=State.ASKED)
    for said in Answer.values:
        of_these = asked.filter(line__in=[line for line, one in answers.items() if one == said])
        (of_these.filter(may_be_new=True) if said == Answer.NEW else of_these).update(answer=said)
    if for_the_others in Answer.values:
        others = asked.filter(answer="")
        (others.filter(may_be_new=True) if for_the_others == Answer.NEW else others).update(
            answer=for_the_others
        )
    return asked.filter(answer="").count()


@transaction.atomic
def carry_out(*, made: PatientImport, by: User) -> PatientImport:
    """Have the rows added. What has something to mend stays out, and can be taken out as a file."""
    made = PatientImport.objects.select_for_update().get(pk=made.pk)
    if made.status != Status.READY:
        raise Refused(IN_USE if made.is_at_work else "This import was carried out or put away already.")
    if waiting := made.rows.filter(state=State.ASKED, answer="").count():
        raise Refused(
            f"{waiting} {'row waits' if waiting == 1 else 'rows wait'} for an answer: "
            "is it somebody who is here already?"
        )
    if not made.rows.filter(state__in=(State.FRESH, State.ASKED)).exists():
        raise Refused("There is nobody to add. Mend the rows and bring the file in again.")
    made.carried_out_by, made.carried_out_at = by, clock.now()
    made.save(update_fields=["carried_out_by", "carried_out_at"])
    events.record(verbs.IMPORT_CARRIED_OUT, by=by, clinic=made.clinic, target=made, **made.counts)
    _set_to_work(made, Status.ADDING, "Waiting for its turn")
    return made


@transaction.atomic
def undo(*, made: PatientImport, by: User) -> PatientImport:
    """Have everything that the import added taken out again. Refused when anybody has used any of it."""
    made = PatientImport.objects.select_for_update().get(pk=made.pk)
    if made.status != Status.DONE:
        raise Refused(IN_USE if made.is_at_work else "There is nothing to undo.")
    if stops := used.what_stops(made):
        raise Refused(f"It cannot be undone as a whole any more: {used.in_words(stops)}.")
    made.undone_by, made.undone_at = by, clock.now()
    made.save(update_fields=["undone_by", "undone_at"])
    _set_to_work(made, Status.UNDOING, "Waiting for its turn")
    return made


@transaction.atomic
def discard(*, made: PatientImport, by: User) -> PatientImport:
    """Put an import away: the rows that it still holds are removed. Whom it added stays."""
    made = PatientImport.objects.select_for_update().get(pk=made.pk)
    if made.is_at_work and not is_interrupted(made):
        raise Refused(IN_USE)
    kept = (State.ADDED, State.SAME)
    removed, _ = made.rows.exclude(state__in=kept).delete()
    if made.status not in (Status.DONE, Status.UNDONE):
        if made.status == Status.ADDING:
            raise Refused("Some of it is added already. Let it go on to its end, then undo it.")
        made.status = Status.DISCARDED
        made.save(update_fields=["status"])
    events.record(verbs.IMPORT_DISCARDED, by=by, clinic=made.clinic, target=made, rows=removed)
    return made


@transaction.atomic
def go_on(*, made: PatientImport, by: User) -> PatientImport:
    """Hand work out once more whose worker was stopped. Rows that were added stay added, once."""
    made = PatientImport.objects.select_for_update().get(pk=made.pk)
    if not is_interrupted(made):
        raise Refused(IN_USE if made.is_at_work else "Nothing is left to do.")
    _set_to_work(made, made.status, "Waiting for its turn")
    return made


def is_interrupted(made: PatientImport) -> bool:
    """Has nothing been heard of it for a while, because its worker was stopped?"""
    return made.is_at_work and clock.now() - (made.beat_at or made.begun_at) > SILENT


def _set_to_work(made: PatientImport, status: str, says: str) -> None:
    from .work import work

    made.status, made.says, made.done, made.beat_at = status, says, 0, clock.now()
    made.save(update_fields=["status", "says", "done", "beat_at"])
    id = str(made.pk)
    transaction.on_commit(lambda: work.enqueue(id))
