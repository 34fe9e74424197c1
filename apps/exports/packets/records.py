"""From the database to the facts of a packet. The only module here that reads charts.

Signed words come from the ledger, never from the rows that someone could still edit; of a note that nobody
signed, only whose it is and for which day.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import zoneinfo
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, Q

from apps.audit import clock
from apps.compliance import codes, limits
from apps.compliance import standing as standings
from apps.episodes import due
from apps.episodes.models import Paper, PlanOfCare, PlanVersion
from apps.exports import supported
from apps.ledger import chain
from apps.ledger.models import DocumentType, Kind, LedgerEntry
from apps.notes.models import Note
from apps.patients import documents
from apps.patients.merging import records_of
from apps.patients.models import Document
from apps.visits.models import Attendance, Visit

from . import billed, contents, slots
from .contents import CertificationFact, Facts, Later, NoteFact, PaperFact, PlanFact, UploadFact, VisitFact
from .models import AttestationAsked, Packet

LATER = (Kind.COSIGN, Kind.ADDENDUM, Kind.LATE_ENTRY, Kind.CORRECTION, Kind.VOID)
LATE_STATES = (standings.State.CERTIFIED_LATE, standings.State.LATE_WITHOUT_REASON)
MISSING_STATES = (
    standings.State.OVERDUE,
    standings.State.EXCEPTION_FAILED,
    standings.State.RECERTIFICATION_OVERDUE,
)
UPLOADED_BEFORE = dt.timedelta(days=90)
"""A paper of an episode may be older than its plan: so far back, a typed one is taken for this episode's."""


@dataclass
class Reading:
    """A signed note with the words of its entry. Read one by one, and let go."""

    note: NoteFact
    payload: dict[str, Any]
    entry: LedgerEntry
    corrected: dict[str, str] = field(default_factory=dict)  # field → what it should say, the last word last
    added: list[dict[str, Any]] = field(default_factory=list)  # the cosignatures and amendments, as signed


@dataclass
class Record:
    """What a packet's pages show: the facts, what fills the list, and the billed lines beside the record."""

    packet: Packet
    facts: Facts
    index: contents.Index
    compared: list[billed.Compared] = field(default_factory=list)


def of(packet: Packet) -> Record:
    """Everything about a packet, worked out anew from what the chart holds now."""
    facts, compared = _facts(packet)
    return Record(packet, facts, contents.index(facts, slots.list_on(packet.letter_on)), compared)


def _facts(packet: Packet) -> tuple[Facts, list[billed.Compared]]:
    plans = plans_of(packet)
    notes: list[NoteFact] = []
    days: dict[tuple[dt.date, str], list[dict[str, Any]]] = defaultdict(list)
    has_measures = False
    for reading in readings(packet, plans):
        notes.append(reading.note)
        has_measures = has_measures or any(one["value"] for one in reading.payload["measures"])
        if not reading.note.is_voided and _is_asked_for(packet, reading.note.on):
            kept = {"units": reading.payload["units"], "blocks": reading.payload["blocks"]}
            days[reading.note.on, reading.note.discipline].append(kept)
    notes += _unsigned(packet, plans)
    visits = tuple(
        VisitFact(
            str(one.pk), one.served_on, one.clinician.signature_name, str(one.clinician_id), one.happened
        )
        for one in visits_of(packet).select_related("clinician")
    )
    papers, uploads = _papers(packet, plans)
    lines = [
        billed.Line(one.served_on, one.code, one.units, one.modifiers, one.claim, str(one.pk))
        for one in packet.lines.all()
    ]
    noted = frozenset(on for on, _ in days)
    compared = billed.compare(lines, _supported(days), noted) if lines else []
    ended = [plan.ended_on for plan in plans if plan.ended_on]
    facts = Facts(
        today=clock.today(packet.clinic.time_zone),
        letter_on=packet.letter_on,
        starts_on=packet.starts_on,
        through_on=packet.through_on,
        letter=_upload(packet.letter) if packet.letter else None,
        visits=visits,
        notes=tuple(notes),
        plans=tuple(_versions(packet, plans)),
        papers=papers,
        uploads=uploads,
        others=tuple(_upload(one) for one in packet.others.all()),
        certifications=tuple(_certifications(packet, plans)),
        differences=tuple(
            contents.Difference(one.id, one.on, one.code, one.words) for one in compared if one.is_conflict
        ),
        has_measures=has_measures,
        has_billed=bool(lines),
        is_discharged_on=max(ended) if ended and len(ended) == len(plans) else None,
    )
    return facts, compared


