"""Which charts are past the time for which they are kept, and which are on hold. Nothing here changes one.

What counts as the last entry: a visit that was booked for a day, whatever came of it; anything signed, added
or attested to about a note; a signed plan; and an uploaded document. A record that holds none of these has no
day to count from, and is in no list.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import DateField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import ExtractDay, ExtractMonth, ExtractYear

from apps.compliance import retention
from apps.compliance.retention import Period
from apps.episodes.models import PlanVersion
from apps.exports.packets.models import AttestationAsked
from apps.ledger.models import LedgerEntry
from apps.notes.models import RECORD, Note
from apps.patients import holds
from apps.patients.merging import records_of_people
from apps.patients.models import Document, LegalHold, Patient
from apps.visits.models import Visit

SIGNED = PlanVersion.Status.SIGNED


def past(patients: QuerySet[Patient], period: Period, today: dt.date, zone: ZoneInfo) -> QuerySet[Patient]:
    """Charts past their period. Without a rule for minors, those of people who may have been one are not."""
    quiet = _quiet_since(patients, period.last_before(today), zone)
    born_before = period.born_before(today)
    return quiet.filter(_was_grown(today)) if born_before is None else quiet.filter(born_on__lt=born_before)


def kept_for_minors(
    patients: QuerySet[Patient], period: Period, today: dt.date, zone: ZoneInfo
) -> QuerySet[Patient]:
    """Charts that would be past the period of adults, while no rule for minors is entered."""
    if period.minors_until is not None:
        return patients.none()
    return _quiet_since(patients, period.last_before(today), zone).exclude(_was_grown(today))


def held(patients: QuerySet[Patient]) -> QuerySet[Patient]:
    """Charts with an open hold, of this record or of one that it is one with."""
    own = LegalHold.objects.filter(patient=OuterRef("pk"), lifted=None)
    merged = LegalHold.objects.filter(patient__merged_into=OuterRef("pk"), lifted=None)
    return patients.filter(Exists(own) | Exists(merged), merged_into=None)


def _quiet_since(patients: QuerySet[Patient], day: dt.date, zone: ZoneInfo) -> QuerySet[Patient]:
    """Charts in which there is something, and nothing from `day` in `zone` on, in no record of the person."""
    since = dt.datetime.combine(day, dt.time.min, zone)
    lively_twin = Patient.objects.filter(_has_entry(since), merged_into=OuterRef("pk"))
    twin_with_entry = Patient.objects.filter(_has_entry(), merged_into=OuterRef("pk"))
    return patients.filter(
        ~_has_entry(since),
        ~Exists(lively_twin),
        _has_entry() | Exists(twin_with_entry),
        merged_into=None,
    )


def _has_entry(since: dt.datetime | None = None) -> Q:
    """Is there an entry in this record, from that moment on, the beginning of a day? Each is asked for by an
    index on the patient.
    """
    visits = Visit.objects.filter(patient=OuterRef("pk"))
    documents = Document.objects.filter(patient=OuterRef("pk"))
    plans = PlanVersion.objects.filter(plan__patient=OuterRef("pk"), status=SIGNED)
    if since is None:
        return Q(Exists(visits)) | Q(Exists(documents)) | Q(Exists(plans))
    moment = since.astimezone(dt.UTC).isoformat()[:19]
    entries = LedgerEntry.objects.filter(document=OuterRef("pk"), recorded_at__gte=moment)
    attested = AttestationAsked.objects.filter(note=OuterRef("pk"), attested_on__gte=since.date())
    notes = Note.objects.filter(visit__patient=OuterRef("pk"))
    return (
        Q(Exists(visits.filter(served_on__gte=since.date())))
        | Q(Exists(documents.filter(uploaded_at__gte=since)))
        | Q(Exists(plans.filter(signed_at__gte=since)))
        | Q(Exists(notes.filter(Exists(entries), status__in=RECORD)))
        | Q(Exists(notes.filter(Exists(attested))))
    )


def _was_grown(today: dt.date) -> Q:
    """Was the patient, at a visit, so old that no law of a state would have them a minor? Days are compared
    as the numbers that they are written as, year first: the difference of two has the whole years in front.
    """
    age = retention.may_be_minor(today).value
    born_on = ExpressionWrapper(OuterRef("born_on"), output_field=DateField())
    visits = Visit.objects.annotate(old=_number(F("served_on")) - _number(born_on)).filter(
        old__gte=age * 10_000
    )
    own = Exists(visits.filter(patient=OuterRef("pk")))
    return Q(own) | Q(Exists(visits.filter(patient__merged_into=OuterRef("pk"))))


def _number(day: Any) -> Any:
    return ExtractYear(day) * 10_000 + ExtractMonth(day) * 100 + ExtractDay(day)


def rows_of(ids: Collection[UUID], period: Period, zone: ZoneInfo) -> list[Patient]:
    """These charts as a list shows them: with the last day of an entry as counted in `zone`, the end of the
    period, and holds.
    """
    people = {patient.pk: patient for patient in Patient.objects.filter(pk__in=ids)}
    whose = records_of_people(ids)
    for record in _with_last_days(Patient.objects.filter(pk__in=list(whose)).order_by()):
        patient = people[whose[record.pk]]
        days = (record.last_visit, record.last_word, record.last_plan, record.last_document)
        found = [day for day in (_day(each, zone) for each in days) if day]
        patient.last_on = max(filter(None, (getattr(patient, "last_on", None), *found)), default=None)
    for patient in people.values():
        patient.holds = []
        patient.kept_through = period.ends_on(patient.last_on, patient.born_on) if patient.last_on else None
    for hold in holds.open_of(list(whose)):
        people[whose[hold.patient_id]].holds.append(hold)
    return [people[id] for id in ids]


def _with_last_days(records: QuerySet[Patient]) -> list[Any]:
    visits = Visit.objects.filter(patient=OuterRef("pk")).order_by("-served_on").values("served_on")
    notes = Note.objects.filter(visit__patient=OuterRef(OuterRef("pk")), status__in=RECORD).values("pk")
    words = LedgerEntry.objects.filter(document__in=notes).order_by("-recorded_at").values("recorded_at")
    plans = PlanVersion.objects.filter(plan__patient=OuterRef("pk"), status=SIGNED).order_by("-signed_at")
    documents = Document.objects.filter(patient=OuterRef("pk")).order_by("-uploaded_at").values("uploaded_at")
    return list(
        records.annotate(
            last_visit=Subquery(visits[:1]),
            last_word=Subquery(words[:1]),
            last_plan=Subquery(plans.values("signed_at")[:1]),
            last_document=Subquery(documents[:1]),
        )
    )


def _day(value: dt.date | dt.datetime | str | None, zone: ZoneInfo) -> dt.date | None:
    moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(zone).date() if isinstance(moment, dt.datetime) else moment
