"""A small clinic with a past, made through the actions: what `manage.py demo` shows and the tests live in.

What happened there is in content/, one file per patient; how it becomes a chart
is in charting.py. Days are counted back from the day that is today, so the
clinic is never out of date. Its history ends on the last working day: today
nothing is signed yet, whatever the hour.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import transaction

from apps.accounts import actions as people
from apps.accounts.models import Clinic, Membership, Role, User
from apps.audit import clock
from apps.audit.models import Deployment
from apps.audit.refused import Refused
from apps.episodes import actions as episodes
from apps.episodes import record as episode_record
from apps.notes import actions as notes
from apps.notes.models import Note
from apps.patients import actions as patients
from apps.patients import diagnosis_table
from apps.patients.models import DiagnosisCode, Patient
from apps.visits import actions as visits
from apps.visits.models import Visit

from . import charting, letters
from .charting import content
from .days import moment, working_days_before

PASSPHRASE = "river stones stay quiet"
"""Everybody's in the demo. It is printed by the command, so it protects nothing."""

OPENS_AT = dt.time(7, 30)
SIGNS_AT = dt.time(17, 30)
BOOKS_AT = dt.time(18, 0)
PLANS_AT = dt.time(17, 15)
PAPERS_AT = dt.time(17, 20)
FIRST_DRAFT_AT = dt.time(8, 45)
LETTER_AT = dt.time(8, 50)


TREATABLE = ("sclerosis", "parkinson", "vestibular", "ankle", "brain_injury")
"""Patients whom anybody of Riverside can treat. Only the first has a plan of occupational therapy."""


PAPERS = {
    "order": ("ordered_after", ("dated_on", "signed_on")),
    "sent": ("sent_after", ("dated_on",)),
    "certification": ("certified_after", ("signed_on",)),
}
"""Kinds of paper: days after the plan in the content, and which dates of the row that gives."""


Happening = tuple[int, dt.time, Callable[["World"], None]]
"""Working days before today, when on the clinic's wall, and what."""


class NotADemo(Exception):
    """The database already holds a clinic that is not the demo's."""


@dataclass
class World:
    """The demo clinic as it stands in the database: people by their part, patients by a short key."""

    today: dt.date
    riverside: Clinic
    lakeside: Clinic
    tess: User  # Dana Ortiz, the therapist whose day it is
    sam: User  # Sam Whitfield, supervisor
    priya: User  # Priya Nair, occupational therapist
    marcus: User  # Marcus Bell, assistant
    jo: User  # Jo Lindqvist, student
    rae: User  # Rae Thompson, records
    alex: User  # Alex Kim, administrator
    una: User  # Una Castellanos, the outsider: therapist of another clinic
    ines: User  # Inés Calderón, that clinic's administrator
    patients: dict[str, Patient] = field(default_factory=dict)

    @property
    def people(self) -> list[User]:
        at_riverside = [self.tess, self.sam, self.priya, self.marcus, self.jo, self.rae, self.alex]
        return [*at_riverside, self.una, self.ines]

    def patient(self, patient: Patient | str | None, person: User) -> Patient:
        """A patient by key; for None one whom the person could treat, and about whom there is no note today.

        Minutes of one day and discipline are counted together, so two notes of a test seldom share a patient.
        """
        if isinstance(patient, Patient):
            return patient
        if patient is None:
            keys = ("harbor",) if person == self.una else TREATABLE
            charted = set(
                Note.objects.filter(visit__served_on=clock.today(self.riverside.time_zone))
                .exclude(discipline="PT" if person.discipline == "OT" else "OT")
                .values_list("visit__patient", flat=True)
            )
            patient = next((key for key in keys if self.patients[key].pk not in charted), keys[0])
        return self.patients[patient]

    def visit_today(self, person: User, patient: Patient | str | None = None, **details: Any) -> Visit:
        """A new visit on the clinic's present day, with `person` in the part that their role gives them."""
        patient = self.patient(patient, person)
        therapist = self.una if patient.clinic_id == self.lakeside.pk else self.tess
        role = Membership.objects.get(user=person, clinic=patient.clinic).role
        part = {Role.ASSISTANT: "assistant", Role.STUDENT: "student"}.get(Role(role), "clinician")
        on_it = {"clinician": therapist, part: person}
        served_on = clock.today(patient.clinic.time_zone)
        return visits.book(**{"patient": patient, "served_on": served_on, "by": person, **on_it, **details})

    def draft_by(
        self, person: User, patient: Patient | str | None = None, *, complete: bool = True, **details: Any
    ) -> Note:
        """A draft about a new visit today. Complete, it can be signed as it is; else it is hardly begun."""
        note = notes.start(visit=self.visit_today(person, patient, **details), by=person)
        if not complete:
            return charting.write(note, content("begun"), by=person)
        told = charting.by_whom(content("complete"), person)
        if note.visit.student:
            told = {**told, "professional_in_room": "yes", "professional_treats_others": "no"}
        return charting.write(note, told, by=person)

    def note_signed_by(self, person: User, patient: Patient | str | None = None, **details: Any) -> Note:
        """A complete note about a new visit of today, signed by `person`."""
        note = self.draft_by(person, patient, **details)
        answers = {
            "REC802": {"value": "", "reason": "Written up after the day, from my own notes of it."},
            # All complete notes have the same words, so every one but the first is asked about.
            "NOT522": {"value": "yes", "reason": ""},
        }
        charting.sign(note, {"answers": answers}, by=person)
        return charting.read(note)


