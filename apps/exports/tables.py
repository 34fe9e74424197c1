"""Charges and measures of a patient's signed notes as a table; what leaves the clinic is disclosed."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Iterator
from typing import Any

from defusedcsv import csv
from django.db import models, transaction
from django.db.models import QuerySet

from apps.accounts.models import User
from apps.audit import clock, events, verbs
from apps.audit.refused import Refused
from apps.ledger import chain
from apps.ledger.models import Kind, LedgerEntry
from apps.notes.access import notes_visible_to
from apps.patients import disclosures
from apps.patients.merging import records_of
from apps.patients.models import Patient


class Table(models.TextChoices):
    CHARGES = "charges", "Charges"
    MEASURES = "measures", "Measures"


ALL = ("date_of_service", "discipline", "clinician", "signed_by", "entry", "entry_sha256", "standing")
HEADINGS = {
    Table.CHARGES: (
        *ALL,
        "payer",
        "code",
        "label",
        "modifiers",
        "minutes",
        "minutes_in_other_notes",
        "units",
        "method",
        "diagnoses",
        "billing_on_hold",
    ),
    Table.MEASURES: (
        *ALL,
        "measure",
        "side_or_condition",
        "value",
        "unit",
        "scale",
        "baseline",
        "baseline_on",
        "words",
    ),
}


@transaction.atomic
def hand_out(
    *,
    patient: Patient,
    table: str,
    starts_on: dt.date,
    through_on: dt.date,
    recipient: str = "",
    purpose: str = "",
    by: User,
) -> str:
    """The table's text. With a recipient it leaves the clinic, and the accounting of disclosures says so."""
    if through_on < starts_on:
        raise Refused("These dates end before they start.", field="through_on")
    if recipient and not purpose:
        raise Refused("Say what for: the accounting of disclosures needs it.", field="purpose")
    kind = Table(table)
    text = text_of(kind, _entries(patient, starts_on, through_on, by))
    events.record(
        verbs.TABLE_EXPORTED,
        by=by,
        clinic=patient.clinic,
        patient=patient,
        target=patient,
        table=kind.value,
        starts_on=starts_on.isoformat(),
        through_on=through_on.isoformat(),
        left=bool(recipient),
    )
    if recipient:
        disclosures.record(
            patient=patient,
            made_on=clock.today(patient.clinic.time_zone),
            recipient=recipient,
            words=f"{kind.label} of {starts_on:%m/%d/%Y} to {through_on:%m/%d/%Y}, as CSV",
            purpose=purpose,
            by=by,
        )
    return text


def _entries(patient: Patient, starts_on: dt.date, through_on: dt.date, by: User) -> QuerySet[LedgerEntry]:
    notes = notes_visible_to(by).filter(
        visit__patient__in=records_of(patient.pk), visit__served_on__range=(starts_on, through_on)
    )
    return LedgerEntry.objects.filter(
        clinic=patient.clinic_id, document__in=notes.values("pk"), kind__in=(Kind.SIGN, Kind.VOID)
    ).order_by("seq")


def text_of(kind: Table, entries: Iterable[LedgerEntry]) -> str:
    """The CSV of the notes with these entries. A cell that a spreadsheet would take for a formula is text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS[kind])
    signed: dict[Any, LedgerEntry] = {}
    void = set()
    for entry in entries:
        if entry.kind == Kind.VOID:
            void.add(entry.document)
        elif entry.payload:
            signed[entry.document] = entry
    read = [(entry, chain.read(entry)) for entry in signed.values()]
    for entry, payload in sorted(read, key=lambda one: (one[1]["visit"]["date_of_service"], one[0].seq)):
        first = _first(entry, payload, is_void=entry.document in void)
        rows = _charges(payload) if kind == Table.CHARGES else _measures(payload)
        writer.writerows([*first, *map(plain_cell, row)] for row in rows)
    return out.getvalue()


def plain_cell(cell: Any) -> Any:
    """White space before a formula would hide it from the library, and not from every spreadsheet."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1].isspace() else cell


def _first(entry: LedgerEntry, payload: dict[str, Any], *, is_void: bool) -> tuple[Any, ...]:
    return (
        payload["visit"]["date_of_service"],
        payload["note"]["discipline"],
        payload["clinician"]["name"],
        payload["signature"]["name"],
        entry.seq,
        entry.hash,
        "void" if is_void else "signed",
    )


def _charges(payload: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    labels = {block["code"]: block["label"] for block in payload["blocks"]}
    units, payer = payload["units"], payload["payer"]
    diagnoses = _joined(said["code"] for said in payload["diagnoses"])
    for line in (*units["lines"], *units["untimed"]):
        is_timed = "minutes" in line
        yield (
            payer["name"] if payer else "",
            line["code"],
            line.get("label") or labels.get(line["code"], ""),
            _joined(line["modifiers"]),
            line["minutes"] if is_timed else "",
            line["minutes_elsewhere"] if is_timed else "",
            "" if line["units"] is None else line["units"],
            units["method_label"] if is_timed else "untimed",
            diagnoses,
            "yes" if payload["review"]["holds_billing"] else "",
        )


def _measures(payload: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    for taken in payload["measures"]:
        yield (
            taken["name"] or taken["label"],
            taken.get("place", ""),
            taken["value"],
            taken["unit"],
            taken["range"],
            taken["baseline"],
            taken["baseline_on"],
            taken["words"],
        )


def _joined(parts: Iterable[str]) -> str:
    return " ".join(parts)
