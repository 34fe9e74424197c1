"""Drafts to try something with: complete, each of its own patient and day, and nothing left to answer."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any, NamedTuple

from django.db import transaction

from apps.accounts.models import User
from apps.compliance.review import review
from apps.demo import charting, world
from apps.episodes import actions as episodes
from apps.episodes import record as episode_record
from apps.notes import actions, chart, facts, record
from apps.notes.models import Block, MeasureTaken, Note
from apps.notes.policy import policy_of
from apps.patients import actions as patients
from apps.patients.models import Patient
from apps.visits.models import Visit

DAYS = 6
"""Notes of one patient: too few for a report of progress to come due."""
FIRST = "NEW-FIRST"


class Ready(NamedTuple):
    """A draft, and the digest of its words: what its signer's page holds when everything on it is read."""

    pk: uuid.UUID
    preview: str


def signable(clinic: world.World, count: int, kind: str) -> list[Ready]:
    """Complete drafts, each of a patient and a day of its own, so that no minutes are counted together.

    A newcomer has a signed plan and one note charted by the editor's own action; that note is copied to the
    days before it. What is asked about the first newcomer's notes is answered, and answered alike about the
    others', whose words are the same. Every note is judged, so that only the race stands before its
    signature. Words that were signed before are asked about, so a note with these is signed first.

    A patient's come newest first. In that order a signature changes nothing that the next one's page showed.
    """
    by = clinic.tess
    if not Patient.objects.filter(mrn=FIRST).exists():
        first = clinic.draft_by(by, newcomer(clinic, FIRST))
        charting.sign(answered(first, by), {}, by=by)
    found: list[Ready] = []
    patterns: list[Note] = []
    while len(found) < count:
        with transaction.atomic():
            pattern = clinic.draft_by(by, newcomer(clinic, f"NEW-{kind}-{len(found) // DAYS}"))
            notes = [pattern, *copies(pattern)]
            if not patterns:
                patterns = [answered(note, by) for note in notes]
            for note, like in zip(notes[: count - len(found)], patterns, strict=False):
                if note.pk != like.pk:
                    actions.answer(note=note, by=by, answers=answers_of(like, note))
                found.append(ready(note, by))
    return found


def ready(note: Note, by: User) -> Ready:
    """What `by` signs, judged as the signature will judge it."""
    note = charting.read(note)
    charted, policy = chart.load(note), policy_of(note.clinic_id)
    stated = facts.of(charted, signer=by)
    judged = review(stated, policy)
    if judged.open:
        raise ValueError(f"A draft cannot be signed: {[finding.key for finding in judged.open]}")
    payload = record.payload_of(note, charted=charted, stated=stated, judged=judged, policy=policy)
    return Ready(note.pk, record.preview_digest(payload))


def answers_of(like: Note, note: Note) -> dict[str, Any]:
    """The answers of a note with the same words, for this one: a finding is named after its block."""
    text = json.dumps(like.answers)
    for old, new in zip(rows_of(like), rows_of(note), strict=True):
        text = text.replace(str(old.pk), str(new.pk))
    return json.loads(text)


def rows_of(note: Note) -> list[Block | MeasureTaken]:
    return [*note.blocks.order_by("position"), *note.measures.order_by("position")]


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


def copies(pattern: Note) -> list[Note]:
    """The same note about visits of each of the days before."""
    visits, notes, rows = [], [], rows_of(pattern)
    for days in range(1, DAYS):
        visit = anew(pattern.visit, served_on=pattern.visit.served_on - dt.timedelta(days=days))
        visits.append(visit)
        notes.append(anew(pattern, visit_id=visit.pk))
    Visit.objects.bulk_create(visits)
    Note.objects.bulk_create(notes)
    for model in (Block, MeasureTaken):
        same = [row for row in rows if isinstance(row, model)]
        model.objects.bulk_create(anew(row, note_id=note.pk) for note in notes for row in same)
    return notes


def anew(row: Any, **differing: Any) -> Any:
    """The row once more, not stored yet, under an id of its own."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**{**values, "id": uuid.uuid4(), **differing})
