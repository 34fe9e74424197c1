"""The treatment of a signed note as FHIR resources: diagnoses, plan, goals, encounter, procedures,
observations and charge items. fhir.py puts them into a document.

FHIR R4 has no place for a modifier at a charge item, so modifiers stand in the text of its code; minutes are
observations of their own. A charge item says what the note counts, never that a claim is right.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from dataclasses import dataclass, field
from typing import Any

from apps.notes.document import block_part

from .fhir_shelf import HL7, Resource, Shelf, system, terms

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
LIFECYCLES = {"Met": "completed", "Discontinued": "cancelled"}
ACHIEVED = {"Met": "achieved", "Progressing": "in-progress"}
UNITS = {"s": "s", "min": "min", "m": "m", "m/s": "m/s", "%": "%", "points": "{score}", "cm": "cm"}
"""The units of our measures as UCUM writes them; another is given in words alone."""


@dataclass
class Care:
    """References to what was put on the shelf, by the section where they stand."""

    conditions: list[Resource] = field(default_factory=list)
    plan: list[Resource] = field(default_factory=list)
    goals: list[Resource] = field(default_factory=list)
    vitals: list[Resource] = field(default_factory=list)
    measures: list[Resource] = field(default_factory=list)
    procedures: list[Resource] = field(default_factory=list)
    minutes: list[Resource] = field(default_factory=list)
    charges: list[Resource] = field(default_factory=list)


def of(shelf: Shelf) -> Care:
    care = Care()
    _conditions(shelf, care)
    _goals_and_plan(shelf, care)
    _encounter(shelf, care)
    _vitals(shelf, care)
    _measures(shelf, care)
    by_code = _procedures(shelf, care)
    _times(shelf, care)
    _charges(shelf, care, by_code)
    return care


def service(code: str, label: str, text: str = "") -> Resource:
    """A service's code. Those of digits alone are CPT's, the others HCPCS's."""
    of = system("cpt" if code[:1].isdigit() else "hcpcs")
    return {
        "coding": [{"system": of, "code": code, "display": label}],
        "text": text or f"{code} {label}".strip(),
    }


def moment(shelf: Shelf, clock: str | None) -> str:
    """A time on the clinic's wall, with its zone; without a time, the day."""
    if not clock:
        return shelf.day
    zone = zoneinfo.ZoneInfo(shelf.payload["clinic"]["time_zone"])
    return dt.datetime.fromisoformat(f"{shelf.day}T{clock}").replace(tzinfo=zone).isoformat()


def quantity(value: str | int, unit: str = "", ucum: str | None = None) -> Resource:
    """A number with its unit, or the words where it is none."""
    if not NUMBER.fullmatch(str(value)):
        return {"valueString": str(value)}
    number = float(value) if "." in str(value) else int(value)
    code = ucum or UNITS.get(unit)
    coded = {"system": system("ucum"), "code": code} if code else {}
    return {"valueQuantity": {"value": number, "unit": unit or code, **coded}}


def _conditions(shelf: Shelf, care: Care) -> None:
    for number, said in enumerate(shelf.payload["diagnoses"]):
        code = {"system": system("icd10cm"), "code": said["code"], "version": said["release"]}
        care.conditions.append(
            shelf.put(
                "Condition",
                shelf.id(f"diagnosis/{number}"),
                verificationStatus={
                    "coding": [{"system": f"{HL7}condition-ver-status", "code": "entered-in-error"}]
                }
                if shelf.is_void
                else None,
                category=[
                    {
                        "coding": [{"system": f"{HL7}condition-category", "code": "encounter-diagnosis"}],
                        "text": f"{said['type']} diagnosis",
                    }
                ],
                code={"coding": [code], "text": said["words"]},
                subject=shelf.patient,
                encounter=shelf.encounter,
            )
        )


def _goals_and_plan(shelf: Shelf, care: Care) -> None:
    plan = shelf.payload["plan_of_care"]
    reports = {said["number"]: said for said in shelf.payload["goal_reports"]}
    for goal in plan["goals"] if plan else ():
        report = reports.get(goal["number"], {})
        status, words = report.get("status", ""), report.get("words", "")
        achieved = ACHIEVED.get(status)
        care.goals.append(
            shelf.put(
                "Goal",
                shelf.id(f"goal/{goal['number']}"),
                identifier=[{"value": str(goal["number"])}],
                lifecycleStatus=LIFECYCLES.get(status, "active"),
                achievementStatus={
                    "coding": [{"system": f"{HL7}goal-achievement", "code": achieved}] if achieved else [],
                    "text": status,
                },
                description={"text": goal["words"]},
                subject=shelf.patient,
                statusDate=shelf.day if status else None,
                note=[{"text": words}] if words else [],
            )
        )
    if plan:
        certified = f"Certified {plan['certified_on']}" if plan["certified_on"] else "Not certified"
        care.plan.append(
            shelf.put(
                "CarePlan",
                shelf.id("plan"),
                status="active",
                intent="plan",
                title="Plan of care",
                description=plan["frequency"],
                subject=shelf.patient,
                period={"start": plan["starts_on"], "end": plan["through_on"]},
                addresses=care.conditions,
                goal=care.goals,
                note=[{"text": certified}],
            )
        )


