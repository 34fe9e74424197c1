"""Whether anybody has used what an import added: then it cannot be undone as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from apps.audit import verbs
from apps.audit.models import Event
from apps.patients import holds
from apps.patients.merging import records_of_people
from apps.patients.models import Coverage, Diagnosis, Patient

from .models import ImportRow, PatientImport

AT_ONCE = 500
CHANGES = (verbs.PATIENT_CHANGED, verbs.COVERAGE_CHANGED, verbs.DIAGNOSIS_ENDED)
KINDS: dict[str, Any] = {"coverage": Coverage, "diagnosis": Diagnosis}


def added_by(made: PatientImport) -> tuple[list[UUID], dict[str, list[UUID]]]:
    """The patients whom the import added, and by kind what it added to charts: theirs and others'."""
    patients: list[UUID] = []
    things: dict[str, list[UUID]] = {kind: [] for kind in KINDS}
    rows = made.rows.filter(state__in=(ImportRow.State.ADDED, ImportRow.State.SAME))
    for state, patient, of_row in rows.values_list("state", "patient", "made"):
        if state == ImportRow.State.ADDED and patient:
            patients.append(patient)
        for kind, id in of_row:
            things[kind].append(UUID(id))
    return patients, things


def what_stops(made: PatientImport) -> dict[str, int]:
    """What was done with its patients since, by its name in the clinic, and how often. Every table that
    points at a patient counts, so that one which comes later is not forgotten.
    """
    patients, things = added_by(made)
    stops: dict[str, int] = defaultdict(int)
    ours = {Coverage: set(things["coverage"]), Diagnosis: set(things["diagnosis"])}
    for model, ids in ((Patient, patients), (Coverage, things["coverage"]), (Diagnosis, things["diagnosis"])):
        for relation in model._meta.related_objects:
            related, name = _points(relation)
            for part in parts_of(ids):
                rows = related._base_manager.filter(**{f"{name}__in": part})
                found = set(rows.values_list("pk", flat=True)) - ours.get(related, set())
                stops[str(relation.related_model._meta.verbose_name)] += len(found)
    for part in parts_of([str(id) for id in patients]):
        stops["change to a chart"] += Event.objects.filter(patient__in=part, verb__in=CHANGES).count()
    # What it added to a chart that was here is part of that chart: a hold keeps it, an ended one no more.
    for part in parts_of(_others_added_to(made)):
        into = Patient.objects.filter(pk__in=part, merged_into__isnull=False).values_list(
            "merged_into", flat=True
        )
        stops["legal hold"] += holds.open_of(list(records_of_people([*part, *into]))).count()
    of_others = [str(id) for ids in _in_charts_of_others(made).values() for id in ids]
    for part in parts_of(of_others):
        stops["change to a chart"] += Event.objects.filter(target__in=part, verb__in=CHANGES).count()
    return {name: count for name, count in stops.items() if count}


def _in_charts_of_others(made: PatientImport) -> dict[str, list[UUID]]:
    """What was added to charts that were here before."""
    things: dict[str, list[UUID]] = {kind: [] for kind in KINDS}
    for of_row in made.rows.filter(state=ImportRow.State.SAME).values_list("made", flat=True):
        for kind, id in of_row:
            things[kind].append(UUID(id))
    return things


def _others_added_to(made: PatientImport) -> list[UUID]:
    """The charts that were here before, and to which something was added."""
    rows = made.rows.filter(state=ImportRow.State.SAME).values_list("patient", "made")
    return [patient for patient, of_row in rows if patient and of_row]


def _points(relation: Any) -> tuple[Any, str]:
    """The table and the field in it that points at the model of `relation`."""
    if relation.many_to_many:
        return relation.through, relation.field.m2m_reverse_field_name()
    return relation.related_model, relation.field.name


def parts_of(ids: Iterable[Any]) -> Iterator[list[Any]]:
    all_of_them = list(ids)
    for start in range(0, len(all_of_them), AT_ONCE):
        yield all_of_them[start : start + AT_ONCE]


NAMES = {
    "plan of care": "plans of care",
    "emergency access": "emergency accesses",
    "change to a chart": "changes to charts",
    "care team place": "places on care teams",
    "attestation asked": "attestations asked for",
}


def in_words(stops: dict[str, int]) -> str:
    """Such as "2 visits and 1 document"."""
    parts = [
        f"{count} {name if count == 1 else NAMES.get(name, f'{name}s')}"
        for name, count in sorted(stops.items())
    ]
    said = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
    return f"its charts have {said} since"
