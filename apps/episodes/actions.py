"""The only writer of plans of care, their versions, goals and papers, and of authorizations."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max

from apps.accounts import signature, signer
from apps.accounts.changes import set_fields
from apps.accounts.models import Credential
from apps.audit import clock, events, verbs
from apps.audit.refused import Refused
from apps.ledger import chain
from apps.ledger.models import DocumentType, Kind, LedgerEntry
from apps.patients import merging

from . import record, sentences
from .models import Authorization, Goal, GoalRecord, Paper, PlanOfCare, PlanVersion

CONTENTS = (
    "program",
    "established_on",
    "onset_on",
    "prior_level",
    "precautions",
    "potential",
    "potential_because",
    "treatment",
    "times_a_day",
    "times_a_week",
    "times_a_week_most",
    "weeks",
    "skill",
    "reason",
)
"""What a version says, beside its diagnoses and the plan's goals."""

GOAL_PARTS = ("term", "who", "task", "measure", "baseline", "target", "target_on", "scale", "side")
SENTENCE = frozenset(sentences.PARTS)

PAPER_FIELDS = (
    "version",
    "dated_on",
    "verbal_on",
    "signed_on",
    "signer_name",
    "signer_npi",
    "method",
    "starts_on",
    "through_on",
    "reason",
    "document",
    "mistake",
)
AUTHORIZATION_FIELDS = (
    "coverage",
    "discipline",
    "number",
    "codes",
    "counts",
    "allowed",
    "starts_on",
    "through_on",
    "warn_left",
)

SAVED_ELSEWHERE = (
    "This plan was saved in another window since this page was opened, and that was not overwritten. "
    "Compare with the other window, then save again."
)


def today_of(patient) -> dt.date:
    return clock.today(patient.clinic.time_zone)


# --- The plan and its versions ----------------------------------------------------------------------------


def check_contents(patient, values: dict[str, Any], diagnoses) -> None:
    established_on = values.get("established_on")
    if established_on and established_on < patient.born_on:
        raise Refused("The plan starts before the patient was born.", field="established_on")
    if established_on and established_on > today_of(patient):
        raise Refused("The plan cannot be established in the future.", field="established_on")
    onset_on = values.get("onset_on")
    if onset_on and onset_on < patient.born_on:
        raise Refused("The onset is before the patient was born.", field="onset_on")
    if onset_on and onset_on > today_of(patient):
        raise Refused("The onset is in the future.", field="onset_on")
    most = values.get("times_a_week_most")
    if most and most < values.get("times_a_week", 1):
        raise Refused("This is fewer than the frequency.", field="times_a_week_most")
    if any(diagnosis.patient_id != patient.pk for diagnosis in diagnoses):
        raise Refused("Choose diagnoses of this patient.", field="diagnoses")


@transaction.atomic
def add_plan(*, patient, discipline, diagnoses=(), by, **contents) -> PlanOfCare:
    """A new episode with the first draft of its plan. `contents` are values of CONTENTS."""
    merging.check_goes_on_here(patient)
    check_contents(patient, contents, diagnoses)
    version = PlanVersion(number=1, started_by=by, started_at=clock.now(), **contents)
    plan = PlanOfCare.objects.create(
        patient=patient,
        discipline=discipline,
        starts_on=version.established_on,
        through_on=version.through_on,
        frequency=version.frequency,
        is_maintenance=version.is_maintenance,
        established_by=by,
    )
    version.plan = plan
    version.save(force_insert=True)
    version.diagnoses.set(diagnoses)
    events.record(verbs.PLAN_ADDED, by=by, clinic=patient.clinic, patient=patient, target=plan)
    return plan


