"""Two records of one person, put together and taken apart again. The only writer of both.

No row is moved: a pointer says that one record is about the same person as another. So nothing that was
signed changes, each visit stays under the name that it was charted under, and taking them apart is lifting
the pointer. What counts days, looks back or shows a chart asks `records_of` for all records of the person;
who sees which of their rows is decided for each as before. A legal hold stops neither: nothing goes by
them, and a hold of either record counts for the person.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from apps.accounts.models import User
from apps.audit import clock, events, verbs
from apps.audit.refused import Refused

from . import holds
from .models import Patient, RecordMerge

LEAST_REASON = 10
ELSEWHERE = "This record is one with another of the same person. Go on in that chart."


def records_of(patient_id: Any) -> QuerySet[Patient]:
    """Every record of the person whom this record is about, itself included: for `patient__in`."""
    # A scalar subquery: as a constant it lets PostgreSQL use the index, which IN inside OR would not.
    into = Patient.objects.filter(pk=patient_id).values("merged_into")[:1]
    return Patient.objects.filter(
        Q(pk=patient_id) | Q(merged_into=patient_id) | Q(pk=into) | Q(merged_into=into)
    ).order_by()


def records_of_people(people: Collection[Any]) -> dict[Any, Any]:
    """Every record of these people, with whose it is. A person is named by the record that others were merged
    into. One query, of the few records that were merged at all.
    """
    merged = Patient.objects.filter(merged_into__isnull=False, merged_into__in=people).order_by()
    return {id: id for id in people} | dict(merged.values_list("pk", "merged_into"))


def held_among(patients: Collection[Any]) -> set[Any]:
    """Of these records' ids those on hold: in the record itself, or in another one of the same person."""
    into = dict(Patient.objects.filter(pk__in=patients).order_by().values_list("pk", "merged_into"))
    people = {id: other or id for id, other in into.items()}
    whose = records_of_people(set(people.values()))
    held = {whose[id] for id in holds.open_of(list(whose)).values_list("patient", flat=True)}
    return {id for id, person in people.items() if person in held}


def check_goes_on_here(patient: Patient) -> None:
    """What is new about a person is written in the record that stays. Raises Refused."""
    if patient.merged_into_id:
        raise Refused(ELSEWHERE)


@transaction.atomic
def merge(*, patient: Patient, into: Patient, reason: str, by: User) -> RecordMerge:
    """Say that `patient` is a second record of the person whom `into` is about. No row of either changes."""
    both = Patient.objects.select_for_update().filter(pk__in=(patient.pk, into.pk)).order_by("pk")
    rows = {row.pk: row for row in both}
    if len(rows) < 2:
        raise Refused("This is the same record. Choose the other one.", field="mrn")
    patient, into = rows[patient.pk], rows[into.pk]
    if patient.clinic_id != into.clinic_id:
        raise Refused("These records are of two clinics.", field="mrn")
    if patient.is_restricted != into.is_restricted:
        raise Refused(
            "One of the charts is restricted and the other is not. Restrict both, or neither, first: "
            "otherwise one would be seen through the other.",
            field="mrn",
        )
    if patient.merged_into_id or into.merged_into_id:
        raise Refused(
            "One of these records is one with another already. Take those apart first.", field="mrn"
        )
    if Patient.objects.filter(merged_into=patient.pk).exists():
        raise Refused("This record stays for another one. Merge them the other way round.", field="mrn")
    reason = reason.strip()
    if len(reason) < LEAST_REASON:
        raise Refused(
            f"Say how you know that it is the same person, in at least {LEAST_REASON} characters.",
            field="reason",
        )
    patient.merged_into = into
    patient.save(update_fields=["merged_into"])
    made = RecordMerge.objects.create(
        patient=patient, into=into, reason=reason, merged_by=by, merged_at=clock.now()
    )
    _record(verbs.RECORDS_MERGED, made, by)
    return made


@transaction.atomic
def take_apart(*, merge: RecordMerge, by: User) -> RecordMerge:
    """They are two people after all, or it was the wrong way round: everything is as it was before."""
    merge = RecordMerge.objects.select_for_update().select_related("patient", "into__clinic").get(pk=merge.pk)
    if merge.undone_at:
        raise Refused("These records were taken apart already.")
    holds.keep_both(one=merge.patient, other=merge.into, since=merge.merged_at, by=by)
    Patient.objects.filter(pk=merge.patient_id).update(merged_into=None)
    merge.undone_by, merge.undone_at = by, clock.now()
    merge.save(update_fields=["undone_by", "undone_at"])
    _record(verbs.RECORDS_TAKEN_APART, merge, by)
    return merge


def _record(verb: str, made: RecordMerge, by: User) -> None:
    """A line in the trail of each of the two charts."""
    for patient in (made.patient, made.into):
        events.record(verb, by=by, clinic=made.into.clinic, patient=patient, target=made)