def _is_asked_for(packet: Packet, day: dt.date) -> bool:
    return packet.starts_on <= day <= packet.through_on


# --- Plans ------------------------------------------------------------------------------------------------


def plans_of(packet: Packet) -> list[PlanOfCare]:
    """The plans of the chosen dates: the chosen one, or all that were in force on one of them."""
    plans = due.plans_on(packet.through_on).filter(patient__in=records_of(packet.patient_id))
    plans = plans.exclude(starts_on__gt=packet.through_on).exclude(ended_on__lt=packet.starts_on)
    if packet.plan_id:
        plans = plans.filter(pk=packet.plan_id)
    versions = PlanVersion.objects.exclude(status=PlanVersion.Status.DISCARDED).select_related(
        "signed_by", "started_by"
    )
    return list(
        plans.order_by("starts_on", "pk").prefetch_related(
            Prefetch("versions", versions, to_attr="versions_read")
        )
    )


def _versions(packet: Packet, plans: Iterable[PlanOfCare]) -> Iterator[PlanFact]:
    rows = [(plan, version) for plan in plans for version in plan.versions_read]  # type: ignore[attr-defined]
    entries = {
        entry.document: entry
        for entry in LedgerEntry.objects.filter(
            clinic=packet.clinic_id,
            document__in=[version.pk for _, version in rows],
            document_type=DocumentType.PLAN,
            kind=Kind.SIGN,
        ).order_by("seq")
    }
    for plan, version in rows:
        if version.established_on > packet.through_on:
            continue
        entry = entries.get(version.pk)
        author = version.signed_by or version.started_by
        title = "Plan of care" if version.number == 1 else f"Plan of care, version {version.number}"
        yield PlanFact(
            id=str(version.pk),
            plan=str(plan.pk),
            title=f"{title}, {plan.get_discipline_display()}",
            on=version.established_on,
            author=author.signature_name,
            author_id=str(author.pk),
            signed_on=day_of(entry, packet) if entry else None,
            seq=entry.seq if entry else None,
            hash=entry.hash if entry else "",
            ended_on=plan.ended_on,
        )


def _certifications(packet: Packet, plans: list[PlanOfCare]) -> Iterator[CertificationFact]:
    papers = due.papers_of([plan.pk for plan in plans])
    day = min(packet.through_on, clock.today(packet.clinic.time_zone))
    for plan in plans:
        found = standings.standing(due.episode_of(plan, papers.get(plan.pk, []), day), day)
        yield CertificationFact(
            plan=str(plan.pk),
            title=f"Certification of the plan, {plan.get_discipline_display()}",
            state=found.state,
            tone=found.tone,
            words=found.words,
            is_late=found.state in LATE_STATES,
            has_reason=found.state == standings.State.CERTIFIED_LATE,
            is_missing=found.state in MISSING_STATES and found.is_needed is not None,
        )


# --- Papers and uploads -----------------------------------------------------------------------------------


def _papers(packet: Packet, plans: list[PlanOfCare]) -> tuple[tuple[PaperFact, ...], tuple[UploadFact, ...]]:
    rows = list(
        Paper.objects.filter(plan__in=[plan.pk for plan in plans], mistake="").select_related("document")
    )
    first = min((plan.starts_on for plan in plans), default=packet.starts_on)
    named = {row.document_id for row in rows if row.document_id}
    typed = Q(type__in=contents.UPLOADS, dated_on__gte=first - UPLOADED_BEFORE)
    uploads = Document.objects.filter(
        Q(pk__in=named) | typed & ~Q(papers__isnull=False),
        patient__in=records_of(packet.patient_id),
        set_aside_at=None,
    ).exclude(pk=packet.letter_id)
    papers = tuple(
        PaperFact(
            id=str(row.pk),
            kind=row.kind,
            label=row.get_kind_display(),
            on=row.dated_on or row.signed_on or row.verbal_on,  # type: ignore[arg-type]
            signer=row.signer_name,
            signed_on=row.signed_on,
            document=str(row.document_id or ""),
            reason=row.reason,
        )
        for row in rows
    )
    return papers, tuple(_upload(one) for one in uploads.distinct())


