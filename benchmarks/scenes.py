"""What is asked of a grown clinic by people who work there: ten pages of a day, and floors beside them."""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Clinic, Membership, Role, User
from apps.accounts.password import PASSWORD_GIVEN_AT
from apps.audit import clock
from apps.demo import charting
from apps.exports import presses, store
from apps.exports.packets import actions as packets
from apps.notes import actions, record, reviewing
from apps.notes.models import Note, Status
from apps.patients.models import Patient
from apps.review.access import waiting_for
from apps.review.desk_views import PER_PAGE
from apps.visits import actions as visits
from apps.visits.models import Visit

from . import place, plans
from .load import CSRF, Request, Saves, Signs
from .trust import drafts

CLIENTS = 8
SIGNED_ALONE, SIGNED_TOGETHER = 30, 4
"""Drafts that are signed: one after the other, and by each of eight at once."""


@dataclass
class Scenes:
    """Requests by name, for one client and for eight; and how many queries each takes."""

    requests: dict[str, tuple[list[Request], list[Request]]] = field(default_factory=dict)
    queries: dict[str, int] = field(default_factory=dict)
    read_whole: dict[str, list[str]] = field(default_factory=dict)
    """Tables that grow and that a page would read from end to end, by the plans of its queries."""

    def add(self, name: str, make: Callable[[int], Request]) -> None:
        """Measure what `make` gives for each of the clients, the first of which is also alone."""
        self.requests[name] = [make(0)], [make(number + 1) for number in range(CLIENTS)]
        asked = queries_of(make(CLIENTS + 1))
        self.queries[name] = len(asked)
        with_a_plan = [sql for sql in asked if sql.startswith(("SELECT", "UPDATE", "DELETE"))]
        self.read_whole[name] = sorted(set().union(*map(plans.read_whole, with_a_plan)))


def prepared() -> Scenes:
    clinic = Clinic.objects.get()
    by_role = {
        role: [one.user for one in Membership.objects.filter(clinic=clinic, role=role).select_related("user")]
        for role in (Role.THERAPIST, Role.SUPERVISOR, Role.RECORDS)
    }
    therapists = sorted(by_role[Role.THERAPIST], key=lambda user: user.email)
    people = [therapists[number % len(therapists)] for number in range(CLIENTS + 2)]
    # A day's list is asked for by those for whom less is booked here: measuring must not make it longer.
    others = therapists[::-1][: CLIENTS + 2]
    asking = {*people, *others, by_role[Role.SUPERVISOR][0], by_role[Role.RECORDS][0]}
    cookies = {user.pk: signed_in(user) for user in asking}
    spare = iter_patients(clinic)
    scenes = Scenes()

    def of(user: User, path: str, **more: Any) -> Request:
        return Request(path, cookies[user.pk], **more)

    desk = by_role[Role.SUPERVISOR][0]
    search = {"q": "Ash"}  # a name begun, as it is typed: in every clinic more people than one page shows
    scenes.add("empty view", lambda number: of(people[number], "/empty/"))
    scenes.add(
        "patient search", lambda number: of(people[number], "/patients/search/", form=search, htmx=True)
    )
    scenes.add("day's list", lambda number: of(others[number % len(others)], "/"))
    open_notes = [draft_of(people[number], next(spare)) for number in range(CLIENTS + 2)]
    forms = [(note, place.fields_of(note)) for note in open_notes]

    def saves(number: int, *, changes: bool) -> Saves:
        note, form = forms[number]
        note.refresh_from_db(fields=["revision"])
        return Saves(
            f"/notes/{note.pk}/",
            cookies[note.author_id],
            form=form,
            htmx=True,
            revision=note.revision,
            changes=changes,
        )

    scenes.add(
        "editor page", lambda number: of(open_notes[number].author, f"/notes/{open_notes[number].pk}/")
    )
    scenes.add("save", lambda number: saves(number, changes=True))
    signed = [last_signed_by(person) for person in people]
    with presses.unwatched():  # what is measured is reading a stored PDF: laying them out may take its time
        for note in set(signed):
            store.stored_pdf(note, paper=clinic.paper)
    scenes.add("note view", lambda number: of(people[number], f"/notes/{signed[number]}/"))
    scenes.add("stored PDF", lambda number: of(people[number], f"/notes/{signed[number]}/pdf/"))
    fill_the_desk(clinic, desk, spare)
    scenes.add("review desk", lambda number: of(desk, "/review/"))
    packet = packet_of(clinic, by_role[Role.RECORDS][0], signed[0])
    scenes.add("packet index", lambda number: of(by_role[Role.RECORDS][0], f"/packets/{packet}/"))

    # All have the same words, which is asked about once one of them is signed: so one is signed before.
    for person in dict.fromkeys(people):
        charting.sign(drafts.answered(complete(person, next(spare)), person), {}, by=person)

    def signs(number: int) -> Signs:
        many = (SIGNED_ALONE, *[SIGNED_TOGETHER] * CLIENTS, 1)[number]
        by = people[number]
        return Signs("", cookies[by.pk], expects=302, drafts=[signable(by, next(spare)) for _ in range(many)])

    scenes.add("sign", signs)
    return scenes


def checks(scenes: Scenes) -> None:
    """The live check: what the page sends when nothing changed since, so that it only asks."""
    alone, together = scenes.requests["save"]
    for request in (*alone, *together):
        assert isinstance(request, Saves)
        request.changes = False


