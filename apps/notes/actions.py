"""What can be done to a note. The only writer of notes, blocks and measures."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from apps.accounts import signature, signer
from apps.accounts.models import Discipline, Role, User
from apps.audit import clock, news, verbs
from apps.audit.events import record as record_event
from apps.audit.refused import Refused
from apps.compliance import units
from apps.compliance.review import review
from apps.episodes import actions as episodes
from apps.episodes.models import Goal
from apps.ledger import chain
from apps.ledger.models import Kind, LedgerEntry
from apps.patients.merging import records_of
from apps.patients.models import Patient
from apps.visits import actions as visits
from apps.visits.models import Attendance, Visit

from . import chart, echoes, facts, lifecycle, period, presentations, record, record_policy, reviewing
from .forms import DraftValues, proposed_modifier
from .kinds import CONTENTS, NoteKind
from .models import PUT_ASIDE, Block, DraftSave, MeasureTaken, Note, ReviewRequest, Status
from .policy import policy_of

STARTS_VISITS = (Role.THERAPIST, Role.ASSISTANT, Role.SUPERVISOR)
"""Roles that start a visit which nobody booked."""


class Conflict(Exception):
    """The note was saved elsewhere since this window last saw it. Nothing was overwritten."""


@transaction.atomic
def start(*, visit: Visit, by: User, kind: str = NoteKind.TREATMENT, presentation: str = "") -> Note:
    """Open a note of a kind about a visit, or return the one that the discipline already has.

    `presentation` says which blocks and fields a new note opens; see presentations.py.

    Raises Refused when the visit did not take place, `by` is not on it, or the
    kind is not one that their credential writes.
    """
    visit = Visit.objects.select_for_update().get(pk=visit.pk)
    if not lifecycle.is_on(by, visit):
        raise Refused("Only people on this visit can start its note.")
    if not visit.happened:
        raise Refused(
            f"This visit is recorded as: {visit.get_attendance_display().lower()}. Change that first."
        )
    discipline = by.discipline or visit.clinician.discipline
    if not discipline:
        raise Refused("Your account has no discipline. Ask your administrator to enter it under People.")
    if kind not in NoteKind.values:
        raise Refused("Choose one of the kinds of note.")
    presented = presentations.get(presentation, visit.served_on)
    if presentation and (presented is None or not CONTENTS[kind].treats):
        raise Refused("Choose one of the presentations.")
    if CONTENTS[kind].by_therapist and not by.writes_reports:
        raise Refused(f"A therapist writes this: {NoteKind(kind).label.lower()}.")
    of_kind = visit.notes.filter(discipline=discipline, kind=kind)
    open_note = of_kind.exclude(status__in=PUT_ASIDE).first()
    if open_note:
        return open_note
    if visit.attendance == Attendance.EXPECTED:
        visit = visits.record_attendance(visit=visit, attendance=Attendance.ATTENDED, by=by)
    now = clock.now()
    note = Note.objects.create(
        clinic_id=visit.clinic_id,
        visit=visit,
        discipline=Discipline(discipline),
        kind=kind,
        presentation=presentation,
        author=by,
        started_at=now,
        saved_at=now,
    )
    for position, code in enumerate(presented.blocks if presented else ()):
        Block.objects.create(note=note, code=code, position=position, modifiers=proposed_modifier(note))
    if kind == NoteKind.PROGRESS:
        note.sections = period.proposed(chart.load(note))
        note.save(update_fields=["sections"])
    record_event(verbs.NOTE_STARTED, by=by, clinic=note.clinic, patient=visit.patient, target=note)
    return note


@transaction.atomic
def start_now(*, patient: Patient, by: User) -> Note:
    """A visit today with `by`, and its note, in one step. A visit that they have today is used."""
    today = clock.today(patient.clinic.time_zone)
    expected = Visit.objects.filter(patient__in=records_of(patient.pk), served_on=today)
    expected = expected.filter(Q(clinician=by) | Q(assistant=by) | Q(student=by))
    for visit in expected.order_by("expected_at", "id"):
        if visit.happened and not visit.notes.filter(status=Status.SIGNED).exists():
            return start(visit=visit, by=by)
    visit = visits.book(patient=patient, clinician=by, served_on=today, by=by)
    return start(visit=visit, by=by)


@transaction.atomic
def save_draft(
    *,
    note: Note,
    by: User,
    revision: int,
    operation: str,
    values: DraftValues,
    unacknowledged: tuple[str, ...] = (),
    charted: chart.Chart | None = None,
) -> int:
    """Store `values` and return the new revision.

    `operation` names this save; the same one again returns what the first
    returned. `unacknowledged` are saves of the same window whose answer never
    came: if one of them is what stands there now, the window has seen it.
    `charted`, if given, shows afterwards what is stored. While the note is still at
    the revision at which it was read, nobody can have changed its rows, and they
    are not read again.
    Raises Conflict when somebody else's save stands there, Refused when the
    note is no draft any more or `by` may not write it.
    """
    lifecycle.check("save", note, by)
    sent = DraftSave.objects.filter(note=note, operation__in=(operation, *unacknowledged))
    open_note = Note.objects.filter(pk=note.pk, status=Status.DRAFT)
    saved, earlier, known = 0, dict(sent.values_list("operation", "revision")), None
    change = {"revision": F("revision") + 1, "saved_at": clock.now(), **values.note}
    unchanged = False
    if charted is not None and operation not in earlier and note.revision in {revision, *earlier.values()}:
        saved = open_note.filter(revision=note.revision).update(**change)
        unchanged = bool(saved)
    # PostgreSQL lets two saves of a window run at once: the second waits in the update, and finds the first
    # only when it looks again.
    while not saved and earlier != known:
        if operation in earlier:
            if charted is not None:
                chart.reread(charted)
            return earlier[operation]
        saved = open_note.filter(revision__in={revision, *earlier.values()}).update(**change)
        if not saved:
            known, earlier = earlier, dict(sent.values_list("operation", "revision"))
    if unchanged:
        # Nobody saved in between, so the row is what was read and what was just written.
        for name, value in change.items():
            setattr(note, name, value if name != "revision" else note.revision + 1)
    else:
        # Not the relations: the page is about to show the visit and patient that are loaded already.
        fields = [field.name for field in Note._meta.concrete_fields if not field.is_relation]
        note.refresh_from_db(fields=fields)
    if not saved:
        lifecycle.check("save", note, by)
        raise Conflict
    if charted is not None and not unchanged:
        chart.reread(charted)
    blocks = _store_rows(Block, note, values.blocks, key="code", stored=charted and charted.all_blocks)
    measures = _store_rows(
        MeasureTaken, note, values.measures, key="key", stored=charted and charted.all_measures
    )
    if charted is not None:
        charted.arrange(blocks, measures)
    if operation:
        DraftSave.objects.create(note=note, operation=operation, revision=note.revision)
    return note.revision


def _store_rows(model, note: Note, sent: list[dict[str, Any]], *, key: str, stored=None) -> list:
    """Create the rows that are new, update those that changed, and keep the order in which they were sent.

    `stored` are the rows as they stand, where they are known. Returns all rows as they stand now.
    """
    if not sent:
        return stored or []
    stored = {row.pk: row for row in (model.objects.filter(note=note) if stored is None else stored)}
    added, changed, fields, goals = [], [], set(), set()
    for position, values in enumerate(sent):
        values = {**values, "position": position}
        id = values.pop("id")
        row = stored.get(id)
        if row is None:
            added.append(model(id=id, note=note, **values))
            goals.add(values.get("goal_id"))
            continue
        values.pop(key)  # what a row is does not change
        differing = {name for name, value in values.items() if getattr(row, name) != value}
        if differing:
            for name in differing:
                setattr(row, name, values[name])
            changed.append(row)
            fields |= differing
            if "goal_id" in differing:
                goals.add(row.goal_id)
    _check_goals(note, {goal for goal in goals if goal})
    if added:
        try:
            with transaction.atomic():
                model.objects.bulk_create(added)
        except IntegrityError as error:
            # An id of another note's row: made up, or copied from another page.
            raise Refused("A block of this page belongs to another note. Reload the page.") from error
    if changed:
        model.objects.bulk_update(changed, sorted(fields))
    return [*stored.values(), *added]


def _check_goals(note: Note, goals: set[UUID]) -> None:
    """Refuse a goal that is not of this patient and discipline. The form offers no others."""
    if not goals:
        return
    own = Goal.objects.filter(
        plan__patient__in=records_of(note.visit.patient_id), plan__discipline=note.discipline
    )
    if own.filter(pk__in=goals).count() != len(goals):
        raise Refused("A goal of this page belongs to another plan of care. Reload the page.")


@transaction.atomic
def answer(*, note: Note, by: User, answers: dict[str, dict[str, str]]) -> None:
    """Keep answers to questions and reasons for warnings, by finding key."""
    note = Note.objects.select_for_update().get(pk=note.pk)
    lifecycle.check("answer", note, by)
    note.answers = {**note.answers, **answers}
    note.save(update_fields=["answers"])
    rules = sorted({key.split(":")[0] for key in answers})
    record_event(
        verbs.NOTE_ANSWERED, by=by, clinic=note.clinic, patient=note.visit.patient, target=note, rules=rules
    )


@transaction.atomic
def choose_units(
    *, note: Note, by: User, codes: tuple[str, ...] | None = None, method: str | None = None
) -> None:
    """Keep which codes get a tied unit, or which method counts where the payer's is unknown.

    Raises Refused for a choice that the minutes do not offer.
    """
    note = Note.objects.select_for_update().get(pk=note.pk)
    lifecycle.check("answer", note, by)
    if method is not None:
        if method not in ("", *units.METHOD_LABELS):
            raise Refused("Choose one of the two methods.")
        note.method_choice = method
    if codes is not None:
        charted = {block.code for block in note.blocks.filter(is_removed=False)}
        if not charted.issuperset(codes):
            raise Refused("A unit can only go to a code that is charted here.")
        note.unit_choice = sorted(set(codes))
    note.save(update_fields=["method_choice", "unit_choice"])
    record_event(verbs.NOTE_ANSWERED, by=by, clinic=note.clinic, patient=note.visit.patient, target=note)


@transaction.atomic
def discard(*, note: Note, by: User, reason: str) -> None:
    """Put a draft aside for good, with the reason. It is kept, and never shown as a record."""
    note = Note.objects.select_for_update().get(pk=note.pk)
    move = lifecycle.check("discard", note, by)
    if not reason.strip():
        raise Refused("Say why this draft is not needed.", field="reason")
    note.status = Status(move.target or note.status)
    note.discard_reason = reason.strip()
    note.save(update_fields=["status", "discard_reason"])
    record_event(verbs.NOTE_DISCARDED, by=by, clinic=note.clinic, patient=note.visit.patient, target=note)


@transaction.atomic
def sign(*, note: Note, by: User, preview: str, authenticated: str = "password") -> LedgerEntry:
    """Sign the note that `by` saw: append its words to the ledger, for good.

    `preview` is the digest of the words shown (`record.preview_digest`). Raises
    Refused when they have changed since, when a blocker stands, when a question
    or warning has no answer, or when the credential does not allow it.
    """
    chain.lock_head(note.clinic_id)
    by = signer.at_this_moment(by, note.clinic_id)
    Note.objects.select_for_update().get(pk=note.pk)
    note = chart.with_surroundings(Note.objects).get(pk=note.pk)
    move = lifecycle.check("sign", note, by)
    charted = chart.load(note)
    stated = facts.of(charted, signer=by)
    policy = policy_of(note.clinic_id)
    judged = review(stated, policy)
    payload = record.payload_of(note, charted=charted, stated=stated, judged=judged, policy=policy)
    if record.preview_digest(payload) != preview:
        raise Refused("The note changed after this page was shown. Read it again, then sign.")
    if judged.open_blockers:
        raise Refused(f"{len(judged.open_blockers)} to complete before this note can be signed.")
    if judged.open:
        raise Refused(f"{len(judged.open)} to answer before this note can be signed.")
    asked = record_policy.cosignature_asked(note.clinic_id, note.visit.served_on, by)
    payload["cosignature_asked"] = asked
    payload["signature"] = signature.of(
        by, meaning=record.MEANING, time_zone=note.clinic.time_zone, authenticated=authenticated
    )
    entry = chain.append(
        clinic=note.clinic_id,
        kind=Kind.SIGN,
        document=note.pk,
        document_type=CONTENTS[note.kind].document_type,
        payload=payload,
    )
    note.status = Status(move.target or note.status)
    note.holds_billing = judged.holds_billing
    note.signed_by, note.signed_at = by, clock.now()
    note.awaits_cosignature = asked is not None
    note.save(update_fields=["status", "holds_billing", "signed_by", "signed_at", "awaits_cosignature"])
    echoes.signed(note)
    reviewing.close_request(note, by, ReviewRequest.Outcome.SIGNED)
    _keep_goal_reports(charted, by)
    news.tell(note.clinic_id)
    record_event(
        verbs.NOTE_SIGNED, by=by, clinic=note.clinic, patient=note.visit.patient, target=note, seq=entry.seq
    )
    return entry


def _keep_goal_reports(charted: chart.Chart, by: User) -> None:
    """Add what the signed note says of its goals to the goals' history."""
    for goal in charted.goals:
        report = charted.note.goal_reports.get(str(goal.pk), {})
        if report.get("status") and goal.ended_on is None:
            episodes.record_goal(
                goal=goal,
                status=report["status"],
                on=charted.visit.served_on,
                words=report.get("words", "")[:500],
                by=by,
            )


def operation_id(text: str) -> str:
    """The id of a save as sent by the page, or "" for something that is not one."""
    try:
        return str(UUID(text))
    except (ValueError, AttributeError, TypeError):
        return ""