@transaction.atomic
def change_draft(*, version, revision: int, diagnoses, by, **contents) -> PlanVersion:
    """Save what the draft says. Refused when another window saved since `revision`."""
    version = PlanVersion.objects.select_for_update().get(pk=version.pk)
    plan = version.plan
    patient = plan.patient
    if not version.is_draft:
        raise Refused("This version is signed. Signed words never change: revise the plan instead.")
    if version.revision != revision:
        raise Refused(SAVED_ELSEWHERE)
    check_contents(patient, contents, diagnoses)
    if version.number > 1 and contents.get("established_on", version.established_on) < plan.starts_on:
        raise Refused("A revision cannot be established before the plan it revises.", field="established_on")
    changed = set_fields(version, contents, CONTENTS)
    if set(diagnoses) != set(version.diagnoses.all()):
        version.diagnoses.set(diagnoses)
        changed.append("diagnoses")
    version.revision += 1
    version.save(update_fields=["revision"])
    if not plan.is_signed:
        in_force(plan, version)
    events.record(
        verbs.PLAN_CHANGED, by=by, clinic=patient.clinic, patient=patient, target=plan, changed=changed
    )
    return version


def in_force(plan: PlanOfCare, version: PlanVersion) -> None:
    """Let the plan's own row say what `version` says."""
    values = {
        "through_on": version.through_on,
        "frequency": version.frequency,
        "is_maintenance": version.is_maintenance,
    }
    if version.number == 1:
        values["starts_on"] = version.established_on
    set_fields(plan, values, tuple(values))


@transaction.atomic
def revise(*, plan, by) -> PlanVersion:
    """Open the next version, with the values of the one in force. The open draft, where there is one."""
    plan = PlanOfCare.objects.select_for_update().get(pk=plan.pk)
    patient = plan.patient
    if plan.ended_on:
        raise Refused("This plan was ended. Add a new plan of care instead.")
    draft = plan.versions.filter(status=PlanVersion.Status.DRAFT).first()
    if draft:
        return draft
    last = plan.versions.get(number=plan.signed_number)
    values = {name: getattr(last, name) for name in CONTENTS}
    values |= {"established_on": today_of(patient), "reason": ""}
    highest = plan.versions.aggregate(highest=Max("number"))["highest"]
    version = PlanVersion.objects.create(
        plan=plan, number=highest + 1, started_by=by, started_at=clock.now(), **values
    )
    version.diagnoses.set(last.diagnoses.all())
    events.record(
        verbs.PLAN_REVISED, by=by, clinic=patient.clinic, patient=patient, target=plan, number=version.number
    )
    return version


@transaction.atomic
def discard_draft(*, version, by) -> None:
    """Put a revision aside. The version in force stays as it is."""
    version = PlanVersion.objects.select_for_update().get(pk=version.pk)
    if not version.is_draft:
        raise Refused("Only a draft can be discarded.")
    if not version.plan.is_signed:
        raise Refused("This is the plan's first version. End the plan instead.")
    version.status = PlanVersion.Status.DISCARDED
    version.save(update_fields=["status"])
    patient = version.plan.patient
    events.record(
        verbs.PLAN_DISCARDED,
        by=by,
        clinic=patient.clinic,
        patient=patient,
        target=version.plan,
        number=version.number,
    )


def why_not_sign(version: PlanVersion, by) -> str:
    """Why `by` cannot establish this plan, in words for a clinician; "" when they can."""
    if not version.is_draft:
        return "This version is signed. Signed words never change: revise the plan instead."
    plan = version.plan
    if plan.patient.clinic.is_practice:
        return signer.PRACTICE_PLAN
    if by.credential not in (Credential.PT, Credential.OT):
        return "A plan of care is established and signed by a PT or an OT. Your draft is kept for them."
    if by.credential != plan.discipline:
        return (
            f"This is a plan of {plan.get_discipline_display().lower()}; your credential is {by.credential}."
        )
    return ""