def _encounter(shelf: Shelf, care: Care) -> None:
    visit, times = shelf.payload["visit"], shelf.payload["times"]
    total = times["total_minutes"]
    people = visit["people"] or [{"name": shelf.payload["clinician"]["name"], "role": "clinician"}]
    shelf.put(
        "Encounter",
        visit["id"],
        status="finished",
        **{
            "class": {"system": f"{HL7}v3-ActCode", "code": "VR" if visit["place"] in ("02", "10") else "AMB"}
        },
        serviceType={"text": shelf.payload["note"]["discipline_label"]},
        subject=shelf.patient,
        participant=[
            {"type": [{"text": one["role"]}], "individual": shelf.person(one["name"])} for one in people
        ],
        period={"start": moment(shelf, visit["starts_at"]), "end": moment(shelf, visit["ends_at"])},
        length=quantity(total, "min")["valueQuantity"] if total is not None else None,
        reasonCode=[{"text": visit["attendance_reason"]}] if visit["attendance_reason"] else [],
        diagnosis=[{"condition": one} for one in care.conditions],
        location=[{"location": {"display": visit["place_label"]}}] if visit["place_label"] else [],
        serviceProvider=shelf.ref(shelf.id("clinic"), shelf.payload["clinic"]["name"]),
    )


# --- Observations -----------------------------------------------------------------------------------------


def _observe(shelf: Shelf, role: str, code: Resource, category: str, **elements: Any) -> Resource:
    return shelf.put(
        "Observation",
        shelf.id(role),
        status=shelf.status("final"),
        category=[{"coding": [{"system": f"{HL7}observation-category", "code": category}]}],
        code=code,
        subject=shelf.patient,
        encounter=shelf.encounter,
        effectiveDateTime=shelf.day,
        performer=[shelf.person(shelf.payload["clinician"]["name"])],
        **elements,
    )


def _vital(key: str, when: str = "") -> Resource:
    known = terms()["vitals"][key]
    coding = {"system": system("loinc"), "code": known["code"], "display": known["label"]}
    return {"coding": [coding], "text": f"{known['label']} {when}".strip()}


def _vitals(shelf: Shelf, care: Care) -> None:
    units = {key: row.get("unit", "") for key, row in terms()["vitals"].items()}
    for when, words in (("before", "before treatment"), ("after", "after treatment")):
        taken = shelf.payload["vitals"][when]
        pressure = [
            {"code": _vital(key), **quantity(taken[key], ucum=units[key])}
            for key in ("systolic", "diastolic")
            if taken[key] is not None
        ]
        if pressure:
            code = _vital("pressure", words)
            care.vitals.append(_observe(shelf, f"pressure/{when}", code, "vital-signs", component=pressure))
        for key in ("pulse", "oxygen"):
            if taken[key] is not None:
                value = quantity(taken[key], ucum=units[key])
                care.vitals.append(
                    _observe(shelf, f"{key}/{when}", _vital(key, words), "vital-signs", **value)
                )


def _measures(shelf: Shelf, care: Care) -> None:
    for number, taken in enumerate(shelf.payload["measures"]):
        name = taken["name"] if taken["name"] != taken["label"] else ""
        text = ": ".join(
            filter(None, (", ".join(filter(None, (taken["label"], taken.get("place", "")))), name))
        )
        earlier = [
            f"{label} {taken[key]}, {taken[f'{key}_on']}"
            for label, key in (("Baseline", "baseline"), ("Last", "last"))
            if taken[key]
        ]
        notes = [words for words in (taken["meaning"], *earlier) if words]
        value: Resource = {}
        if taken["value"]:
            value = quantity(taken["value"], taken["unit"])
            notes.append(taken["words"])
        elif taken["words"]:
            value = {"valueString": taken["words"]}
        care.measures.append(
            _observe(
                shelf,
                f"measure/{number}",
                {"text": text},
                "exam",
                **(value or {"dataAbsentReason": {"text": "not recorded"}}),
                referenceRange=[{"text": f"Scale {taken['range']}"}] if taken["range"] else [],
                note=[{"text": words} for words in notes if words],
            )
        )