def existing(today: dt.date | None = None) -> World | None:
    """The world that the database holds, or None."""
    if not Deployment.is_demo_database():
        return None
    about = content("clinics")
    clinics: dict[str, Any] = {
        key: Clinic.objects.filter(name=row["name"]).first() for key, row in about.items()
    }
    if not all(clinics.values()):
        return None
    emails = {row["email"]: key for each in about.values() for key, row in each["people"].items()}
    found: dict[str, Any] = {emails[user.email]: user for user in User.objects.filter(email__in=emails)}
    numbers = {content(f"patients/{key}")["patient"]["mrn"]: key for key in charting.names_of_patients()}
    rows = Patient.objects.filter(mrn__in=numbers, clinic__in=clinics.values()).select_related("clinic")
    return World(
        today=today or clock.today(clinics["riverside"].time_zone),
        patients={numbers[row.mrn]: row for row in rows},
        **clinics,
        **found,
    )


@transaction.atomic
def build(*, today: dt.date | None = None, more: Iterable[Happening] = ()) -> World:
    """Build the world around `today`, with `more` that happens in Riverside. Raises NotADemo where another
    clinic is kept.
    """
    if Clinic.objects.exists() or User.objects.exists():
        raise NotADemo("This database already holds a clinic. The demo clinic needs a database of its own.")
    Deployment.objects.update_or_create(id=1, defaults={"is_demo": True})
    if not DiagnosisCode.objects.exists():
        diagnosis_table.load()
    try:
        return _Builder(today).build(more)
    finally:
        clock.release()


