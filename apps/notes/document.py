"""The note as it is read: a payload in, a NoteDocument out.

The only reading of a payload. The page before signing, the signed page, the
print view and the PDF all show what `document_of` returns, so nobody signs one
thing and sends another. Typed words come out as they went in: this module sets
fixed labels beside them, formats dates and numbers, and leaves out what is
empty, except where a reader must see that something was not recorded.

Pure: a payload and the facts of its ledger entry are all that it knows. Only
`signed_entry` and `signed_document` ask the database, and only for entries.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.http import Http404

from apps.ledger import amendments, chain
from apps.ledger.amendments import NOTHING_LATER, Later
from apps.ledger.models import Kind, LedgerEntry
from apps.ledger.signatures import Seal, Signature, clock_time, day, seal_of
from apps.ledger.signatures import read as read_signature

from .kinds import CONTENTS
from .spark import spark

SCHEMA = "midline/treatment-note/1"
NOT_RECORDED = "not recorded"
SHORT = 800
"""Characters that fit in a corner of a page; a block of more may go over its end."""

Payload = dict[str, Any]


@dataclass(frozen=True)
class Fact:
    """A label over a few short lines: who pays, which plan of care."""

    label: str
    lines: tuple[str, ...]
    is_wide: bool = False


@dataclass(frozen=True)
class Part:
    """A label before a few words, several on a line."""

    label: str
    words: str
    mark: str = ""


@dataclass(frozen=True)
class Row:
    """A label beside typed words. `lead` are chosen words that go before them.

    `mark` says that words were taken over from an earlier note; see Origin.
    """

    label: str
    words: str = ""
    lead: str = ""
    parts: tuple[Part, ...] = ()
    is_missing: bool = False
    mark: str = ""

    @property
    def is_sought(self) -> bool:
        """Does a reviewer look for it first? Its label stands out."""
        return self.label in ("Deficit", "Response")


@dataclass(frozen=True)
class Cue:
    kind: str
    action: str
    error: str
    effect: str
    seen: str


@dataclass(frozen=True)
class BlockPart:
    """One intervention. `facts` follow the code in its heading, `opening` stays with the heading on its page;
    `rows` stand before the cues, `more` after them. A short block is never split between pages."""

    id: str
    code: str
    label: str
    facts: tuple[str, ...]
    is_guided: bool
    is_short: bool
    opening: tuple[Row, ...]
    rows: tuple[Row, ...]
    cues: tuple[Cue, ...]
    cues_missing: bool
    more: tuple[Row, ...]


@dataclass(frozen=True)
class Measure:
    label: str
    scale: str
    baseline: str
    baseline_on: str
    last: str
    last_on: str
    today: str
    meaning: str
    words: str
    drawn: str


@dataclass(frozen=True)
class Measures:
    """Scored measures. A date that all rows share stands once, in the column's heading."""

    rows: tuple[Measure, ...]
    baseline_on: str
    last_on: str

    @property
    def is_drawn(self) -> bool:
        """Does any row have a course to draw?"""
        return any(row.drawn for row in self.rows)


@dataclass(frozen=True)
class UnitsLine:
    code: str
    label: str
    modifiers: str
    minutes: str
    elsewhere: str
    units: str
    note: str


@dataclass(frozen=True)
class Method:
    """Another way to count the same minutes."""

    label: str
    total: str
    lines: tuple[UnitsLine, ...]


@dataclass(frozen=True)
class Units:
    timed_minutes: str
    total_minutes: str
    total_units: str
    method: str
    lines: tuple[UnitsLine, ...]
    working: tuple[str, ...]
    question: str
    alternatives: tuple[Method, ...]
    has_elsewhere: bool
    has_notes: bool


@dataclass(frozen=True)
class Check:
    """A question or a warning, and what its author answered."""

    rule: str
    title: str
    message: str
    evidence: str
    answer: str
    reason: str
    holds_billing: bool


@dataclass(frozen=True)
class GoalReport:
    """What a report says became of a goal."""

    number: str
    goal: str
    status: str
    words: str


@dataclass(frozen=True)
class GoalNow:
    """What the period's notes held of a goal: values and a quotation, each with its date."""

    number: str
    measured: tuple[str, ...]
    worked_on: str
    quoted: str
    quoted_on: str


@dataclass(frozen=True)
class Period:
    """What was drawn from the signed notes of the reporting period: it says itself where it is from."""

    words: str
    given: tuple[str, ...]
    goals: tuple[GoalNow, ...]