# --- What was done, for how long, and what it comes to ------------------------------------------------------


def _procedures(shelf: Shelf, care: Care) -> dict[str, list[Resource]]:
    by_code: dict[str, list[Resource]] = {}
    for number, block in enumerate(shelf.payload["blocks"]):
        read = block_part(block)
        said = [
            f"{row.label}: {': '.join(filter(None, (row.lead, row.words)))}"
            for row in (*read.opening, *read.rows, *read.more)
            if (row.words or row.lead) and row.label != "Response"
        ]
        said += [
            f"{row.label}: " + "; ".join(f"{part.label} {part.words}" for part in row.parts)
            for row in (*read.opening, *read.rows, *read.more)
            if row.parts
        ]
        said += [
            f"Skilled cue, {cue['kind']}: "
            + " · ".join(
                filter(
                    None, (cue["action"], cue["error"] and f"for {cue['error']}", cue["effect"], cue["seen"])
                )
            )
            for cue in block["cues"]
        ]
        starts, ends = block["starts_at"], block["ends_at"]
        when: Resource = {"performedDateTime": shelf.day}
        if starts or ends:
            when = {
                "performedPeriod": {
                    "start": moment(shelf, starts) if starts else None,
                    "end": moment(shelf, ends) if ends else None,
                }
            }
        reference = shelf.put(
            "Procedure",
            block["id"],
            basedOn=care.plan,
            status=shelf.status("completed"),
            code=service(block["code"], block["label"]),
            subject=shelf.patient,
            encounter=shelf.encounter,
            **when,
            performer=[{"actor": shelf.person(one["name"])} for one in shelf.payload["visit"]["people"]],
            outcome={"text": block["response"]},
            note=[{"text": words} for words in said],
        )
        by_code.setdefault(block["code"], []).append(reference)
        care.procedures.append(reference)
        _minutes(shelf, care, number, block, reference)
    return by_code


def _minutes(shelf: Shelf, care: Care, number: int, block: dict[str, Any], procedure: Resource) -> None:
    if block["minutes"] is None:
        return
    given = [
        {"code": {"text": f"Minutes {who}"}, **quantity(block[key], "min")}
        for key, who in (
            ("minutes_therapist", "by therapist"),
            ("minutes_assistant", "by assistant"),
            ("minutes_together", "together"),
        )
        if block[key] is not None
    ]
    how = [] if not block["timed"] else ["one-on-one" if block["one_on_one"] else "not one-on-one"]
    care.minutes.append(
        _observe(
            shelf,
            f"minutes/{number}",
            {"text": f"Minutes of {block['code']} {block['label']}"},
            "procedure",
            partOf=[procedure],
            **quantity(block["minutes"], "min"),
            component=given,
            note=[{"text": words} for words in how],
        )
    )


def _times(shelf: Shelf, care: Care) -> None:
    for key, words in (("timed_minutes", "Timed minutes"), ("total_minutes", "Total treatment minutes")):
        value = shelf.payload["times"][key]
        if value is not None:
            said = quantity(value, "min")
            care.minutes.append(_observe(shelf, f"times/{key}", {"text": words}, "procedure", **said))


def _charges(shelf: Shelf, care: Care, by_code: dict[str, list[Resource]]) -> None:
    payload = shelf.payload
    labels = {block["code"]: block["label"] for block in payload["blocks"]}
    units = payload["units"]
    is_held = payload["review"]["holds_billing"]
    for number, line in enumerate((*units["lines"], *units["untimed"])):
        modifiers = " ".join(line["modifiers"])
        label = line.get("label") or labels.get(line["code"], "")
        is_open = line["units"] is None
        minutes = line.get("minutes")
        notes = [
            f"{minutes} minutes" if minutes is not None else "",
            line.get("note", ""),
            units["method_label"] if minutes is not None else "",
            units["question"] if is_open else "",
            "Billing on hold" if is_held else "",
        ]
        care.charges.append(
            shelf.put(
                "ChargeItem",
                shelf.id(f"charge/{number}"),
                status=shelf.status("unknown" if is_open or is_held else "billable"),
                code=service(line["code"], label, f"{line['code']} {modifiers}".strip()),
                subject=shelf.patient,
                context=shelf.encounter,
                occurrenceDateTime=shelf.day,
                performingOrganization=shelf.ref(shelf.id("clinic")),
                quantity=None if is_open else {"value": line["units"]},
                service=by_code.get(line["code"], []),
                note=[{"text": words} for words in notes if words],
            )
        )
