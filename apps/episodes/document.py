"""The plan as it is read: a payload in, a PlanDocument out. The only reading of a plan's payload.

The page before signing, the signed page and the print view all show what `document_of` returns. Typed words
come out as they went in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from apps.ledger import amendments, chain
from apps.ledger.amendments import NOTHING_LATER, Later
from apps.ledger.models import LedgerEntry
from apps.ledger.signatures import Seal, Signature, day, seal_of
from apps.ledger.signatures import read as read_signature

from .record import SCHEMA

NOT_RECORDED = "not recorded"


@dataclass(frozen=True)
class Fact:
    """A label over a few short lines."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A label beside typed words. `lead` are chosen words that go before them."""

    label: str
    words: str = ""
    lead: str = ""
    is_missing: bool = False


@dataclass(frozen=True)
class GoalLine:
    number: int
    words: str
    state: str


@dataclass(frozen=True)
class PlanDocument:
    """Everything that the plan's page shows, ready to print."""

    id: str
    title: str
    discipline: str
    patient_name: str
    patient_facts: str
    clinic_name: str
    clinic_lines: tuple[str, ...]
    when: str
    facts: tuple[Fact, ...]
    rows: tuple[Row, ...]
    long_goals: tuple[GoalLine, ...]
    short_goals: tuple[GoalLine, ...]
    signature: Signature | None
    seal: Seal | None
    created_at: str = ""
    later: Later = NOTHING_LATER

    @property
    def is_draft(self) -> bool:
        return self.signature is None

    @property
    def file_name(self) -> str:
        """A name for the PDF that says nothing about the patient."""
        return f"plan-{self.id[:8]}-{self.seal.seq if self.seal else 'draft'}.pdf"


def signed_document(signed: LedgerEntry, upto: str | None = None) -> PlanDocument:
    """The plan as `signed`, with all that was said about it later: from its entries and nothing else.

    `upto`, an entry's hash, gives it as it stood with that entry. Raises ValueError when it is none of these.
    """
    entries = amendments.entries_of(signed.clinic, signed.document, upto)
    return replace(document_of(chain.read(signed), signed), later=amendments.later(entries))


def document_of(payload: dict[str, Any], entry: LedgerEntry | None = None) -> PlanDocument:
    """Read a payload; `entry` is its ledger entry when it has one. Without `signature` it is a draft.

    Raises ValueError for a payload of another schema: guessing at a signed record would be worse than not
    showing it.
    """
    if payload["schema"] != SCHEMA:
        raise ValueError(f"this reads {SCHEMA}, not another schema")
    plan, patient, clinic = payload["plan"], payload["patient"], payload["clinic"]
    signature = payload.get("signature")
    return PlanDocument(
        id=plan["version_id"],
        title="Plan of care" if plan["number"] == 1 else f"Plan of care, version {plan['number']}",
        discipline=plan["discipline_label"],
        patient_name=f"{patient['family_name']}, {patient['given_name']}",
        patient_facts=f"DOB {day(patient['born_on'])} · {patient['sex']} · MRN {patient['mrn']}",
        clinic_name=clinic["name"],
        clinic_lines=tuple(
            line
            for line in (clinic["address"], clinic["phone"], clinic["npi"] and f"NPI {clinic['npi']}")
            if line
        ),
        when=f"Established {day(plan['established_on'])}",
        facts=_facts(payload),
        rows=_rows(payload),
        long_goals=_goals(payload, "long"),
        short_goals=_goals(payload, "short"),
        signature=read_signature(signature) if signature else None,
        seal=seal_of(entry, payload) if entry else None,
        created_at=signature["signed_at"] if signature else "",
    )


def _facts(payload: dict[str, Any]) -> tuple[Fact, ...]:
    plan = payload["plan"]
    facts = [
        Fact(
            "Plan",
            (f"{day(plan['established_on'])} through {day(plan['through_on'])}", plan["program_label"]),
        ),
        Fact("Amount, frequency, duration", (f"{payload['times_a_day']} × day", payload["frequency"])),
    ]
    if plan["number"] > 1:
        facts.append(Fact("Episode began", (day(plan["started_on"]),)))
    for kind, label in (("treating", "Treating diagnosis"), ("medical", "Medical diagnosis")):
        lines = tuple(
            f"{one['code']} {one['words']}" + (f" (onset {day(one['onset_on'])})" if one["onset_on"] else "")
            for one in payload["diagnoses"]
            if one["type"] == kind
        )
        if lines or kind == "treating":
            facts.append(Fact(label, lines or (NOT_RECORDED,)))
    return tuple(facts)


def _rows(payload: dict[str, Any]) -> tuple[Row, ...]:
    rows = []
    if payload["plan"]["number"] > 1:
        rows.append(_row("Why it is revised", payload["plan"]["reason"]))
    rows += [
        _row("Onset", day(payload["onset_on"])),
        _row("Prior level of function", payload["prior_level"]),
        _row("Precautions", payload["precautions"]),
        _row("Rehabilitation potential", payload["potential_because"], payload["potential_label"]),
        _row("Type of treatment", payload["treatment"]),
    ]
    if payload["skill"]:
        rows.append(_row("Why a therapist's skill is needed", payload["skill"]))
    return tuple(rows)


def _row(label: str, words: str, lead: str = "") -> Row:
    return Row(label, words, lead, is_missing=not (words or lead))


def _goals(payload: dict[str, Any], term: str) -> tuple[GoalLine, ...]:
    return tuple(
        GoalLine(
            goal["number"],
            goal["words"],
            ""
            if goal["status"] == "open"
            else " ".join(filter(None, (goal["status_label"], day(goal["ended_on"])))),
        )
        for goal in payload["goals"]
        if goal["term"] == term
    )