@transaction.atomic
def sign(*, version, by, preview: str, authenticated: str = "password") -> LedgerEntry:
    """Sign the version that `by` saw, with the goals as they stand: its words enter the ledger, for good.

    `preview` is the digest of the words shown (`record.preview_digest`). Raises Refused when they changed
    since, when something is missing, or when the credential does not allow it.
    """
    clinic = version.plan.patient.clinic
    chain.lock_head(clinic.pk)
    by = signer.at_this_moment(by, clinic.pk)
    version = PlanVersion.objects.select_for_update().get(pk=version.pk)
    plan = PlanOfCare.objects.select_for_update().get(pk=version.plan_id)
    if reason := why_not_sign(version, by):
        raise Refused(reason)
    if open_points := record.missing(version):
        raise Refused(f"{len(open_points)} to complete before this plan can be signed.")
    payload = record.payload_of(version)
    if record.preview_digest(payload) != preview:
        raise Refused("The plan changed after this page was shown. Read it again, then sign.")
    payload["signature"] = signature.of(
        by, meaning=record.MEANING, time_zone=clinic.time_zone, authenticated=authenticated
    )
    entry = chain.append(
        clinic=clinic.pk,
        kind=Kind.SIGN,
        document=version.pk,
        document_type=DocumentType.PLAN,
        payload=payload,
    )
    version.status = PlanVersion.Status.SIGNED
    version.signed_by, version.signed_at = by, clock.now()
    version.save(update_fields=["status", "signed_by", "signed_at"])
    plan.signed_number = version.number
    if version.number == 1:
        plan.established_by = by
    plan.save(update_fields=["signed_number", "established_by"])
    in_force(plan, version)
    events.record(
        verbs.PLAN_SIGNED,
        by=by,
        clinic=clinic,
        patient=plan.patient,
        target=plan,
        number=version.number,
        seq=entry.seq,
    )
    return entry


@transaction.atomic
def end_plan(*, plan, ended_on, reason, by) -> PlanOfCare:
    """Close the episode: nothing of it is due any more."""
    plan = PlanOfCare.objects.select_for_update().get(pk=plan.pk)
    patient = plan.patient
    if plan.ended_on:
        raise Refused("This plan was ended already.")
    if ended_on < plan.starts_on:
        raise Refused("The plan ends before it starts.", field="ended_on")
    if ended_on > today_of(patient):
        raise Refused("This date is in the future. End the plan on its last day.", field="ended_on")
    plan.ended_on, plan.end_reason = ended_on, reason.strip()
    plan.save(update_fields=["ended_on", "end_reason"])
    events.record(verbs.PLAN_ENDED, by=by, clinic=patient.clinic, patient=patient, target=plan)
    return plan


# --- Goals ------------------------------------------------------------------------------------------------


def check_may_set_goals(plan: PlanOfCare, by) -> None:
    """Before the first signature the signature vouches for the goals; after it, whoever sets them does."""
    if plan.is_signed and by.credential not in (Credential.PT, Credential.OT):
        raise Refused("The goals of a signed plan are set and modified by a PT or an OT.")
    if plan.ended_on:
        raise Refused("This plan was ended. Its goals stay as they are.")


def check_target(plan: PlanOfCare, target_on: dt.date | None) -> None:
    if target_on and target_on < plan.starts_on:
        raise Refused("This is before the plan starts.", field="target_on")


@transaction.atomic
def add_goal(
    *,
    plan,
    term="long",
    who="",
    task="",
    measure="",
    scale="",
    side="",
    baseline="",
    target="",
    target_on=None,
    words="",
    by,
) -> Goal:
    """The plan's next goal. Goals end and are never deleted, so a number never means two things.

    With parts, `words` is the sentence that they make; a goal can also be given by its words alone.
    """
    plan = PlanOfCare.objects.select_for_update().get(pk=plan.pk)
    check_may_set_goals(plan, by)
    check_target(plan, target_on)
    parts = {
        "who": who.strip(),
        "task": task.strip(),
        "measure": measure.strip(),
        "baseline": baseline.strip(),
        "target": target.strip(),
        "target_on": target_on,
    }
    highest = plan.goals.aggregate(highest=Max("number"))["highest"] or 0
    goal = Goal.objects.create(
        plan=plan,
        number=highest + 1,
        term=term,
        words=words.strip() or sentences.goal(parts),
        scale=scale,
        side=side,
        **parts,
    )
    patient = plan.patient
    GoalRecord.objects.create(
        goal=goal, status=goal.status, on=today_of(patient), recorded_by=by, recorded_at=clock.now()
    )
    events.record(
        verbs.GOAL_ADDED, by=by, clinic=patient.clinic, patient=patient, target=goal, number=goal.number
    )
    return goal