@dataclass(frozen=True)
class Origin:
    """A line of the legend of marks: which words came from which signed note, and what became of them."""

    mark: str
    fields: str
    words: str


@dataclass(frozen=True)
class NoteDocument:
    id: str
    title: str
    discipline: str
    place: str
    clinic_name: str
    clinic_lines: tuple[str, ...]
    patient_name: str
    patient_facts: str
    date_of_service: str
    clinician: str
    facts: tuple[Fact, ...]
    goals: tuple[Part, ...]
    subjective: str
    vitals: tuple[Row, ...]
    measures: Measures | None
    observations: tuple[Row, ...]
    blocks: tuple[BlockPart, ...]
    origins: tuple[Origin, ...]
    units: Units
    assessment: str
    treats: bool
    after_subjective: tuple[Row, ...]
    findings: tuple[Row, ...]
    goal_reports: tuple[GoalReport, ...]
    period: Period | None
    after_assessment: tuple[Row, ...]
    plan: str
    after_plan: tuple[Row, ...]
    checks: tuple[Check, ...]
    holds_billing: bool
    signature: Signature | None
    seal: Seal | None
    created_at: str = ""
    is_draft: bool = field(default=True)
    late: str = ""
    drafted_by: str = ""
    later: Later = NOTHING_LATER

    @property
    def is_void(self) -> bool:
        return self.later.void is not None

    @property
    def file_name(self) -> str:
        """A name for the PDF that says nothing about the patient."""
        if self.seal is None:
            return f"draft-{self.id[:8]}.pdf"
        return f"note-{self.id[:8]}-{self.seal.seq}.pdf"


def signed_document(note_id: UUID, upto: str | None = None) -> NoteDocument:
    """The signed note with all that was said about it later, from its ledger entries and nothing else.

    `upto`, an entry's hash, gives the document as it stood with that entry. Raises Http404 when nobody
    signed it: rows that nobody signed are not shown as a record. Raises ValueError when `upto` is no entry
    of this note.
    """
    signed = LedgerEntry.objects.filter(document=note_id, kind=Kind.SIGN).order_by("-seq").first()
    if signed is None:
        raise Http404
    entries = amendments.entries_of(signed.clinic, note_id, upto)
    return replace(document_of(chain.read(signed), signed), later=amendments.later(entries))


def signed_entry(note) -> LedgerEntry:
    """The entry by which a note was signed.

    Raises Http404 when there is none: a signed note without its entry shows
    nothing, rather than rows that nobody signed.
    """
    entries = LedgerEntry.objects.filter(document=note.pk, clinic=note.clinic_id, kind=Kind.SIGN)
    entry = entries.order_by("-seq").first()
    if entry is None:
        raise Http404
    return entry


def document_of(payload: Payload, entry: LedgerEntry | None = None) -> NoteDocument:
    """Read a payload; `entry` is its ledger entry when it has one. Without `signature` it is a draft.

    Raises ValueError for a payload of another schema: guessing at a signed
    record would be worse than not showing it.
    """
    if payload["schema"] != SCHEMA:
        raise ValueError(f"this reads {SCHEMA}, not another schema")
    patient, visit, clinic = payload["patient"], payload["visit"], payload["clinic"]
    signature = payload.get("signature")
    measures, observations = _measures(payload["measures"], visit["date_of_service"])
    return NoteDocument(
        id=payload["note"]["id"],
        title=payload["note"]["title"],
        treats=CONTENTS[payload["note"]["type"]].treats,
        discipline=payload["note"]["discipline_label"],
        place=visit["place_label"],
        clinic_name=clinic["name"],
        clinic_lines=_some(
            _joined(clinic["address"], clinic["phone"]), clinic["npi"] and f"NPI {clinic['npi']}"
        ),
        patient_name=_joined(patient["family_name"], patient["given_name"], by=", "),
        patient_facts=_joined(f"DOB {day(patient['born_on'])}", patient["sex"], f"MRN {patient['mrn']}"),
        date_of_service=day(visit["date_of_service"]),
        clinician=payload["clinician"]["name"],
        facts=_facts(payload),
        goals=_goals(payload["plan_of_care"]),
        subjective=payload["subjective"],
        after_subjective=_sections(payload, "S"),
        findings=_sections(payload, "O"),
        goal_reports=_goal_reports(payload["goal_reports"]),
        # A payload from before reports were drawn from the notes has none.
        period=_period(payload.get("period")),
        vitals=_vitals(payload["vitals"]),
        measures=measures,
        observations=observations,
        blocks=_blocks(payload),
        origins=_origins(payload["blocks"]),
        units=_units(payload),
        assessment=payload["assessment"],
        after_assessment=_sections(payload, "A")
        + _rows(
            ("Adverse event", payload["adverse_event"]), ("What was done", payload["adverse_event_action"])
        ),
        plan=payload["plan"],
        after_plan=_sections(payload, "P")
        + _rows(
            ("Home program", payload["home_program"]),
            ("Caregiver training", payload["caregiver_training"]),
            ("Communication", payload["communication"]),
        ),
        checks=_checks(payload["review"]["findings"]),
        holds_billing=payload["review"]["holds_billing"],
        signature=read_signature(signature) if signature else None,
        seal=seal_of(entry, payload) if entry else None,
        created_at=signature["signed_at"] if signature else "",
        is_draft=not signature,
        late=_late(payload),
        drafted_by=_drafted_by(payload),
    )