def _upload(document: Document) -> UploadFact:
    return UploadFact(
        id=str(document.pk),
        type=document.type,
        label=document.get_type_display(),
        on=document.dated_on,
        words=document.words,
        sha256=document.sha256,
        is_whole=is_whole(document),
    )


def is_whole(document: Document) -> bool:
    """Is the file on the server the one that was uploaded?"""
    try:
        with documents.path_of(document).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == document.sha256
    except OSError:
        return False


# --- Visits and notes -------------------------------------------------------------------------------------


def visits_of(packet: Packet):
    """The visits of the chosen dates and payer that took place."""
    today = clock.today(packet.clinic.time_zone)
    visits = Visit.objects.filter(
        patient__in=records_of(packet.patient_id),
        served_on__range=(packet.starts_on, packet.through_on),
        served_on__lt=today,  # of today's the note may still be under the pen
    )
    visits = visits.filter(attendance__in=(Attendance.ATTENDED, Attendance.CUT_SHORT))
    if packet.payer_id:
        visits = visits.filter(coverage__payer=packet.payer_id)
    if packet.plan_id:
        visits = visits.filter(
            Q(notes__discipline=packet.plan.discipline)  # type: ignore[union-attr]
            | Q(notes=None, clinician__discipline=packet.plan.discipline)  # type: ignore[union-attr]
        ).distinct()
    return visits.order_by("served_on", "pk")


def notes_of(packet: Packet, plans: list[PlanOfCare]):
    """The notes of those visits, and the evaluation that each plan began with, however early."""
    in_dates = Q(visit__served_on__range=(packet.starts_on, packet.through_on))
    evaluated = Q(kind__in=contents.EVALUATION_TYPES) | Q(
        blocks__code__in=codes.EVALUATIONS, blocks__is_removed=False
    )
    for plan in plans:
        earliest = plan.starts_on - due.EVALUATED_BEFORE
        in_dates |= evaluated & Q(
            discipline=plan.discipline, visit__served_on__range=(earliest, packet.through_on)
        )
    notes = Note.objects.filter(in_dates, visit__patient__in=records_of(packet.patient_id)).exclude(
        status="discarded"
    )
    if packet.payer_id:
        notes = notes.filter(visit__coverage__payer=packet.payer_id)
    if packet.plan_id:
        notes = notes.filter(discipline=packet.plan.discipline)  # type: ignore[union-attr]
    return notes.distinct()


def readings(packet: Packet, plans: list[PlanOfCare]) -> Iterator[Reading]:
    """Each signed note of the packet in the order of its days, one at a time."""
    rows = notes_of(packet, plans).exclude(status__in=("draft", "in_review"))
    ids = list(rows.order_by("visit__served_on", "pk").values_list("pk", flat=True).distinct())
    for start in range(0, len(ids), 100):
        yield from _read(packet, ids[start : start + 100])


def _read(packet: Packet, ids: list[Any]) -> Iterator[Reading]:
    entries: dict[Any, list[LedgerEntry]] = defaultdict(list)
    for entry in LedgerEntry.objects.filter(clinic=packet.clinic_id, document__in=ids).order_by("seq"):
        entries[entry.document].append(entry)
    for id in ids:
        signed = [entry for entry in entries[id] if entry.kind == Kind.SIGN and entry.payload]
        if not signed:
            continue
        payload = chain.read(signed[-1])
        later = tuple(_later(entry, packet) for entry in entries[id] if entry.kind in LATER)
        note = _note(payload, signed[-1], later, packet)
        added = [chain.read(entry) for entry in entries[id] if entry.kind in LATER and entry.payload]
        yield Reading(note, payload, signed[-1], _corrected(entries[id]), added)


def _corrected(entries: list[LedgerEntry]) -> dict[str, str]:
    corrections = [one for one in entries if one.kind == Kind.CORRECTION and one.payload]
    return {
        said["path"]: said["should_say"] for one in corrections for said in chain.read(one)["corrections"]
    }