@transaction.atomic
def change_goal(*, goal, why="", by, **parts) -> Goal:
    """Write the goal anew. In a plan that was signed this is a modification, and stays visible as one."""
    goal = Goal.objects.select_for_update().get(pk=goal.pk)
    plan = goal.plan
    patient = plan.patient
    check_may_set_goals(plan, by)
    if not goal.is_open:
        raise Refused("This goal has ended. Set a new goal, which gets a number of its own.")
    check_target(plan, parts.get("target_on"))
    earlier = goal.words
    changed = set_fields(goal, parts, GOAL_PARTS)
    reads_differently = bool(SENTENCE.intersection(changed) or "term" in changed)
    if reads_differently:
        goal.words = sentences.goal({name: getattr(goal, name) for name in sentences.PARTS})
        goal.save(update_fields=["words"])
    if reads_differently and plan.is_signed:
        if not why.strip():
            raise Refused("Say why: this goal stands in a signed plan.", field="why")
        goal.status = Goal.Status.MODIFIED
        goal.save(update_fields=["status"])
        GoalRecord.objects.create(
            goal=goal,
            status=goal.status,
            on=today_of(patient),
            words=why.strip(),
            earlier=earlier,
            recorded_by=by,
            recorded_at=clock.now(),
        )
    events.record(
        verbs.GOAL_CHANGED, by=by, clinic=patient.clinic, patient=patient, target=goal, changed=changed
    )
    return goal


@transaction.atomic
def record_goal(*, goal, status, on, words="", by) -> GoalRecord:
    """Say what became of a goal: progressing, met or discontinued. A goal that ended does not reopen."""
    goal = Goal.objects.select_for_update().get(pk=goal.pk)
    plan = goal.plan
    patient = plan.patient
    status = Goal.Status(status)
    if not goal.is_open:
        raise Refused("This goal has ended. Set a new goal, which gets a number of its own.")
    if status not in (Goal.Status.PROGRESSING, Goal.Status.MET, Goal.Status.DISCONTINUED):
        raise Refused("Choose progressing, met or discontinued.", field="status")
    if on > today_of(patient):
        raise Refused("This date is in the future.", field="on")
    if on < plan.starts_on:
        raise Refused("This is before the plan starts.", field="on")
    if status == Goal.Status.DISCONTINUED:
        check_may_set_goals(plan, by)
        if not words.strip():
            raise Refused("Say why this goal is discontinued.", field="words")
    goal.status = status
    if status in (Goal.Status.MET, Goal.Status.DISCONTINUED):
        goal.ended_on = on
    goal.save(update_fields=["status", "ended_on"])
    line = GoalRecord.objects.create(
        goal=goal, status=status, on=on, words=words.strip(), recorded_by=by, recorded_at=clock.now()
    )
    events.record(
        verbs.GOAL_RECORDED,
        by=by,
        clinic=patient.clinic,
        patient=patient,
        target=goal,
        number=goal.number,
        status=str(status),
    )
    return line


# --- Orders, transmission, certification ------------------------------------------------------------------


def check_paper(plan: PlanOfCare, kind: str, values: dict[str, Any]) -> None:
    today = today_of(plan.patient)
    for name in ("dated_on", "verbal_on", "signed_on"):
        if values.get(name) and values[name] > today:
            raise Refused("This date is in the future.", field=name)
    if kind in (Paper.Kind.ORDER, Paper.Kind.SENT) and not values.get("dated_on"):
        raise Refused("Write the date.", field="dated_on")
    if not values.get("signer_name", "").strip():
        raise Refused("Write the name of the physician or NPP.", field="signer_name")
    if kind == Paper.Kind.SENT and not values.get("method"):
        raise Refused("Choose how the plan was sent.", field="method")
    if kind == Paper.Kind.SENT and values["dated_on"] < plan.starts_on:
        raise Refused("This is before the plan was established.", field="dated_on")
    if kind in (Paper.Kind.CERTIFICATION, Paper.Kind.RECERTIFICATION):
        if not (values.get("verbal_on") or values.get("signed_on")):
            raise Refused("Write when it was signed, or given by telephone.", field="signed_on")
        for name in ("verbal_on", "signed_on"):
            if values.get(name) and values[name] < plan.starts_on:
                raise Refused("This is before the plan was established.", field=name)
        if not values.get("starts_on"):
            raise Refused("Write the first day that is certified.", field="starts_on")
        if values.get("through_on") and values["through_on"] < values["starts_on"]:
            raise Refused("The certification ends before it starts.", field="through_on")
    version, document = values.get("version"), values.get("document")
    if version and version.plan_id != plan.pk:
        raise Refused("Choose a version of this plan.", field="version")
    if document and document.patient_id != plan.patient_id:
        raise Refused("Choose a document of this patient.", field="document")
    if document and document.is_set_aside:
        raise Refused("This document was set aside.", field="document")


