"""The only writer of packets, their explanations and billed lines, of samples, and of the clinic's policy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from apps.accounts.changes import set_fields
from apps.accounts.models import Clinic, User
from apps.audit import clock, events, verbs
from apps.audit.refused import Refused
from apps.patients import disclosures, requests
from apps.patients.models import Patient

from . import billed, slots
from .models import BilledLine, Explanation, Packet, PacketPolicy, ReviewSample

LETTER = (
    "reviewer",
    "kind",
    "letter_on",
    "due_on",
    "case_number",
    "purpose",
    "contact_name",
    "contact_phone",
)
CHOSEN = ("payer", "plan", "starts_on", "through_on", "letter")
LONGEST = dt.timedelta(days=366 * 11)


def _check(fields: dict[str, Any], clinic: Clinic) -> None:
    if fields["letter_on"] > clock.today(clinic.time_zone):
        raise Refused("The letter is dated in the future.", field="letter_on")
    if fields.get("due_on") and fields["due_on"] < fields["letter_on"]:
        raise Refused("The records are due before the letter was written.", field="due_on")


def _check_dates(fields: dict[str, Any]) -> None:
    if fields["through_on"] < fields["starts_on"]:
        raise Refused("These dates end before they start.", field="through_on")
    if fields["through_on"] - fields["starts_on"] > LONGEST:
        raise Refused("These are more than eleven years. Check the dates.", field="starts_on")


@transaction.atomic
def begin(*, patient: Patient, by: User, others: Iterable = (), sample: ReviewSample | None = None, **fields):
    """Open a packet for a patient and a letter. From the letter's date the matter is open."""
    _check(fields, patient.clinic)
    _check_dates(fields)
    packet = Packet.objects.create(
        clinic=patient.clinic,
        patient=patient,
        sample=sample,
        created_by=by,
        created_at=clock.now(),
        **{name: fields[name] for name in (*LETTER, *CHOSEN) if name in fields},
    )
    packet.others.set(others)
    packet.request = requests.record_request(
        patient=patient,
        received_on=packet.letter_on,
        requester=packet.reviewer,
        case_number=packet.case_number,
        by=by,
    )
    packet.save(update_fields=["request"])
    events.record(verbs.PACKET_BEGUN, by=by, clinic=patient.clinic, patient=patient, target=packet)
    return packet


@transaction.atomic
def change(*, packet: Packet, by: User, others: Iterable = (), **fields) -> Packet:
    packet = Packet.objects.select_for_update().get(pk=packet.pk)
    _check(fields, packet.clinic)
    _check_dates(fields)
    changed = set_fields(packet, fields, (*LETTER, *CHOSEN))
    if packet.request:
        packet.request.received_on = packet.letter_on
        packet.request.requester, packet.request.case_number = packet.reviewer, packet.case_number
        packet.request.save(update_fields=["received_on", "requester", "case_number"])
    packet.others.set(others)
    events.record(
        verbs.PACKET_CHANGED,
        by=by,
        clinic=packet.clinic,
        patient=packet.patient,
        target=packet,
        changed=changed,
    )
    return packet


@transaction.atomic
def explain(*, packet: Packet, gap: str, words: str, by: User) -> Explanation:
    """A sentence to the reviewer about a gap. It is printed with its date and author, beside the gap."""
    row = Explanation.objects.create(
        packet=packet, gap=gap, words=words.strip(), written_by=by, written_at=clock.now()
    )
    events.record(
        verbs.PACKET_EXPLAINED,
        by=by,
        clinic=packet.clinic,
        patient=packet.patient,
        target=packet,
        gap=gap[:20],
    )
    return row


