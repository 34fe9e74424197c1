"""From a charted note to the words that are signed: the payload of its ledger entry.

Everything needed to print the note for ever, as plain values: no floats, dates
as ISO text, keys always present. Nothing is reworded; labels are fixed.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from apps.compliance import codes, measures, note_json, payers, words
from apps.compliance.review import Review, review
from apps.compliance.severity import Policy
from apps.compliance.units import Allocation
from apps.episodes.models import Goal
from apps.ledger import chain
from apps.visits.models import Visit

from . import carry, facts
from . import chart as charts
from . import period as periods
from .chart import Chart
from .kinds import prompts_of
from .models import Block, MeasureTaken, Note
from .policy import policy_of

SCHEMA = "midline/treatment-note/1"
MEANING = "I provided or supervised the services recorded here, and this is my record of them."
ANSWERED = ("review", "facts", "signature")
"""The parts of a payload that change in the act of signing, by what the signer answers there."""

IN_THE_ROOM = ("professional_in_room", "professional_treats_others", "supervision")
VITALS = ("systolic", "diastolic", "pulse", "oxygen")


def payload_of(
    note: Note,
    *,
    charted: Chart | None = None,
    stated: facts.NoteFacts | None = None,
    judged: Review | None = None,
    policy: Policy | None = None,
) -> dict[str, Any]:
    """The payload of a note as it stands, without a signature.

    `stated` are the facts that were `judged`, and `policy` the clinic's severities
    by which they were, where the caller has them already.
    """
    charted = charted or charts.load(note)
    stated = stated or facts.of(charted)
    policy = policy_of(note.clinic_id) if policy is None else policy
    judged = judged or review(stated, policy)
    visit, patient, payer = note.visit, note.visit.patient, charted.payer
    return {
        "schema": SCHEMA,
        "note": {
            "id": str(note.pk),
            "type": note.kind,
            "title": note.get_kind_display(),
            "discipline": note.discipline,
            "discipline_label": note.get_discipline_display(),
        },
        "clinic": {
            "name": note.clinic.name,
            "address": note.clinic.address,
            "phone": note.clinic.phone,
            "npi": note.clinic.npi,
            "time_zone": note.clinic.time_zone,
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
        "visit": {
            "id": str(visit.pk),
            "date_of_service": day(visit.served_on),
            "starts_at": hour(note.starts_at),
            "ends_at": hour(note.ends_at),
            "place": visit.place,
            "place_label": visit.get_place_display(),
            "attendance": visit.attendance,
            "attendance_reason": visit.attendance_reason,
            "people": people(visit),
            **{name: getattr(note, name) for name in IN_THE_ROOM},
            "supervision_label": note.get_supervision_display(),
        },
        "clinician": {"name": visit.clinician.signature_name},
        "drafted_by": {"user": str(note.author_id), "name": note.author.signature_name},
        "late_entry": charted.late and {"days": charted.late.days, "policy_hours": charted.late.hours},
        "payer": payer
        and {
            "name": payer.name,
            "policy": payer.policy,
            "policy_label": policy_label(payer.policy),
            "member_number": visit.coverage.member_number,
        },
        "diagnoses": [
            {"code": row.code, "words": row.words, "type": row.type, "release": row.release}
            for row in charted.diagnoses
        ],
        "plan_of_care": charted.plan
        and {
            "starts_on": day(charted.plan.starts_on),
            "through_on": day(charted.plan.through_on),
            "certified_on": day(charted.plan.certified_on),
            "frequency": charted.plan.frequency,
            "goals": [{"number": goal.number, "words": goal.words} for goal in charted.goals],
        },
        "sections": sections(note),
        "goal_reports": goal_reports(charted),
        "period": periods.payload_of(periods.of(charted)),
        "progress": progress(charted),
        "subjective": note.subjective,
        "vitals": {
            when: {name: getattr(note, f"{name}_{when}") for name in VITALS} for when in ("before", "after")
        },
        "measures": [measure(row, charted) for row in charted.measures],
        "blocks": [block(row) for row in charted.blocks],
        "times": {"total_minutes": note.total_minutes, "timed_minutes": judged.units.timed_minutes_here},
        "units": units(charted, judged),
        "assessment": note.assessment,
        "plan": note.plan,
        "home_program": note.home_program,
        "caregiver_training": note.caregiver_training,
        "communication": note.communication,
        "adverse_event": note.adverse_event,
        "adverse_event_action": note.adverse_event_action,
        "review": findings(judged, policy),
        "facts": note_json.dump(stated),
    }


def sections(note: Note) -> list[dict[str, str]]:
    """The prompts of the note's kind that were answered, in their order, with the part where they stand."""
    return [
        {"key": prompt.key, "label": prompt.label, "part": prompt.part, "words": note.sections[prompt.key]}
        for prompt in prompts_of(note.kind)
        if note.sections.get(prompt.key)
    ]


def goal_reports(charted: Chart) -> list[dict[str, Any]]:
    """What became of each goal, as reported in this note."""
    reports = charted.note.goal_reports
    return [
        {
            "number": goal.number,
            "goal": goal.words,
            "status": Goal.Status(report["status"]).label if report.get("status") else "",
            "words": report.get("words", ""),
        }
        for goal in charted.goals
        if (report := reports.get(str(goal.pk))) and any(report.values())
    ]


def progress(charted: Chart) -> dict[str, Any] | None:
    found = charted.progress
    if found is None:
        return None
    return {
        "treatment_day": found.treatment_day,
        "since_report": found.since_report,
        "last_report_on": day(found.last_report_on),
    }


def preview_digest(payload: dict[str, Any]) -> str:
    """The digest of what a signer sees before signing: all but the answers given in the act of signing."""
    shown = {name: value for name, value in payload.items() if name not in ANSWERED}
    return chain.digest(chain.canonical(shown))