class _Builder:
    """Puts everything that happens into one line of time, because the clock only goes forward."""

    def __init__(self, today: dt.date | None):
        about = content("clinics")
        self.clinics = {
            key: Clinic(**{name: value for name, value in row.items() if isinstance(value, str)})
            for key, row in about.items()
        }
        self.today = today or clock.today(self.clinics["riverside"].time_zone)
        # A day that was asked for is taken as it is; of the present one no more than has passed.
        self.latest = clock.now() if today is None else None
        self.people: dict[str, User] = {}
        self.payers: dict[tuple[str, str], Any] = {}
        self.patients: dict[str, Patient] = {}
        self.happenings: list[tuple[dt.datetime, Callable[[], None]]] = []

    def at(self, clinic: Clinic, day: dt.date, time: dt.time, happens: Callable[[], None]) -> None:
        when = moment(clinic, day, time)
        self.happenings.append((min(when, self.latest) if self.latest else when, happens))

    def build(self, more: Iterable[Happening]) -> World:
        stories = {key: content(f"patients/{key}") for key in charting.names_of_patients()}
        first = max(visit["day"] for story in stories.values() for visit in story["visits"])
        opening = working_days_before(self.today, first + 5)
        for key, clinic in self.clinics.items():
            self.at(clinic, opening, OPENS_AT, partial(self.open_clinic, key))
        for key, story in stories.items():
            self.tell(key, story)
        riverside = self.clinics["riverside"]
        self.at(riverside, working_days_before(self.today, 1), BOOKS_AT, lambda: book_day(self.world()))
        self.at(riverside, self.today, FIRST_DRAFT_AT, lambda: begin_day(self.world()))
        self.at(riverside, self.today, LETTER_AT, lambda: letters.answer(self.world()))
        for days, time, what in more:
            self.at(riverside, working_days_before(self.today, days), time, partial(self.let, what))
        for when, happens in sorted(self.happenings, key=lambda one: one[0]):
            clock.set_to(when)
            happens()
        return self.world()

    def let(self, what: Callable[[World], None]) -> None:
        what(self.world())

    def world(self) -> World:
        parts: dict[str, Any] = {**self.clinics, **self.people}
        return World(today=self.today, patients=self.patients, **parts)

    def open_clinic(self, key: str) -> None:
        clinic = self.clinics[key]
        clinic.save()
        about = content("clinics")[key]
        # Licences end on 30 September, as they do in Illinois; the next one that is not close.
        expires = dt.date(self.today.year + 1, 9, 30)
        administrator = None
        for name, row in about["people"].items():
            licence = {"licence_expires_on": expires} if "licence_number" in row else {}
            person = people.add_person(clinic=clinic, password=PASSPHRASE, by=administrator, **licence, **row)
            administrator = administrator or person
            self.people[name] = person
        for name, row in about["payers"].items():
            self.payers[key, name] = patients.add_payer(clinic=clinic, by=administrator, **row)

    def tell(self, key: str, story: dict[str, Any]) -> None:
        """Put one patient's story into the line of time."""
        clinic = self.clinics[story["clinic"]]
        intake = working_days_before(self.today, max(visit["day"] for visit in story["visits"]))
        self.at(clinic, intake, dt.time(8, 0), partial(self.register, key, story))
        for row in story["plans"]:
            self.tell_plan(key, story, row)
        for told in story["visits"]:
            served_on = working_days_before(self.today, told["day"])
            visit = _Visit(told, by=told.get("by", story["therapist"]))
            self.at(clinic, intake, dt.time(8, 20), partial(self.book, key, story, visit, served_on))
            ends_at = told.get("ends_at", dt.time(16, 30))
            if "attendance" in told:
                self.at(clinic, served_on, ends_at, partial(self.attend, visit))
            if "subjective" in told:
                self.at(clinic, served_on, ends_at, partial(self.chart, visit))
                if not told.get("stays_open"):
                    self.at(clinic, served_on, told.get("signed_at", SIGNS_AT), partial(self.finish, visit))

    def register(self, key: str, story: dict[str, Any]) -> None:
        """What happens before a first visit: registration, insurance, diagnoses."""
        clinic = self.clinics[story["clinic"]]
        therapist = self.people[story["therapist"]]
        keeper = self.keeper(story)
        intake = clock.today(clinic.time_zone)
        patient = patients.add_patient(clinic=clinic, by=keeper, **story["patient"])
        self.patients[key] = patient
        patients.add_coverage(
            patient=patient,
            payer=self.payers[story["clinic"], story["coverage"]["payer"]],
            member_number=story["coverage"]["member_number"],
            starts_on=dt.date(intake.year, 1, 1),
            by=keeper,
        )
        for row in story["diagnoses"]:
            onset = {"onset_on": intake - dt.timedelta(days=row["days_since_onset"])}
            patients.add_diagnosis(patient=patient, code=row["code"], type=row["type"], by=therapist, **onset)

    def keeper(self, story: dict[str, Any]) -> User:
        """Who registers and books: the records desk, where the clinic has one."""
        return self.people["rae" if story["clinic"] == "riverside" else story["therapist"]]

    def tell_plan(self, key: str, story: dict[str, Any], row: dict[str, Any]) -> None:
        """A plan is written before the first treatment and signed that evening; its papers come later."""
        clinic = self.clinics[story["clinic"]]
        starts_on = working_days_before(self.today, row["day"])
        plan = _Plan(row, by=row["by"])
        self.at(clinic, starts_on, dt.time(8, 10), partial(self.plan, key, plan, starts_on))
        self.at(clinic, starts_on, PLANS_AT, partial(self.sign_plan, plan))
        for kind, (after, told) in PAPERS.items():
            if after not in row:
                continue
            dated_on = starts_on + dt.timedelta(days=row[after])
            recorded_on = max(dated_on, starts_on)
            if recorded_on <= self.today:
                values = dict.fromkeys(told, dated_on)
                self.at(clinic, recorded_on, PAPERS_AT, partial(self.paper, story, plan, kind, values))
        if authorization := story.get("authorization"):
            happens = partial(self.authorize, key, story, authorization, starts_on)
            self.at(clinic, starts_on, PAPERS_AT, happens)

    def plan(self, key: str, plan: _Plan, starts_on: dt.date) -> None:
        told, by = plan.told, self.people[plan.by]
        patient = self.patients[key]
        contents = {name: told[name] for name in episodes.CONTENTS if name in told}
        diagnoses = list(patient.diagnoses.all())
        plan.row = episodes.add_plan(
            patient=patient,
            discipline=by.discipline,
            diagnoses=diagnoses,
            established_on=starts_on,
            onset_on=min(row.onset_on for row in diagnoses if row.onset_on and row.type == "treating"),
            precautions=patient.precautions,
            by=by,
            **contents,
        )
        for goal in told["goals"]:
            parts = {name: value for name, value in goal.items() if name != "weeks"}
            target_on = starts_on + dt.timedelta(weeks=goal["weeks"])
            episodes.add_goal(plan=plan.row, target_on=target_on, by=by, **parts)

    def sign_plan(self, plan: _Plan) -> None:
        version = plan.row.versions.get()
        preview = episode_record.preview_digest(episode_record.payload_of(version))
        episodes.sign(version=version, by=self.people[plan.by], preview=preview)

    def paper(self, story: dict[str, Any], plan: _Plan, kind: str, values: dict[str, Any]) -> None:
        """What came back from the physician, or went there, as the desk writes it down."""
        told = plan.told
        values = {**values, **({"method": "fax"} if kind == "sent" else {})}
        episodes.record_paper(
            plan=plan.row,
            kind=kind,
            signer_name=told["signer"],
            signer_npi=told["signer_npi"],
            by=self.keeper(story),
            **values,
        )

    def authorize(self, key: str, story: dict[str, Any], told: dict[str, Any], starts_on: dt.date) -> None:
        patient = self.patients[key]
        values = {name: value for name, value in told.items() if name != "weeks"}
        episodes.add_authorization(
            patient=patient,
            coverage=patient.coverages.get(),
            starts_on=starts_on,
            through_on=starts_on + dt.timedelta(weeks=told["weeks"]),
            by=self.keeper(story),
            **values,
        )

    def book(self, key: str, story: dict[str, Any], visit: _Visit, served_on: dt.date) -> None:
        told = visit.told
        visit.row = visits.book(
            patient=self.patients[key],
            clinician=self.people[told.get("clinician", story["therapist"])],
            served_on=served_on,
            expected_at=told["at"],
            by=self.keeper(story),
            **{part: self.people[told[part]] for part in ("assistant", "student") if part in told},
        )

    def attend(self, visit: _Visit) -> None:
        visits.record_attendance(
            visit=visit.row,
            attendance=visit.told["attendance"],
            reason=visit.told["attendance_reason"],
            by=visit.row.clinician,
        )

    def chart(self, visit: _Visit) -> None:
        by = self.people[visit.by]
        visit.note = charting.write(notes.start(visit=visit.row, by=by), visit.told, by=by)

    def finish(self, visit: _Visit) -> None:
        by = self.people[visit.by]
        if reason := visit.told.get("discarded"):
            notes.discard(note=visit.note, by=by, reason=reason)
            return
        try:
            charting.sign(visit.note, visit.told, by=by)
        except Refused as refusal:
            found = "\n".join(charting.open_findings(visit.note, signer=by))
            raise ValueError(f"{visit.told['subjective'][:60]}: {refusal}\n{found}") from refusal


