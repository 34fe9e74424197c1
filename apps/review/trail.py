"""Reading the audit trail: who did what, and for one chart who saw it, when, and why they could.

Only reading. What is recorded, and where: apps/patients/trail.py and the actions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from apps.accounts.models import Clinic, Membership, Role, User
from apps.audit import verbs
from apps.audit.models import Event
from apps.patients.access import patients_visible_to
from apps.patients.models import Patient

GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "seen": (
        "Seen and searched",
        (
            verbs.CHART_OPENED,
            verbs.NOTE_OPENED,
            verbs.PLAN_OPENED,
            verbs.DOCUMENT_OPENED,
            verbs.PAGE_OPENED,
            verbs.LIST_OPENED,
            verbs.PATIENTS_SEARCHED,
            verbs.ESTIMATE_OPENED,
            verbs.TRAIL_OPENED,
            verbs.PACKET_OPENED,
            verbs.SAMPLE_OPENED,
            verbs.ATTESTATION_OPENED,
            verbs.DISCLOSURES_READ,
        ),
    ),
    "given": (
        "Printed and given out",
        (
            verbs.NOTE_PRINTED,
            verbs.NOTE_COPIED,
            verbs.PLAN_PRINTED,
            verbs.RECORD_EXPORTED,
            verbs.TABLE_EXPORTED,
            verbs.TRAIL_EXPORTED,
            verbs.PACKET_HANDED_OUT,
            verbs.PACKET_LEFT,
            verbs.DISCLOSURE_RECORDED,
        ),
    ),
    "refused": (
        "Refused",
        (verbs.ACCESS_DENIED, verbs.MOVE_REFUSED, verbs.SIGN_IN_FAILED, verbs.CONFIRM_FAILED),
    ),
    "emergency": (
        "Emergency access",
        (verbs.EMERGENCY_ACCESS, verbs.EMERGENCY_ACCESS_ENDED, verbs.EMERGENCY_ACCESS_REVIEWED),
    ),
    "people": (
        "Sign-ins, roles and rights",
        (
            verbs.SIGNED_IN,
            verbs.SIGNED_OUT,
            verbs.SIGN_IN_ENDED,
            verbs.CONFIRMED,
            verbs.FACTOR_ADDED,
            verbs.FACTOR_REMOVED,
            verbs.FACTORS_RESET,
            verbs.RECOVERY_CODES_MADE,
            verbs.PASSPHRASE_CHANGED,
            verbs.PERSON_ADDED,
            verbs.PERSON_CHANGED,
            verbs.CARE_TEAM_JOINED,
            verbs.CARE_TEAM_LEFT,
            verbs.SEVERITY_SET,
            verbs.RECORD_POLICY_SET,
            verbs.PACKET_POLICY_SET,
        ),
    ),
}
"""What one filters by. Whatever stands in no group changed something: "written"."""

AT_THE_DOOR = (*GROUPS["people"][1], verbs.SIGN_IN_FAILED)
WRITTEN = "written"
KINDS = [(key, label) for key, (label, _) in GROUPS.items()] + [(WRITTEN, "Written, signed, changed")]

SORTS = {
    "newest": ("Newest first", ("-id",)),
    "oldest": ("Oldest first", ("id",)),
    "person": ("By person", ("actor_name", "-id")),
    "what": ("By what was done", ("verb", "-id")),
}
"""What one may sort by: nothing from a request reaches the database but the values here."""


def find(
    events: QuerySet[Event],
    *,
    clinic: Clinic,
    start: dt.date,
    end: dt.date,
    kind: str = "",
    person: str = "",
    sort: str = "newest",
) -> QuerySet[Event]:
    """Those of `events` between two dates on the clinic's wall, filtered and sorted."""
    first = dt.datetime.combine(start, dt.time(), tzinfo=clinic.zone)
    last = dt.datetime.combine(end + dt.timedelta(days=1), dt.time(), tzinfo=clinic.zone)
    events = events.filter(at__gte=first, at__lt=last)
    if kind == WRITTEN:
        events = events.exclude(verb__in=[verb for _, of in GROUPS.values() for verb in of])
    elif kind in GROUPS:
        events = events.filter(verb__in=GROUPS[kind][1])
    if person:
        events = events.filter(Q(actor=person) | Q(actor="", target=person))
    return events.order_by(*SORTS.get(sort, SORTS["newest"])[1])