@transaction.atomic
def record_paper(*, plan, kind, by, **values) -> Paper:
    """Record what is on paper or in an upload. Nobody here signs as the physician."""
    plan = PlanOfCare.objects.select_for_update().get(pk=plan.pk)
    patient = plan.patient
    if kind in (Paper.Kind.CERTIFICATION, Paper.Kind.RECERTIFICATION):
        values["starts_on"] = values.get("starts_on") or plan.starts_on
        if not values.get("version"):
            values["version"] = plan.versions.filter(number=plan.signed_number).first()
    check_paper(plan, kind, values)
    paper = Paper.objects.create(plan=plan, kind=kind, recorded_by=by, recorded_at=clock.now(), **values)
    keep_certified_on(plan)
    events.record(
        verbs.PAPER_RECORDED, by=by, clinic=patient.clinic, patient=patient, target=paper, kind=str(kind)
    )
    return paper


@transaction.atomic
def change_paper(*, paper, by, **values) -> Paper:
    paper = Paper.objects.select_for_update().get(pk=paper.pk)
    plan = PlanOfCare.objects.select_for_update().get(pk=paper.plan_id)
    patient = plan.patient
    check_paper(plan, paper.kind, {name: values.get(name, getattr(paper, name)) for name in PAPER_FIELDS})
    changed = set_fields(paper, values, PAPER_FIELDS)
    keep_certified_on(plan)
    events.record(
        verbs.PAPER_CHANGED, by=by, clinic=patient.clinic, patient=patient, target=paper, changed=changed
    )
    return paper


def keep_certified_on(plan: PlanOfCare) -> None:
    signed = plan.papers.filter(
        kind__in=[Paper.Kind.CERTIFICATION, Paper.Kind.RECERTIFICATION], mistake=""
    ).aggregate(last=Max("signed_on"))["last"]
    set_fields(plan, {"certified_on": signed}, ("certified_on",))


# --- Authorizations ---------------------------------------------------------------------------------------


def check_authorization(patient, values: dict[str, Any]) -> None:
    if values["coverage"].patient_id != patient.pk:
        raise Refused("Choose a coverage of this patient.", field="coverage")
    if values["through_on"] < values["starts_on"]:
        raise Refused("The authorization ends before it starts.", field="through_on")


@transaction.atomic
def add_authorization(*, patient, by, **values) -> Authorization:
    check_authorization(patient, values)
    authorization = Authorization.objects.create(clinic=patient.clinic, patient=patient, **values)
    events.record(
        verbs.AUTHORIZATION_ADDED, by=by, clinic=patient.clinic, patient=patient, target=authorization
    )
    return authorization


@transaction.atomic
def change_authorization(*, authorization, by, **values) -> Authorization:
    authorization = Authorization.objects.select_for_update().get(pk=authorization.pk)
    patient = authorization.patient
    check_authorization(
        patient, {name: values.get(name, getattr(authorization, name)) for name in AUTHORIZATION_FIELDS}
    )
    changed = set_fields(authorization, values, AUTHORIZATION_FIELDS)
    events.record(
        verbs.AUTHORIZATION_CHANGED,
        by=by,
        clinic=patient.clinic,
        patient=patient,
        target=authorization,
        changed=changed,
    )
    return authorization
