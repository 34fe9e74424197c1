"""From a version of a plan to the words that are signed: the payload of its ledger entry.

Everything needed to print the plan for ever, as plain values: no floats, dates as ISO text, keys always
present. Nothing is reworded; labels are fixed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from apps.ledger import chain
from apps.ledger.models import DocumentType, Kind, LedgerEntry

from .models import Goal, PlanVersion

SCHEMA = "midline/plan-of-care/1"
MEANING = "I established this plan of care."


@dataclass(frozen=True)
class Missing:
    """Something that a plan must say before it is signed; `field` is where to say it, "" for the goals."""

    what: str
    field: str = ""


def payload_of(version: PlanVersion) -> dict[str, Any]:
    """The payload of a version as it stands, with the goals as they stand, without a signature."""
    plan = version.plan
    patient = plan.patient
    clinic = patient.clinic
    return {
        "schema": SCHEMA,
        "plan": {
            "id": str(plan.pk),
            "version_id": str(version.pk),
            "number": version.number,
            "discipline": plan.discipline,
            "discipline_label": plan.get_discipline_display(),
            "program": version.program,
            "program_label": version.get_program_display(),
            "started_on": day(plan.starts_on if plan.is_signed else version.established_on),
            "established_on": day(version.established_on),
            "through_on": day(version.through_on),
            "reason": version.reason,
        },
        "clinic": {
            "name": clinic.name,
            "address": clinic.address,
            "phone": clinic.phone,
            "npi": clinic.npi,
            "time_zone": clinic.time_zone,
        },
        "patient": {
            "id": str(patient.pk),
            "mrn": patient.mrn,
            "family_name": patient.family_name,
            "given_name": patient.given_name,
            "born_on": day(patient.born_on),
            "sex": patient.sex,
            "precautions": patient.precautions,
        },
        "diagnoses": [
            {
                "code": row.code,
                "words": row.words,
                "type": row.type,
                "type_label": row.get_type_display(),
                "release": row.release,
                "onset_on": day(row.onset_on),
            }
            for row in version.diagnoses.all()
        ],
        "onset_on": day(version.onset_on),
        "prior_level": version.prior_level,
        "precautions": version.precautions,
        "potential": version.potential,
        "potential_label": version.get_potential_display(),
        "potential_because": version.potential_because,
        "treatment": version.treatment,
        "times_a_day": version.times_a_day,
        "times_a_week": version.times_a_week,
        "times_a_week_most": version.times_a_week_most,
        "weeks": version.weeks,
        "frequency": version.frequency,
        "skill": version.skill,
        "goals": goals_of(version),
    }


def goals_of(version: PlanVersion) -> list[dict[str, Any]]:
    """The goals as they stand: those that ended are still named, so that numbers have no gap."""
    return [
        {
            "number": goal.number,
            "term": goal.term,
            "term_label": goal.get_term_display(),
            "words": goal.words,
            "who": goal.who,
            "task": goal.task,
            "measure": goal.measure,
            "baseline": goal.baseline,
            "target": goal.target,
            "target_on": day(goal.target_on),
            "status": goal.status,
            "status_label": goal.get_status_display(),
            "ended_on": day(goal.ended_on),
        }
        for goal in version.plan.goals.all()
    ]


def missing(version: PlanVersion) -> list[Missing]:
    """What a plan must say: Pub. 100-02 ch. 15 §220.1.2, and for maintenance why skill is needed."""
    found = []
    if not version.diagnoses.exists():
        found.append(Missing("A diagnosis", "diagnoses"))
    if not version.treatment.strip():
        found.append(Missing("The type of treatment", "treatment"))
    goals = [goal for goal in version.plan.goals.all() if goal.is_open]
    if not any(goal.is_long_term for goal in goals):
        found.append(Missing("A long-term goal"))
    found += [
        Missing(f"Goal {goal.number}: {', '.join(goal.missing)}") for goal in goals if not is_complete(goal)
    ]
    if version.is_maintenance and not version.skill.strip():
        found.append(Missing("Why maintenance needs a therapist's skill", "skill"))
    if version.number > 1 and not version.reason.strip():
        found.append(Missing("Why the plan is revised", "reason"))
    return found


def is_complete(goal: Goal) -> bool:
    return not goal.missing


def advised(version: PlanVersion) -> list[Missing]:
    """What reviewers look for and the manual does not demand. Said, never in the way."""
    wanted = {
        "onset_on": "Onset",
        "prior_level": "Prior level of function",
        "potential": "Rehabilitation potential",
        "precautions": "Precautions",
    }
    return [Missing(what, field) for field, what in wanted.items() if not getattr(version, field)]


def preview_digest(payload: dict[str, Any]) -> str:
    """The digest of what a signer sees before signing."""
    shown = {name: value for name, value in payload.items() if name != "signature"}
    return chain.digest(chain.canonical(shown))


def signed_entry(version: PlanVersion) -> LedgerEntry:
    """The entry by which a version was signed. Raises Http404 when there is none."""
    entry = (
        LedgerEntry.objects.filter(
            clinic=version.plan.patient.clinic_id,
            document=version.pk,
            document_type=DocumentType.PLAN,
            kind=Kind.SIGN,
        )
        .order_by("-seq")
        .first()
    )
    if entry is None:
        raise Http404
    return entry


def day(value: dt.date | None) -> str:
    return value.isoformat() if value else ""