def fill_the_desk(clinic: Clinic, desk: User, spare: Iterator[Patient]) -> None:
    """Send drafts for review until a page of the desk is full: what is compared between clinics is what a
    page costs, and in a small one a single note may wait.
    """
    therapists = [one.user for one in Membership.objects.filter(clinic=clinic, role=Role.THERAPIST)[:CLIENTS]]
    for number in range(waiting_for(desk, clinic).count(), PER_PAGE):
        by = therapists[number % len(therapists)]
        reviewing.send(note=complete(by, next(spare)), by=by)


def signed_in(user: User) -> str:
    """A session of this person, who gave the passphrase just now."""
    client = Client()
    client.force_login(user)
    session = client.session
    # What is measured is signing, not Argon2, which takes the same time at every size.
    session[PASSWORD_GIVEN_AT] = int(clock.now().timestamp())
    session.save()
    return session.session_key


def iter_patients(clinic: Clinic) -> Iterator[Patient]:
    """Patients in the midst of an episode, each once, whom nobody sees today. Raises RuntimeError when there
    are no more: each time that a small clinic is measured, it has more visits today.
    """
    today = clock.today(clinic.time_zone)
    lately = Visit.objects.filter(
        clinic=clinic,
        served_on__range=(today - dt.timedelta(days=45), today - dt.timedelta(days=1)),
        notes__status=Status.SIGNED,
    )
    of_today = Visit.objects.filter(clinic=clinic, served_on=today).values("patient")
    seen = set()
    for visit in (
        lately.exclude(patient__in=of_today).order_by("-served_on").select_related("patient__clinic")
    ):
        if visit.patient_id not in seen:
            seen.add(visit.patient_id)
            yield visit.patient
    raise RuntimeError("This clinic was measured today already. Grow another one.")


def draft_of(by: User, patient: Patient) -> Note:
    """A draft of five blocks about a visit of today."""
    visit = visits.book(patient=patient, clinician=by, served_on=clock.today(patient.clinic.time_zone), by=by)
    told = charting.content("complete")
    told = {
        **told,
        "blocks": [*told["blocks"], *(place.short(code) for code in ("97530", "97116", "97140"))],
        "ends_at": told["starts_at"].replace(hour=told["starts_at"].hour + 2),
    }
    return charting.write(actions.start(visit=visit, by=by), told, by=by)


def complete(by: User, patient: Patient) -> Note:
    """A draft with nothing missing about a visit of today."""
    today = clock.today(patient.clinic.time_zone)
    visit = visits.book(patient=patient, clinician=by, served_on=today, by=by)
    return charting.write(actions.start(visit=visit, by=by), charting.content("complete"), by=by)


def signable(by: User, patient: Patient) -> tuple[str, dict[str, Any]]:
    """A draft that can be signed as it is: where, and what the page of its signature sends."""
    note = drafts.answered(complete(by, patient), by)
    form = {"preview": record.preview_digest(record.payload_of(note))}
    for key, answer in note.answers.items():
        form |= {f"answer-{key}": answer.get("value", ""), f"reason-{key}": answer.get("reason", "")}
    return f"/notes/{note.pk}/sign/", form


def last_signed_by(person: User) -> Any:
    found = Note.objects.filter(author=person, status=Status.SIGNED).order_by("-signed_at")
    return found.values_list("pk", flat=True)[:1].get()


def packet_of(clinic: Clinic, by: User, note: Any) -> Any:
    """A letter about the patient of a signed note, that asks for three months."""
    visit = Visit.objects.select_related("patient__clinic", "coverage__payer").get(notes=note)
    return packets.begin(
        patient=visit.patient,
        by=by,
        payer=visit.coverage.payer,
        reviewer=visit.coverage.payer.name,
        kind="mac_postpay",
        letter_on=visit.served_on,
        due_on=visit.served_on + dt.timedelta(days=45),
        starts_on=visit.served_on - dt.timedelta(days=90),
        through_on=visit.served_on,
        contact_name=by.name,
        contact_phone=clinic.phone,
    ).pk


def queries_of(request: Request) -> list[str]:
    """The statements that the request takes, asked in this process."""
    client = Client(headers={"X-CSRFToken": CSRF})
    client.cookies["midline"], client.cookies["midline-csrf"] = request.cookie, CSRF
    path, form = request.path, request.sent(1) if request.sent else request.form
    if isinstance(request, Signs):
        path, form = request.drafts[0]
    more = {"headers": {"HX-Request": "true"}} if request.htmx else {}
    for _ in range(1 if isinstance(request, Signs | Saves) else 2):  # the first may fill a cache
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(path, form, **more) if form is not None else client.get(path, **more)
        if answer.status_code != request.expects:
            raise RuntimeError(
                f"{path.split('/')[1]} answered {answer.status_code}: {answer.content[-1500:]!r}"
            )
        found = [query["sql"] for query in captured]
    return found


def floors() -> dict[str, float]:
    """Milliseconds of a bare SELECT and of reading a file as long as a stored PDF, in the same minute."""

    def median(call: Callable[[], object]) -> float:
        taken = []
        for _ in range(400):
            begun = time.perf_counter()
            call()
            taken.append(time.perf_counter() - begun)
        return round(sorted(taken)[200] * 1000, 3)

    def select() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "document"
        file.write_bytes(b"m" * 68_000)
        return {"bare SELECT": median(select), "file read, 68 KB": median(file.read_bytes)}