def _later(entry: LedgerEntry, packet: Packet) -> Later:
    payload = chain.read(entry) if entry.payload else {}
    by = payload.get("signature", {}).get("name", "")
    return Later(entry.kind, Kind(entry.kind).label, day_of(entry, packet), by)


def _note(payload: dict[str, Any], entry: LedgerEntry, later: tuple[Later, ...], packet: Packet) -> NoteFact:
    note, signature, progress = payload["note"], payload["signature"], payload["progress"]
    on = dt.date.fromisoformat(payload["visit"]["date_of_service"])
    coded = frozenset(block["code"] for block in payload["blocks"])
    return NoteFact(
        id=note["id"],
        visit=payload["visit"]["id"],
        on=on,
        title=note["title"],
        type=note["type"],
        discipline=note["discipline_label"],
        author=signature["name"],
        author_id=signature["user"],
        signed_on=day_of(entry, packet),
        seq=entry.seq,
        hash=entry.hash,
        codes=coded,
        is_evaluation=bool(coded & codes.EVALUATIONS) and note["type"] == "treatment",
        has_report=note["type"] == "progress"
        or (note["type"] == "treatment" and bool(payload["goal_reports"] or payload["sections"])),
        since_report=progress["since_report"] if progress else 0,
        report_every=limits.report_every(on) if progress else None,
        timed_minutes=payload["times"]["timed_minutes"] or 0,
        total_minutes=payload["times"]["total_minutes"],
        later=later,
    )


def _unsigned(packet: Packet, plans: list[PlanOfCare]) -> list[NoteFact]:
    rows = notes_of(packet, plans).filter(
        status__in=("draft", "in_review"), visit__served_on__lt=clock.today(packet.clinic.time_zone)
    )
    attested = {
        one.note_id: one for one in AttestationAsked.objects.filter(note__in=rows, entry__isnull=False)
    }
    entries = {
        entry.seq: entry
        for entry in LedgerEntry.objects.filter(
            clinic=packet.clinic_id, seq__in=[one.entry for one in attested.values()]
        )
    }
    found = []
    for row in rows.select_related("visit", "author"):
        one = attested.get(row.pk)
        entry = entries.get(one.entry) if one and one.entry else None
        found.append(
            NoteFact(
                id=str(row.pk),
                visit=str(row.visit_id),
                on=row.visit.served_on,
                title=row.get_kind_display(),
                type=row.kind,
                discipline=row.get_discipline_display(),
                author=row.author.signature_name,
                author_id=str(row.author_id),
                attested_on=one.attested_on if one else None,
                seq=entry.seq if entry else None,
                hash=entry.hash if entry else "",
            )
        )
    return found


def day_of(entry: LedgerEntry, packet: Packet) -> dt.date:
    """The day on the clinic's wall when an entry was made."""
    moment = dt.datetime.fromisoformat(entry.recorded_at.replace("Z", "+00:00"))
    return moment.astimezone(zoneinfo.ZoneInfo(packet.clinic.time_zone)).date()


# --- Units ------------------------------------------------------------------------------------------------


def _supported(
    days: dict[tuple[dt.date, str], list[dict[str, Any]]],
) -> dict[tuple[dt.date, str], billed.Supported]:
    """By day and code, all disciplines together."""
    found: dict[tuple[dt.date, str], billed.Supported] = {}
    for (on, _), payloads in days.items():
        is_open = supported.is_open(payloads)
        minutes: dict[str, int] = defaultdict(int)
        modifiers: dict[str, list[str]] = defaultdict(list)
        for payload in payloads:
            for block in payload["blocks"]:
                minutes[block["code"]] += block["minutes"] or 0
                modifiers[block["code"]] += block["modifiers"]
        lines = {line["code"]: line["units"] for line in supported.lines(payloads)}
        for code in {*minutes, *lines}:
            known = codes.get(code)
            units = lines.get(code, None if is_open and known and known.timed else 0)
            earlier = found.get((on, code))
            if earlier and earlier.units is not None and units is not None:
                units += earlier.units
            found[on, code] = billed.Supported(units, minutes[code], tuple(dict.fromkeys(modifiers[code])))
    return found
