"""A clinic with one person per role, a patient, and another clinic next door: made through the actions."""

import datetime as dt
from types import SimpleNamespace

import pytest

from apps.accounts import actions as accounts
from apps.accounts.models import Clinic, Role
from apps.audit import clock
from apps.compliance import payers
from apps.patients import actions as patients
from apps.patients import diagnosis_table
from apps.visits import actions as visits

PASSWORD = "correct-horse-battery"


def build():
    own = Clinic.objects.create(name="Riverside", address="1 River St", phone="312 555 0100")
    other = Clinic.objects.create(name="Lakeside", address="2 Lake St", phone="312 555 0101")
    world = SimpleNamespace(own=own, other=other, password=PASSWORD, today=clock.today(own.time_zone))

    def person(clinic, role, name, **more):
        return accounts.add_person(
            clinic=clinic,
            role=role,
            email=f"{name.split()[0].lower()}@small.example",
            name=name,
            password=PASSWORD,
            by=None,
            **more,
        )

    world.tess = person(own, Role.THERAPIST, "Tess Ortiz", credential="PT", discipline="PT")
    world.asa = person(own, Role.ASSISTANT, "Asa Brown", credential="PTA", discipline="PT")
    world.stu = person(own, Role.STUDENT, "Stu Young", credential="STUDENT", discipline="PT")
    world.sam = person(own, Role.SUPERVISOR, "Sam Lind", credential="PT", discipline="PT")
    world.rita = person(own, Role.RECORDS, "Rita Cole")
    world.ada = person(own, Role.ADMINISTRATOR, "Ada Park")
    world.una = person(other, Role.THERAPIST, "Una Frost", credential="PT", discipline="PT")
    world.olga = person(other, Role.ADMINISTRATOR, "Olga Reed")

    diagnosis_table.load()
    policy = payers.all()[0].key
    world.payer = patients.add_payer(clinic=own, name="Medicare Part B", policy=policy, by=world.ada)
    world.grace = add_patient(world, mrn="A10482", family_name="Okafor", given_name="Grace")
    return world


def add_patient(world, **values):
    values = {
        "mrn": "A1",
        "family_name": "Quill",
        "given_name": "Mabel",
        "born_on": dt.date(1955, 3, 14),
        "sex": "F",
        **values,
    }
    return patients.add_patient(clinic=world.own, by=world.tess, **values)


def add_visit(world, *, days_ago=0, patient=None, **values):
    values.setdefault("clinician", world.tess)
    return visits.book(
        patient=patient or world.grace,
        served_on=world.today - dt.timedelta(days=days_ago),
        by=world.tess,
        **values,
    )


def add_note(visit, author, status="draft"):
    """The row alone: what a note holds is not these tests' business."""
    from apps.notes.models import Note

    return Note.objects.create(
        clinic=visit.clinic,
        visit=visit,
        discipline="PT",
        author=author,
        status=status,
        started_at=clock.now(),
        saved_at=clock.now(),
    )


@pytest.fixture
def world(db):
    return build()


@pytest.fixture
def signed_in(client):
    """A function that gives the client of somebody who is signed in."""

    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def happened():
    """A function that gives the verbs recorded so far, newest first."""
    from apps.audit.models import Event

    return lambda: list(Event.objects.order_by("-id").values_list("verb", flat=True))
