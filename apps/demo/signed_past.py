"""What happens to signed words, for the demo to show: one example of everything that can follow or precede a
signature, each through the action that a page calls. `manage.py demo` has them; the tests' world does not.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from apps.accounts import actions as people
from apps.accounts.models import Role, User
from apps.audit import clock
from apps.ledger import amendments as reading
from apps.notes import amendments, record_policy, reviewing
from apps.notes.models import Note, Status, Thread
from apps.patients import emergency

from . import charting, letters

if TYPE_CHECKING:
    from .world import Happening, World

LEFT = {
    "email": "nora@riverside.example",
    "name": "Nora Vale",
    "credential": "PT",
    "letters": "PT, DPT",
    "discipline": "PT",
    "licence_number": "DEMO-PT-10688",
    "licence_state": "IL",
    "npi": "0000010682",
}


def signed_by(person: User, key: str, world: World) -> Note:
    """The last note that the person signed about a patient of the demo."""
    found = Note.objects.filter(
        signed_by=person, visit__patient=world.patients[key], status=Status.SIGNED, kind="treatment"
    )
    return charting.read(found.latest("signed_at"))


def last_word(note: Note) -> str:
    """The hash of what a cosigner has before them."""
    last = reading.later(reading.entries_of(note.clinic_id, note.pk)).last
    return last.hash if last else ""


def asks_for_cosignatures(world: World) -> None:
    record_policy.set_policy(
        clinic=world.riverside,
        applies_from=clock.today(world.riverside.time_zone),
        cosigns_assistants=True,
        late_after_hours=72,
        source="Riverside policy 4.2 (made up)",
        by=world.alex,
    )


def cosigned(world: World) -> None:
    note = signed_by(world.marcus, "stroke", world)
    amendments.cosign(document=note, by=world.sam, seen=last_word(note))


def awaiting_cosignature(world: World) -> None:
    world.note_signed_by(world.marcus, "parkinson")


def added_to(world: World) -> None:
    amendments.addend(
        document=signed_by(world.tess, "vestibular", world),
        by=world.tess,
        words="The gaze exercise was done with the letter chart at arm's length, as on the visit before.",
        reason="The distance was left out of the note.",
    )


def added_to_after_a_request(world: World) -> None:
    amendments.addend(
        document=signed_by(world.tess, "stroke", world),
        by=world.tess,
        words="The porch step named here is the middle one of three.",
        reason="Asked by the records desk which step was meant.",
    )


def corrected(world: World) -> None:
    amendments.correct(
        document=signed_by(world.tess, "sclerosis", world),
        by=world.tess,
        path="plan",
        should_say="As written, but on Thursday instead of Wednesday.",
        reason="The day was mixed up with another patient's.",
    )


def entered_late(world: World) -> None:
    amendments.enter_late(
        document=signed_by(world.tess, "parkinson", world),
        by=world.sam,
        words="Walked beside the patient at the doorway while Dana Ortiz set up the cones.",
        knows="In the gym during this visit.",
        reason="Asked today whether anybody else had been there.",
    )


def voided(world: World) -> None:
    note = world.note_signed_by(world.tess)
    amendments.void(
        document=charting.read(note),
        by=world.sam,
        reason="Charted for the wrong patient: nobody of this name was treated then.",
    )


def sent_for_review(world: World) -> None:
    note = Note.objects.get(author=world.jo, status=Status.DRAFT)
    reviewing.send(note=note, by=world.jo, reviewer=world.sam, words="My first note about the ramp.")


def returned(world: World) -> None:
    note = world.draft_by(world.marcus, "maintenance")
    reviewing.send(note=note, by=world.marcus, reviewer=world.tess)
    reviewing.comment(
        note=note,
        by=world.tess,
        anchor=Thread.Anchor.FIELD,
        place="assessment",
        label="Assessment",
        quoted=charting.read(note).assessment,
        words="Which of the two tasks is meant here?",
    )
    reviewing.give_back(note=note, by=world.tess, words="One question beside the assessment.")


def comes(world: World) -> None:
    expires = dt.date(world.today.year + 1, 9, 30)
    people.add_person(
        clinic=world.riverside,
        role=Role.THERAPIST,
        password="a word that nobody was told",
        licence_expires_on=expires,
        by=world.alex,
        **LEFT,
    )


def leaves_a_draft_behind(world: World) -> None:
    nora = User.objects.get(email=LEFT["email"])
    world.draft_by(nora, "ankle")
    people.change_person(
        person=nora, clinic=world.riverside, role=Role.THERAPIST, is_active=False, by=world.alex
    )


def opens_in_an_emergency(world: World) -> None:
    patient = world.patients["restricted"]
    emergency.take(
        clinic=world.riverside,
        by=world.priya,
        mrn=patient.mrn,
        born_on=patient.born_on,
        reason="Fell in the waiting room; need the precautions before moving the patient.",
    )


EXAMPLES: tuple[Happening, ...] = (
    (17, dt.time(12, 0), asks_for_cosignatures),
    (15, dt.time(12, 10), cosigned),
    (8, dt.time(12, 0), comes),
    (3, dt.time(18, 5), entered_late),
    (3, dt.time(18, 10), added_to),
    (2, dt.time(18, 10), corrected),
    (2, dt.time(18, 20), awaiting_cosignature),
    (2, dt.time(18, 30), voided),
    (1, dt.time(11, 5), opens_in_an_emergency),
    (1, dt.time(18, 10), leaves_a_draft_behind),
    (1, dt.time(18, 20), returned),
    (1, dt.time(18, 30), sent_for_review),
    (0, dt.time(8, 55), added_to_after_a_request),
    (0, dt.time(8, 58), letters.answer_another),
)
"""What `world.build` is told besides: manage.py demo and the test of this module do."""
