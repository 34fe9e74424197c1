"""Requests for a patient's record, and the packets that answered them: recorded, and asked about.

Whatever is added to a signed record afterwards says that it was written after the request.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.audit import clock, events, verbs
from apps.audit.refused import Refused

from .models import PacketSent, Patient, RecordsRequest


def _check_day(patient: Patient, day: dt.date, field: str) -> None:
    if day > clock.today(patient.clinic.time_zone):
        raise Refused("This date is in the future.", field=field)


@transaction.atomic
def record_request(
    *, patient: Patient, received_on: dt.date, requester: str, case_number: str = "", by: User
) -> RecordsRequest:
    """Record that somebody asked for the record."""
    _check_day(patient, received_on, "received_on")
    if not requester.strip():
        raise Refused("Write who asks for the record.", field="requester")
    request = RecordsRequest.objects.create(
        patient=patient,
        received_on=received_on,
        requester=requester.strip(),
        case_number=case_number.strip(),
        recorded_by=by,
        recorded_at=clock.now(),
    )
    events.record(
        verbs.RECORDS_REQUEST_RECORDED, by=by, clinic=patient.clinic, patient=patient, target=request
    )
    return request


@transaction.atomic
def packet_left(*, request: RecordsRequest, left_on: dt.date, by: User) -> PacketSent:
    """Record that a packet was sent in answer to the request."""
    patient = request.patient
    _check_day(patient, left_on, "left_on")
    if left_on < request.received_on:
        raise Refused("The packet cannot leave before the request came.", field="left_on")
    packet = PacketSent.objects.create(
        request=request, left_on=left_on, recorded_by=by, recorded_at=clock.now()
    )
    events.record(verbs.PACKET_LEFT, by=by, clinic=patient.clinic, patient=patient, target=request)
    return packet


def before(patient_id, day: dt.date) -> dict[str, Any] | None:
    """The last request received up to `day`, as plain values for a payload; None when there was none."""
    found = RecordsRequest.objects.filter(patient=patient_id, received_on__lte=day).first()
    if found is None:
        return None
    packet = PacketSent.objects.filter(request__patient=patient_id, left_on__lte=day).first()
    return {
        "received_on": found.received_on.isoformat(),
        "case_number": found.case_number,
        "packet_left_on": packet.left_on.isoformat() if packet else "",
    }
