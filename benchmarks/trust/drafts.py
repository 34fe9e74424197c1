"""Drafts to try something with: complete, each of its own patient and day, and nothing left to answer."""

from __future__ import annotations

import datetime as dt
import math
import uuid

from django.db import transaction

from apps.accounts.models import User
from apps.demo import charting, world
from apps.episodes import actions as episodes
from apps.episodes import record as episode_record
from apps.notes import actions
from apps.notes.models import Note
from apps.patients import actions as patients
from apps.patients.models import Patient
from apps.visits.models import Visit

DAYS = 6
"""Notes of one patient: too few for a report of progress to come due."""
FIRST = "NEW-FIRST"


def signable(clinic: world.World, count: int, kind: str) -> list[uuid.UUID]:
    """Complete drafts, each of a patient and a day of its own, so that no minutes are counted together.

    A newcomer has a signed plan and one note charted by the editor's own action; that note is copied to the
    days before it. What is asked about each is answered, so that only the race stands before its signature.
    All have the same words, which is asked about once one of them is signed: so one is signed before.
    """
    by, notes = clinic.tess, []
    if not Patient.objects.filter(mrn=FIRST).exists():
        first = clinic.draft_by(by, newcomer(clinic, FIRST))
        charting.sign(answered(first, by), {}, by=by)
    for number in range(math.ceil(count / DAYS)):
        with transaction.atomic():
            pattern = clinic.draft_by(by, newcomer(clinic, f"NEW-{kind}-{number}"))
            same = [pattern, *(copied(pattern, days) for days in range(1, DAYS))]
        notes += same[: count - len(notes)]
    return [answered(note, by).pk for note in notes]


def answered(note: Note, by: User) -> Note:
    """The note, when everything that is asked about it is answered."""
    asked = charting.judged(charting.read(note), signer=by).open
    answers = {
        found.key: {"value": found.choices[0] if found.choices else "", "reason": "Checked."}
        for found in asked
    }
    actions.answer(note=note, by=by, answers=answers)
    note = charting.read(note)
    if still := charting.open_findings(note, signer=by):
        raise ValueError(f"A draft cannot be signed: {still}")
    return note


def newcomer(clinic: world.World, number: str) -> Patient:
    """A patient with the plan that the demo tells of another, signed."""
    story, today = charting.content("patients/ankle"), clinic.today
    told, starts_on = story["plans"][0], today - dt.timedelta(days=DAYS + 2)
    patient = patients.add_patient(
        clinic=clinic.riverside, by=clinic.rae, **{**story["patient"], "mrn": number}
    )
    patients.add_coverage(
        patient=patient,
        payer=clinic.patients["ankle"].coverages.get().payer,
        member_number=f"DEMO-{number}",
        starts_on=starts_on,
        by=clinic.rae,
    )
    onset_on = starts_on - dt.timedelta(days=20)
    diagnoses = [
        patients.add_diagnosis(
            patient=patient, code=row["code"], type=row["type"], onset_on=onset_on, by=clinic.tess
        )
        for row in story["diagnoses"]
    ]
    plan = episodes.add_plan(
        patient=patient,
        discipline="PT",
        diagnoses=diagnoses,
        established_on=starts_on,
        onset_on=onset_on,
        by=clinic.tess,
        **{name: told[name] for name in episodes.CONTENTS if name in told},
    )
    for goal in told["goals"]:
        parts = {name: value for name, value in goal.items() if name != "weeks"}
        target_on = starts_on + dt.timedelta(weeks=goal["weeks"])
        episodes.add_goal(plan=plan, target_on=target_on, by=clinic.tess, **parts)
    version = plan.versions.get()
    preview = episode_record.preview_digest(episode_record.payload_of(version))
    episodes.sign(version=version, by=clinic.tess, preview=preview)
    return patient


def copied(pattern: Note, days: int) -> Note:
    """The same note about a visit so many days earlier."""
    visit = Visit.objects.get(pk=pattern.visit_id)
    visit.pk, visit._state.adding = uuid.uuid4(), True
    visit.served_on -= dt.timedelta(days=days)
    visit.save(force_insert=True)
    note = Note.objects.get(pk=pattern.pk)
    note.pk, note.visit, note._state.adding = uuid.uuid4(), visit, True
    note.save(force_insert=True)
    for row in (*pattern.blocks.all(), *pattern.measures.all()):
        row.pk, row.note, row._state.adding = uuid.uuid4(), note, True
        row.save(force_insert=True)
    return note