def of_clinic(clinic: Clinic) -> QuerySet[Event]:
    """The clinic's events, and what its people did at the door, which belongs to no clinic."""
    people = [str(id) for id in Membership.objects.filter(clinic=clinic).values_list("user", flat=True)]
    at_the_door = Q(clinic="", verb__in=AT_THE_DOOR) & (Q(actor__in=people) | Q(actor="", target__in=people))
    return Event.objects.filter(Q(clinic=str(clinic.pk)) | at_the_door)


def of_patient(patient: Patient) -> QuerySet[Event]:
    return Event.objects.filter(patient=str(patient.pk))


def done_by(people: Iterable, *, patients: Iterable, since: dt.datetime) -> QuerySet[Event]:
    """What these people did in these charts, oldest first."""
    actors, charts = {str(one) for one in people}, {str(one) for one in patients}
    return Event.objects.filter(patient__in=charts, actor__in=actors, at__gte=since).order_by("id")


@dataclass(frozen=True)
class Line:
    """An event in words. `why` says by what right they could, `is_odd` that there is none to be seen."""

    event: Event
    what: str
    why: str = ""
    is_odd: bool = False
    patient: Patient | None = None

    @property
    def is_refused(self) -> bool:
        return self.event.outcome == "refused"

    @property
    def who(self) -> str:
        return self.event.actor_name or "Somebody not signed in"


def words(event: Event) -> str:
    """What was done, with what the event knows of it: the page, the number found, the fields."""
    details: dict[str, Any] = event.details
    more = [str(details[name]) for name in ("page",) if details.get(name)]
    if "found" in details:
        more.append(f"{details['found']} found")
    if changed := details.get("changed"):
        more.append(", ".join(map(str, changed)).replace("_", " "))
    if rules := details.get("rules"):
        more.append(", ".join(map(str, rules)))
    said = event.verb[:1].upper() + event.verb[1:]
    return f"{said}: {'; '.join(more)}" if more else said


def lines_of_clinic(events: Iterable[Event], user: User) -> list[Line]:
    """Events with the names of those patients whom `user` sees."""
    events = list(events)
    ids = {event.patient for event in events if event.patient}
    patients = {str(row.pk): row for row in patients_visible_to(user).filter(pk__in=ids)} if ids else {}
    return [Line(event, words(event), patient=patients.get(event.patient)) for event in events]


class Reasons:
    """By what right each person saw one chart. Four queries, however many events are asked about."""

    def __init__(self, patient: Patient):
        self.on_visits = {
            id
            for ids in patient.visits.values_list("clinician", "assistant", "student")
            for id in ids
            if id is not None
        }
        self.emergencies = list(patient.emergency_accesses.all())
        self.places = list(patient.care_team.all())
        self.roles = {
            row.user_id: Role(row.role) for row in Membership.objects.filter(clinic=patient.clinic_id)
        }
        self.is_restricted = patient.is_restricted

    def why(self, event: Event) -> tuple[str, bool]:
        """The reason in words, and whether there is none."""
        if event.outcome == "refused":
            return "Refused: nothing was shown.", False
        id = next((id for id in (*self.roles, *self.on_visits) if str(id) == event.actor), None)
        for access in self.emergencies:
            if str(access.person_id) == event.actor and access.taken_at <= event.at <= access.ends_at:
                return f"Emergency access: {access.reason}", False
        if id in self.on_visits:
            return "On a visit of this patient.", False
        for place in self.places:
            if place.person_id == id and place.given_at <= event.at <= (place.ended_at or event.at):
                return f"On the care team: {place.reason}", False
        role = self.roles.get(id) if id else None
        if role == Role.RECORDS:
            return "Records staff.", False
        if role == Role.SUPERVISOR and not self.is_restricted:
            return "Supervises in the clinic.", False
        if role is not None:
            return "Works in the clinic; no visit with this patient.", True
        return "No role in the clinic today." if event.actor else "", bool(event.actor)


def lines_of_patient(events: Iterable[Event], patient: Patient) -> Iterator[Line]:
    reasons = Reasons(patient)
    for event in events:
        why, is_odd = reasons.why(event)
        yield Line(event, words(event), why, is_odd)