def day(value: dt.date | None) -> str:
    return value.isoformat() if value else ""


def hour(value: dt.time | None) -> str:
    return value.strftime("%H:%M") if value else ""


def policy_label(key: str) -> str:
    policy = payers.get(key)
    return policy.label if policy else key


def people(visit: Visit) -> list[dict[str, str]]:
    """Each person who contributed, as Pub. 100-02 ch. 15 §220.3.E asks."""
    present = {"clinician": visit.clinician, "assistant": visit.assistant, "student": visit.student}
    return [{"name": user.signature_name, "role": role} for role, user in present.items() if user]


def block(row: Block) -> dict[str, Any]:
    code, stated = codes.get(row.code), facts.block(row)
    return {
        "id": str(row.pk),
        "code": row.code,
        "label": codes.label(row.code),
        "timed": bool(code and code.timed),
        "minutes_therapist": row.minutes_therapist,
        "minutes_assistant": row.minutes_assistant,
        "minutes_together": row.minutes_together,
        # Minutes that nobody charted are not 0 minutes.
        "minutes": stated.minutes if stated.has_minutes else None,
        "one_on_one": row.one_on_one,
        "starts_at": hour(row.starts_at),
        "ends_at": hour(row.ends_at),
        "modifiers": list(stated.modifiers),
        "units_billed": row.units_billed,
        "deficit_domains": [words.label("deficit_domains", key) for key in row.deficit_domains],
        "deficit": row.deficit,
        "limits": row.limits,
        "goal": row.goal.number if row.goal else None,
        "activity": row.activity,
        "position_used": row.position_used,
        "surface": row.surface,
        "environment": row.environment,
        "challenge": row.challenge,
        "dosage": row.dosage,
        "cues": [
            {
                "kind": words.label("cue_kinds", cue.get("kind", "")),
                "action": cue.get("action", ""),
                "error": cue.get("error", ""),
                "effect": words.label("cue_effects", cue.get("effect", "")),
                "seen": cue.get("seen", ""),
            }
            for cue in row.cues
            if any(cue.values())
        ],
        "assistance_before": words.label("assistance", row.assistance_before),
        "assistance_after": words.label("assistance", row.assistance_after),
        "response": row.response,
        "progression": row.progression,
        "distinct": row.distinct,
        "purpose": row.purpose,
        "description": row.description,
        "inherited": carry.provenance(row),
    }


def measure(row: MeasureTaken, charted: Chart) -> dict[str, Any]:
    """A measure with its first and last earlier value, and what the change means by published figures."""
    kind = measures.get(row.key)
    earlier = charted.earlier_measures.get(row.series, [])
    baseline = earlier[0] if earlier else None
    last = earlier[-1] if earlier else None
    meaning = ""
    if kind and row.value is not None:
        meaning = kind.meaning(row.value, baseline.value if baseline else None, last.value if last else None)
    return {
        "key": row.key,
        "label": kind.label if kind else "Observation",
        "unit": kind.unit if kind else "",
        "range": kind.range if kind else "",
        "value": number(row.value),
        "side": row.side,
        "condition": row.condition,
        "place": row.place,
        "name": row.name,
        "words": row.words,
        "baseline": number(baseline.value) if baseline else "",
        "baseline_on": day(baseline.note.visit.served_on) if baseline else "",
        "last": number(last.value) if last else "",
        "last_on": day(last.note.visit.served_on) if last else "",
        "meaning": meaning,
    }


def number(value) -> str:
    return f"{value.normalize():f}" if value is not None else ""


def units(charted: Chart, judged: Review) -> dict[str, Any]:
    """What the minutes come to, with the working, as it stood when it was judged."""
    found = judged.units
    return {
        "method": found.method,
        "method_label": found.method_label,
        "total_units": found.allocation.total_units if found.allocation else None,
        "lines": lines(found.allocation, charted, found.minutes_elsewhere) if found.allocation else [],
        "untimed": [
            {
                "code": line.code,
                "label": line.label,
                "units": line.units,
                "modifiers": modifiers(line.code, charted),
            }
            for line in found.untimed
        ],
        "working": list(found.working),
        "question": found.question,
        "alternatives": [
            {
                "method_label": allocation.method_label,
                "total_units": allocation.total_units,
                "lines": lines(allocation, charted, found.minutes_elsewhere),
            }
            for allocation in found.alternatives
        ],
    }


def lines(allocation: Allocation, charted: Chart, elsewhere) -> list[dict[str, Any]]:
    return [
        {
            "code": line.code,
            "minutes": line.minutes,
            "minutes_elsewhere": elsewhere.get(line.code, 0),
            "units": line.units,
            "note": line.note,
            "modifiers": modifiers(line.code, charted),
        }
        for line in allocation.lines
    ]


def modifiers(code: str, charted: Chart) -> list[str]:
    """The modifiers of a code's blocks, each once, in the order of the page."""
    found = [
        modifier for row in charted.blocks if row.code == code for modifier in facts.block(row).modifiers
    ]
    return list(dict.fromkeys(found))


def findings(judged: Review, policy: Policy) -> dict[str, Any]:
    """What was found and answered, and by which severities, so that it can be judged the same again."""
    return {
        "catalogue_version": judged.catalogue_version,
        "policy": dict(policy),
        "findings": [
            {
                "rule": finding.code,
                "title": finding.title,
                "severity": finding.severity.value,
                "kind": finding.kind,
                "message": finding.message,
                "evidence": finding.evidence,
                "answer": finding.answer.value if finding.answer else "",
                "reason": finding.answer.reason if finding.answer else "",
                "holds_billing": finding.hold_billing,
            }
            for finding in judged.findings
        ],
        "holds_billing": judged.holds_billing,
    }