@dataclass
class _Plan:
    """A plan as the content tells it, and the row that comes of it."""

    told: dict[str, Any]
    by: str
    row: Any = None


@dataclass
class _Visit:
    """A visit as the content tells it, and the rows that come of it."""

    told: dict[str, Any]
    by: str
    row: Any = None
    note: Any = None


def book_day(world: World) -> None:
    """Book what is on the list of the world's today."""
    for told in content("today")["visits"]:
        visit = visits.book(
            patient=world.patients[told["patient"]],
            clinician=getattr(world, told["clinician"]),
            served_on=world.today,
            expected_at=told["at"],
            by=world.rae if told["clinician"] != "una" else world.una,
            **{part: getattr(world, told[part]) for part in ("assistant", "student") if part in told},
        )
        if attendance := told.get("attendance"):
            reason = told["attendance_reason"]
            visits.record_attendance(visit=visit, attendance=attendance, reason=reason, by=world.tess)


def begin_day(world: World) -> None:
    """The first patient of today has been treated, and the note about it is half written."""
    told = content("today")["draft"]
    patient = world.patients[told["patient"]]
    visit = Visit.objects.get(patient=patient, clinician=world.tess, served_on=world.today)
    charting.write(notes.start(visit=visit, by=world.tess), told, by=world.tess)


def is_busy(world: World) -> bool:
    """Is anything on the therapist's list of the world's today?"""
    return Visit.objects.filter(clinician=world.tess, served_on=world.today).exists()