@transaction.atomic
def mark_sent(*, packet: Packet, sent_on: dt.date, sent_how: str, by: User) -> Packet:
    """Write down when and how the packet left the clinic."""
    packet = Packet.objects.select_for_update().get(pk=packet.pk)
    if sent_on > clock.today(packet.clinic.time_zone):
        raise Refused("This date is in the future.", field="sent_on")
    if sent_on < packet.letter_on:
        raise Refused("The packet cannot have left before the letter was written.", field="sent_on")
    is_first = packet.sent_on is None
    packet.sent_on, packet.sent_how = sent_on, sent_how
    packet.save(update_fields=["sent_on", "sent_how"])
    if is_first:
        if packet.request:
            requests.packet_left(request=packet.request, left_on=sent_on, by=by)
        disclosures.record(
            patient=packet.patient,
            made_on=sent_on,
            recipient=packet.reviewer,
            words=f"Records of {packet.starts_on:%m/%d/%Y} to {packet.through_on:%m/%d/%Y}",
            purpose="Records request",
            by=by,
        )
    events.record(
        verbs.PACKET_CHANGED,
        by=by,
        clinic=packet.clinic,
        patient=packet.patient,
        target=packet,
        changed=["sent_on", "sent_how"],
    )
    return packet


# --- Billed lines -----------------------------------------------------------------------------------------


@transaction.atomic
def add_lines(*, packet: Packet, lines: Iterable[billed.Line], replace: bool = False, by: User) -> int:
    """Add lines as they were billed; with `replace` they take the place of those that are there."""
    Packet.objects.select_for_update().get(pk=packet.pk)
    if replace:
        packet.lines.all().delete()
    lines = list(lines)
    if packet.lines.count() + len(lines) > billed.MOST_LINES:
        raise Refused(f"A packet holds at most {billed.MOST_LINES} billed lines.")
    now = clock.now()
    BilledLine.objects.bulk_create(
        BilledLine(
            packet=packet,
            served_on=line.served_on,
            code=line.code,
            units=line.units,
            modifiers=line.modifiers,
            claim=line.claim,
            added_by=by,
            added_at=now,
        )
        for line in lines
    )
    _lines_changed(packet, by, added=len(lines), replaced=replace)
    return len(lines)


@transaction.atomic
def remove_line(*, line: BilledLine, by: User) -> None:
    packet = line.packet
    line.delete()
    _lines_changed(packet, by, removed=1)


def _lines_changed(packet: Packet, by: User, **details) -> None:
    events.record(
        verbs.PACKET_BILLED, by=by, clinic=packet.clinic, patient=packet.patient, target=packet, **details
    )


# --- Samples ----------------------------------------------------------------------------------------------


@transaction.atomic
def begin_sample(*, clinic: Clinic, rows: Iterable[dict[str, Any]], by: User, **fields) -> ReviewSample:
    """Open a sample with one packet per row: patient, dates, and perhaps a case number of its own."""
    _check(fields, clinic)
    letter = {name: fields[name] for name in LETTER if name in fields}
    sample = ReviewSample.objects.create(clinic=clinic, created_by=by, created_at=clock.now(), **letter)
    for row in rows:
        case = row.get("case_number") or letter.get("case_number", "")
        begin(
            patient=row["patient"],
            sample=sample,
            by=by,
            starts_on=row["starts_on"],
            through_on=row["through_on"],
            **{**letter, "case_number": case},
        )
    events.record(verbs.SAMPLE_BEGUN, by=by, clinic=clinic, target=sample, packets=sample.packets.count())
    return sample


# --- Policy -----------------------------------------------------------------------------------------------


def keep_days(clinic: Clinic) -> int:
    """For how long the clinic keeps a packet's file."""
    policy = PacketPolicy.objects.filter(clinic=clinic).first()
    return policy.keep_days if policy else slots.keep_days(clock.today(clinic.time_zone))


@transaction.atomic
def set_policy(*, clinic: Clinic, keep_days: int, by: User) -> PacketPolicy:
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    was = PacketPolicy.objects.filter(clinic=clinic).values_list("keep_days", flat=True).first()
    policy, _ = PacketPolicy.objects.update_or_create(
        clinic=clinic, defaults={"keep_days": keep_days, "set_by": by, "set_at": clock.now()}
    )
    events.record(verbs.PACKET_POLICY_SET, by=by, clinic=clinic, target=policy, was=was, now=keep_days)
    return policy