# --- Small words ----------------------------------------------------------------------------------------


def _joined(*pieces: str | bool | None, by: str = " · ") -> str:
    """The pieces that say something; None, False and "" do not."""
    return by.join(str(piece) for piece in pieces if piece)


def _some(*lines: str | None) -> tuple[str, ...]:
    return tuple(line for line in lines if line)


def _count(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def _number(value: int | None, *, otherwise: str = "") -> str:
    return otherwise if value is None else str(value)


def _clock(starts_at: str | None, ends_at: str | None) -> str:
    start, end = clock_time(starts_at), clock_time(ends_at)
    if start and end:
        return f"{start} to {end}"
    return (start and f"from {start}") or (end and f"until {end}")


def _rows(*pairs: tuple[str, str]) -> tuple[Row, ...]:
    return tuple(Row(label, words) for label, words in pairs if words)


def _expected(label: str, words: str, lead: str = "") -> Row:
    """A row that stays, and says so, when nothing was recorded."""
    return Row(label, words, lead, is_missing=not (words or lead))


def _sections(payload: Payload, part: str) -> tuple[Row, ...]:
    """The prompts of the note's kind that stand in this part. A date is written as the clinic writes it."""
    return tuple(
        Row(said["label"], day(said["words"]) if said["key"].endswith("_on") else said["words"])
        for said in payload["sections"]
        if said["part"] == part
    )


def _goal_reports(reports: list[Payload]) -> tuple[GoalReport, ...]:
    return tuple(
        GoalReport(str(said["number"]), said["goal"], said["status"], said["words"]) for said in reports
    )


def _period(drawn: Payload | None) -> Period | None:
    if not drawn:
        return None
    return Period(
        words=drawn["words"],
        given=tuple(drawn["given"]),
        goals=tuple(
            GoalNow(
                number=str(goal["number"]),
                measured=tuple(goal["measured"]),
                worked_on=_count(goal["worked_on"], "day"),
                quoted=goal["quoted"],
                quoted_on=day(goal["quoted_on"]),
            )
            for goal in drawn["goals"]
        ),
    )


# --- The head -------------------------------------------------------------------------------------------


def _facts(payload: Payload) -> tuple[Fact, ...]:
    visit, payer = payload["visit"], payload["payer"]
    facts = [
        Fact(
            "Visit",
            _some(
                _joined(day(visit["date_of_service"]), _clock(visit["starts_at"], visit["ends_at"]), by=", "),
                _attendance(visit),
            ),
        ),
        Fact("Treated by", _people(payload)),
    ]
    if lines := _in_the_room(visit):
        facts.append(Fact("Supervision", lines))
    if payer:
        facts.append(
            Fact(
                "Payer",
                _some(
                    payer["name"],
                    "" if payer["policy_label"] in payer["name"] else payer["policy_label"],
                    payer["member_number"] and f"Member {payer['member_number']}",
                ),
            )
        )
    else:
        facts.append(Fact("Payer", (NOT_RECORDED,)))
    for kind, label in (("treating", "Treating diagnosis"), ("medical", "Medical diagnosis")):
        lines = tuple(
            f"{diagnosis['code']} {diagnosis['words']}"
            for diagnosis in payload["diagnoses"]
            if diagnosis["type"] == kind
        )
        if lines or kind == "treating":
            facts.append(Fact(label, lines or (NOT_RECORDED,)))
    if plan := payload["plan_of_care"]:
        facts.append(
            Fact(
                "Plan of care",
                _some(
                    _joined(day(plan["starts_on"]), day(plan["through_on"]), by=" to "),
                    f"Certified {day(plan['certified_on'])}" if plan["certified_on"] else "Not certified",
                    plan["frequency"],
                ),
            )
        )
    if progress := payload["progress"]:
        since = progress["since_report"]
        counted = f"{_count(since, 'treatment day')} since the last progress report"
        if not progress["last_report_on"]:
            counted = "No progress report yet"
        facts.append(
            Fact(
                "Treatment day",
                _some(str(progress["treatment_day"]), counted, day(progress["last_report_on"])),
            )
        )
    if precautions := payload["patient"]["precautions"]:
        facts.append(Fact("Precautions", (precautions,), is_wide=True))
    return tuple(facts)


def _attendance(visit: Payload) -> str:
    if visit["attendance"] in ("attended", "expected") and not visit["attendance_reason"]:
        return ""
    said = visit["attendance"].replace("_", " ").capitalize()
    return _joined(said, visit["attendance_reason"], by=": ")


def _people(payload: Payload) -> tuple[str, ...]:
    """Everybody who contributed. The manual asks for the list, so the role stands with each who shares it."""
    people = payload["visit"]["people"]
    if len(people) < 2:
        return tuple(person["name"] for person in people) or _some(payload["clinician"]["name"])
    return tuple(f"{person['name']} ({person['role']})" for person in people)


def _in_the_room(visit: Payload) -> tuple[str, ...]:
    """Where the professional was. With a student it matters, so there it says so when nobody recorded it."""
    roles = {person["role"] for person in visit["people"]}
    if "professional_in_room" not in visit:
        return ()  # a payload from before this was asked
    said = [
        ("With the student the whole session", visit["professional_in_room"].capitalize(), "student"),
        ("Treating others meanwhile", visit["professional_treats_others"].capitalize(), "student"),
        ("While the assistant treated", visit["supervision_label"], ""),
    ]
    return tuple(f"{label}: {words or NOT_RECORDED}" for label, words, role in said if words or role in roles)


def _goals(plan: Payload | None) -> tuple[Part, ...]:
    return tuple(Part(str(goal["number"]), goal["words"]) for goal in plan["goals"]) if plan else ()


# --- Objective ------------------------------------------------------------------------------------------


def _vitals(vitals: Payload) -> tuple[Row, ...]:
    """One row: what was taken before, and after."""
    parts = []
    for key, when in (("before", "Before"), ("after", "After")):
        taken = vitals[key]
        pressure = ""
        if taken["systolic"] is not None or taken["diastolic"] is not None:
            # One number without the other is shown as it was recorded.
            upper, lower = (_number(taken[name], otherwise="–") for name in ("systolic", "diastolic"))
            pressure = f"BP {upper}/{lower} mmHg"
        said = _joined(
            pressure,
            taken["pulse"] is not None and f"heart rate {taken['pulse']}",
            taken["oxygen"] is not None and f"SpO₂ {taken['oxygen']} %",
            by=", ",
        )
        if said:
            parts.append(Part(when, said))
    return (Row("Vital signs", parts=tuple(parts)),) if parts else ()


def _measures(measures: list[Payload], today: str) -> tuple[Measures | None, tuple[Row, ...]]:
    """Scores go in the table; an observation without a score goes below it."""
    scored, observations = [], []
    for taken in measures:
        name = taken["name"]
        if not taken["value"]:
            observations.append(_expected(name or taken["label"], taken["words"]))
            continue
        scored.append(
            Measure(
                label=_joined(
                    # A payload from before sides and conditions were asked for has no place.
                    _joined(taken["label"], taken.get("place", ""), by=", "),
                    name if name != taken["label"] else "",
                    by=": ",
                ),
                scale=_joined(taken["range"], taken["unit"], by=" "),
                baseline=taken["baseline"] or "",
                baseline_on=day(taken["baseline_on"]),
                last=taken["last"] or "",
                last_on=day(taken["last_on"]),
                today=taken["value"],
                meaning=taken["meaning"],
                words=taken["words"],
                drawn=spark(
                    [
                        (taken["baseline_on"] or "", taken["baseline"] or ""),
                        (taken["last_on"] or "", taken["last"] or ""),
                        (today, taken["value"]),
                    ]
                ),
            )
        )
    if not scored:
        return None, tuple(observations)
    return Measures(
        rows=tuple(scored),
        baseline_on=_shared(row.baseline_on for row in scored),
        last_on=_shared(row.last_on for row in scored),
    ), tuple(observations)


def _shared(dates) -> str:
    """The date, when all that have one have the same."""
    different = {date for date in dates if date}
    return different.pop() if len(different) == 1 else ""


def _blocks(payload: Payload) -> tuple[BlockPart, ...]:
    units = payload["units"]
    times = Counter(block["code"] for block in payload["blocks"])
    alone = {
        line["code"]: line["units"]
        for line in units["lines"]
        if times[line["code"]] == 1 and not line["minutes_elsewhere"] and units["method"]
    }
    alone |= {line["code"]: line["units"] for line in units["untimed"] if times[line["code"]] == 1}
    return tuple(block_part(block, alone.get(block["code"])) for block in payload["blocks"])


MARKS = {"confirmed": "†", "changed": "‡", "unconfirmed": "§"}
"""What became of inherited words → the sign beside their label. A payload has no origins before 11/2026."""

BECAME = {
    "confirmed": "confirmed for this visit",
    "changed": "and changed for this visit",
    "unconfirmed": "not confirmed or changed",
}

INHERITED = {
    "deficit_domains": "Deficit",
    "deficit": "Deficit",
    "limits": "Limits",
    "goal": "Goal",
    "activity": "Task",
    "position_used": "Position",
    "surface": "Surface",
    "environment": "Environment",
    "challenge": "Challenge",
}
"""The label under which an inherited field prints."""


def _origins(blocks: list[Payload]) -> tuple[Origin, ...]:
    """The legend: a line for each signed note and for what became of its words."""
    lines: dict[tuple[str, str], dict[str, None]] = {}
    for number, block in enumerate(blocks, start=1):
        for said in block.get("inherited", ()):
            source = f"{day(said['on'])}, entry {said['entry']}, signed by {said['by']}"
            fields = lines.setdefault((said["state"], source), {})
            fields[f"{block['code']} (block {number}) {INHERITED[said['field']]}"] = None
    return tuple(
        Origin(MARKS[state], ", ".join(fields), f"Taken over from the note of {source}, {BECAME[state]}")
        for (state, source), fields in lines.items()
    )


def _marks(block: Payload) -> dict[str, str]:
    """Label → its signs, each once."""
    found: dict[str, str] = {}
    for said in block.get("inherited", ()):
        label, mark = INHERITED[said["field"]], MARKS[said["state"]]
        if mark not in found.get(label, ""):
            found[label] = found.get(label, "") + mark
    return found


def block_part(block: Payload, units: int | None = None) -> BlockPart:
    is_guided = block["code"] == "97112"
    marks = _marks(block)
    task = [
        Row(
            "Task",
            block["activity"],
            is_missing=is_guided and not block["activity"],
            mark=marks.get("Task", ""),
        ),
        Row(
            "Set-up",
            parts=tuple(
                Part(label, block[name], marks.get(label, ""))
                for label, name in (
                    ("Position", "position_used"),
                    ("Surface", "surface"),
                    ("Environment", "environment"),
                    ("Challenge", "challenge"),
                    ("Dosage", "dosage"),
                )
                if block[name]
            ),
        ),
    ]
    deficit = Row(
        "Deficit",
        block["deficit"],
        ", ".join(block["deficit_domains"]),
        is_missing=is_guided and not (block["deficit"] or block["deficit_domains"]),
        mark=marks.get("Deficit", ""),
    )
    goal = str(block["goal"]) if block["goal"] is not None else ""
    first = [
        Row("Purpose", block["purpose"]),
        deficit,
        Row("Limits", block["limits"], mark=marks.get("Limits", "")),
        Row("Goal", goal, mark=marks.get("Goal", "")),
        Row(
            "What was done",
            block["description"],
            # A block says what was done, in whichever of the two fields.
            is_missing=not is_guided and not (block["description"] or block["activity"]),
        ),
        *task,
    ]
    cues = tuple(
        Cue(cue["kind"], cue["action"], cue["error"], cue["effect"], cue["seen"]) for cue in block["cues"]
    )
    assistance = tuple(
        Part(label, block[name])
        for label, name in (("Before", "assistance_before"), ("After", "assistance_after"))
        if block[name]
    )
    more = [
        Row("Assistance", parts=assistance),
        Row("Response", block["response"], is_missing=is_guided and not block["response"]),
        Row("Progression", block["progression"]),
        Row("Distinct from", block["distinct"]),
    ]
    rows, later = _kept(first), _kept(more)
    return BlockPart(
        id=block["id"],
        code=block["code"],
        label=block["label"],
        facts=_block_facts(block, units),
        is_guided=is_guided,
        is_short=not cues and sum(len(row.words) for row in (*rows, *later)) < SHORT,
        opening=rows[:1],
        rows=rows[1:],
        cues=cues,
        cues_missing=is_guided and not cues,
        more=later,
    )


def _kept(rows: list[Row]) -> tuple[Row, ...]:
    return tuple(row for row in rows if row.words or row.lead or row.parts or row.is_missing)


def _block_facts(block: Payload, units: int | None) -> tuple[str, ...]:
    facts = [*block["modifiers"], _minutes(block)]
    if block["timed"]:
        facts.append("one-on-one" if block["one_on_one"] else "not one-on-one")
    else:
        facts.append("untimed")
    facts.append(_clock(block["starts_at"], block["ends_at"]))
    if units is not None:
        facts.append(_count(units, "unit"))
    if block["units_billed"] is not None and block["units_billed"] != units:
        facts.append(f"{_count(block['units_billed'], 'unit')} entered")
    return _some(*facts)


def _minutes(block: Payload) -> str:
    if block["minutes"] is None:
        return "minutes not recorded"
    said = f"{block['minutes']} min"
    by = [
        (block["minutes_therapist"], "by therapist"),
        (block["minutes_assistant"], "by assistant"),
        (block["minutes_together"], "together"),
    ]
    given = [(minutes, who) for minutes, who in by if minutes]
    if len(given) > 1:
        return f"{said} ({', '.join(f'{minutes} {who}' for minutes, who in given)})"
    if given and given[0][1] != "by therapist":
        return f"{said} {given[0][1]}"
    return said


# --- Units ----------------------------------------------------------------------------------------------


def _units(payload: Payload) -> Units:
    units, times = payload["units"], payload["times"]
    labels = {block["code"]: block["label"] for block in payload["blocks"]}
    lines = [_line(line, labels) for line in units["lines"]]
    lines += [
        UnitsLine(
            code=line["code"],
            label=line["label"],
            modifiers=" ".join(line["modifiers"]),
            minutes="untimed",
            elsewhere="",
            units=str(line["units"]),
            note="",
        )
        for line in units["untimed"]
    ]
    return Units(
        timed_minutes=_number(times["timed_minutes"], otherwise="0"),
        total_minutes=_number(times["total_minutes"]),
        total_units=_number(units["total_units"]),
        method=units["method_label"] or "",
        lines=tuple(lines),
        working=tuple(units["working"]),
        question=units["question"],
        alternatives=tuple(
            Method(
                other["method_label"],
                str(other["total_units"]),
                tuple(_line(line, labels) for line in other["lines"]),
            )
            for other in units["alternatives"]
        ),
        has_elsewhere=any(line.elsewhere for line in lines),
        has_notes=any(line.note for line in lines),
    )


def _line(line: Payload, labels: dict[str, str]) -> UnitsLine:
    return UnitsLine(
        code=line["code"],
        label=labels.get(line["code"], ""),
        modifiers=" ".join(line["modifiers"]),
        minutes=str(line["minutes"]),
        elsewhere=str(line["minutes_elsewhere"]) if line["minutes_elsewhere"] else "",
        units=_number(line["units"], otherwise="–"),
        note=line["note"],
    )


# --- The end --------------------------------------------------------------------------------------------


def _checks(findings: list[Payload]) -> tuple[Check, ...]:
    """What the author answered or gave a reason for, and what holds billing: part of the signed record."""
    return tuple(
        Check(
            rule=finding["rule"],
            title=finding["title"],
            message=finding["message"],
            evidence=finding["evidence"] or "",
            answer=(finding["answer"] or "").replace("_", " ").capitalize(),
            reason=finding["reason"] or "",
            holds_billing=finding["holds_billing"],
        )
        for finding in findings
        if finding["answer"] or finding["reason"] or finding["holds_billing"]
    )


def _late(payload: Payload) -> str:
    """Said of a note that was signed later than the clinic's policy, of its time, allowed."""
    late = payload.get("late_entry")
    if not late:
        return ""
    return f"Late entry: written {_count(late['days'], 'day')} after the date of service"


def _drafted_by(payload: Payload) -> str:
    """Who wrote the draft, where somebody else signed it: a student's words stay a student's."""
    writer, signature = payload.get("drafted_by"), payload.get("signature")
    if not writer or (signature and signature.get("user") == writer["user"]):
        return ""
    return writer["name"]
