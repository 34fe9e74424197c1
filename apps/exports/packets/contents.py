"""What goes in a packet and what is wrong with it: facts and a list in, an Index out. Pure, no database.

Gaps come first for the reader, each with the only remedy that its kind allows. Nothing here is clinical: it
names papers, dates and people.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .slots import Gap, Remedy, RequestList, Slot

EVALUATION_TYPES = ("evaluation", "re-evaluation")
UPLOADS = {
    "order": "order",
    "signed_plan": "certification",
    "fax": "certification",
    "evaluation": "evaluation",
    "abn": "abn",
}
"""Type of an uploaded paper → the slot that it fills by itself. Others go in when somebody chooses them."""


@dataclass(frozen=True, slots=True)
class Later:
    """A word about a document after its signature: a cosignature, an addendum, a correction, its voiding."""

    kind: str
    label: str
    on: dt.date
    by: str


@dataclass(frozen=True, slots=True)
class NoteFact:
    """A note of the chosen dates. Of an unsigned one only who writes it and for which day."""

    id: str
    visit: str
    on: dt.date
    title: str
    type: str
    discipline: str
    author: str
    author_id: str
    signed_on: dt.date | None = None
    seq: int | None = None
    hash: str = ""
    codes: frozenset[str] = frozenset()
    is_evaluation: bool = False
    has_report: bool = False
    since_report: int = 0
    report_every: int | None = None
    timed_minutes: int = 0
    total_minutes: int | None = None
    later: tuple[Later, ...] = ()
    attested_on: dt.date | None = None

    @property
    def is_signed(self) -> bool:
        return self.signed_on is not None

    @property
    def is_voided(self) -> bool:
        return any(one.kind == "void" for one in self.later)


@dataclass(frozen=True, slots=True)
class VisitFact:
    id: str
    on: dt.date
    clinician: str
    clinician_id: str
    happened: bool = True


@dataclass(frozen=True, slots=True)
class PlanFact:
    """A version of a plan that was in force in the chosen dates, or the draft of one that nobody signed."""

    id: str
    plan: str
    title: str
    on: dt.date
    author: str
    author_id: str
    signed_on: dt.date | None = None
    seq: int | None = None
    hash: str = ""
    ended_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class PaperFact:
    """What the desk wrote down about an order, a certification or a transmission."""

    id: str
    kind: str
    label: str
    on: dt.date
    signer: str
    signed_on: dt.date | None
    document: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UploadFact:
    id: str
    type: str
    label: str
    on: dt.date
    words: str
    sha256: str
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class CertificationFact:
    """How a plan's certification stood at the end of the chosen dates (compliance/standing.py)."""

    plan: str
    title: str
    state: str
    tone: str
    words: str
    is_late: bool = False
    has_reason: bool = False
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """A billed line that the record does not support as it stands."""

    id: str
    on: dt.date
    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the index knows."""

    today: dt.date
    letter_on: dt.date
    starts_on: dt.date
    through_on: dt.date
    letter: UploadFact | None = None
    visits: tuple[VisitFact, ...] = ()
    notes: tuple[NoteFact, ...] = ()
    plans: tuple[PlanFact, ...] = ()
    papers: tuple[PaperFact, ...] = ()
    uploads: tuple[UploadFact, ...] = ()
    others: tuple[UploadFact, ...] = ()
    certifications: tuple[CertificationFact, ...] = ()
    differences: tuple[Difference, ...] = ()
    has_measures: bool = False
    has_billed: bool = False
    is_discharged_on: dt.date | None = None

    @property
    def request(self) -> str:
        return f"the records request of {us(self.letter_on)}"


@dataclass(frozen=True, slots=True)
class Item:
    """Something that goes in. `source` is note, plan, upload, attestation or drawn; `ref` its id."""

    slot: str
    title: str
    source: str
    ref: str = ""
    on: dt.date | None = None
    by: str = ""
    marks: tuple[str, ...] = ()
    sha256: str = ""
    seq: int | None = None
    hash: str = ""

    @property
    def key(self) -> str:
        return f"{self.slot}-{self.source}-{self.ref or 'drawn'}"


@dataclass(frozen=True, slots=True)
class Found:
    """A gap, with its one remedy. `key` names it for an explanation."""

    slot: str
    kind: Gap
    title: str
    words: str
    remedy: Remedy
    ref: str = ""
    source: str = ""
    on: dt.date | None = None
    who: str = ""
    who_id: str = ""

    @property
    def key(self) -> str:
        return f"{self.slot}-{self.kind}-{self.ref or 'all'}"

    @property
    def tone(self) -> str:
        return {Gap.MISSING: "stop", Gap.UNSIGNED: "stop", Gap.LATE: "warn", Gap.CONFLICT: "warn"}[self.kind]


@dataclass(frozen=True, slots=True)
class Filled:
    slot: Slot
    items: tuple[Item, ...]
    gaps: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Index:
    filled: tuple[Filled, ...] = field(default=())

    @property
    def items(self) -> list[Item]:
        return [item for filled in self.filled for item in filled.items]

    @property
    def gaps(self) -> list[Found]:
        order = list(Gap)
        found = [gap for filled in self.filled for gap in filled.gaps]
        return sorted(found, key=lambda gap: order.index(gap.kind))

    def of(self, kind: Gap) -> list[Found]:
        return [gap for gap in self.gaps if gap.kind == kind]


def us(day: dt.date | None) -> str:
    return day.strftime("%m/%d/%Y") if day else ""


def index(facts: Facts, wanted: RequestList) -> Index:
    """Each slot of the list with what fills it and what does not."""
    return Index(tuple(_fill(slot, facts) for slot in wanted.slots))


def _fill(slot: Slot, facts: Facts) -> Filled:
    items, gaps = FILLS[slot.fills](slot, facts)
    items, gaps = tuple(items), tuple(gaps)
    if slot.is_always_wanted and not items and not gaps:
        gaps = (_gap(slot, Gap.MISSING, f"{slot.title}: nothing in the chart", slot.about),)
    return Filled(slot, items, gaps)


def _gap(
    slot: Slot, kind: Gap, title: str, words: str, *, remedy: Remedy | None = None, **rest: Any
) -> Found:
    return Found(slot.key, kind, title, words, remedy or slot.remedy(kind), **rest)


# --- What we draw ourselves -------------------------------------------------------------------------------


def _drawn(slot: Slot, facts: Facts):
    skipped = (slot.key == "measures" and not facts.has_measures) or (
        slot.key == "billed" and not facts.has_billed
    )
    items = [] if skipped else [Item(slot.key, slot.title, "drawn")]
    gaps = []
    if slot.key == "billed":
        for one in facts.differences:
            title = f"Billed line of {us(one.on)}, {one.code}"
            gaps.append(_gap(slot, Gap.CONFLICT, title, one.words, ref=one.id, on=one.on, source="line"))
    return items, gaps


# --- Papers from elsewhere --------------------------------------------------------------------------------


def _upload(slot: Slot, upload: UploadFact) -> Item:
    title = f"{upload.label}: {upload.words}" if upload.words else upload.label
    return Item(slot.key, title, "upload", upload.id, upload.on, sha256=upload.sha256)


def _uploads(slot: Slot, facts: Facts) -> list[Item]:
    found = [one for one in facts.uploads if UPLOADS.get(one.type) == slot.key]
    return [_upload(slot, one) for one in sorted(found, key=lambda one: (one.on, one.id))]


def _changed(slot: Slot, uploads: Iterable[UploadFact]) -> Iterator[Found]:
    for one in uploads:
        if not one.is_whole:
            words = (
                "The file on the server is not the one that was uploaded. Its backup has the original; the "
                "packet is made without it."
            )
            yield _gap(
                slot,
                Gap.CONFLICT,
                f"{one.label} of {us(one.on)}",
                words,
                remedy=Remedy.NONE,
                ref=one.id,
                source="upload",
                on=one.on,
            )


def _letter(slot: Slot, facts: Facts):
    if facts.letter is None:
        words = f"{slot.about} Upload it with the patient's documents, then choose it under “The letter”."
        return [], [_gap(slot, Gap.MISSING, "A copy of the letter", words)]
    return [_upload(slot, facts.letter)], _changed(slot, [facts.letter])


def _order(slot: Slot, facts: Facts):
    items = _uploads(slot, facts)
    gaps = list(_changed(slot, (one for one in facts.uploads if one.type == "order")))
    orders = [one for one in facts.papers if one.kind == "order"]
    for order in orders:
        title = f"Order of {us(order.on)} by {order.signer}"
        about: dict[str, Any] = {"ref": order.id, "source": "paper", "on": order.on, "who": order.signer}
        if order.signed_on is None:
            gaps.append(_gap(slot, Gap.UNSIGNED, title, slot.about, **about))
        elif order.signed_on > facts.letter_on:
            words = f"It was signed on {us(order.signed_on)}, after {facts.request}."
            gaps.append(_gap(slot, Gap.LATE, title, words, **about))
        elif not order.document:
            words = (
                "It is recorded as signed; the paper itself is not in the chart. Upload it if you have it."
            )
            gaps.append(_gap(slot, Gap.MISSING, title, words, **about))
    if not orders and not items:
        words = (
            "Neither an order nor a referral is in the chart. Where there was one, upload it. "
            "Medicare takes a certified plan without one."
        )
        gaps.append(_gap(slot, Gap.MISSING, "Order or referral", words))
    return items, gaps


def _certification(slot: Slot, facts: Facts):
    items = _uploads(slot, facts)
    gaps = list(_changed(slot, (one for one in facts.uploads if UPLOADS.get(one.type) == "certification")))
    papers = [one for one in facts.papers if one.kind != "order"]
    if papers or facts.certifications:
        items.insert(0, Item(slot.key, "Certification record", "drawn", "certification"))
    for one in facts.certifications:
        about: dict[str, Any] = {"ref": one.plan, "source": "plan", "on": None}
        if one.is_missing:
            words = f"{one.words} If the paper or the evidence exists, upload it."
            gaps.append(_gap(slot, Gap.MISSING, one.title, words, **about))
        elif one.is_late:
            remedy = Remedy.NONE if one.has_reason else slot.remedy(Gap.LATE)
            gaps.append(_gap(slot, Gap.LATE, one.title, one.words, remedy=remedy, **about))
    for paper in papers:
        if not paper.document:
            title = f"{paper.label} of {us(paper.on)}"
            words = "It is recorded, and the paper itself is not in the chart. Upload it if you have it."
            gaps.append(_gap(slot, Gap.MISSING, title, words, ref=paper.id, source="paper", on=paper.on))
    return items, gaps


def _abn(slot: Slot, facts: Facts):
    return _uploads(slot, facts), _changed(slot, (one for one in facts.uploads if one.type == "abn"))


def _other(slot: Slot, facts: Facts):
    return [_upload(slot, one) for one in facts.others], _changed(slot, facts.others)


# --- Plans ------------------------------------------------------------------------------------------------


def _plan(slot: Slot, facts: Facts):
    items, gaps = [], []
    for plan in sorted(facts.plans, key=lambda one: (one.on, one.title)):
        about: dict[str, Any] = {
            "ref": plan.id,
            "source": "plan",
            "on": plan.on,
            "who": plan.author,
            "who_id": plan.author_id,
        }
        if plan.signed_on is None:
            words = "It is a draft that nobody signed. A signature given now would be dated now."
            gaps.append(_gap(slot, Gap.UNSIGNED, f"{plan.title} of {us(plan.on)}", words, **about))
            continue
        marks: tuple[str, ...] = ()
        if plan.signed_on > facts.letter_on:
            marks = (f"signed after {facts.request}",)
            words = f"It was signed on {us(plan.signed_on)}, after {facts.request}."
            gaps.append(_gap(slot, Gap.LATE, f"{plan.title} of {us(plan.on)}", words, **about))
        items.append(
            Item(
                slot.key,
                plan.title,
                "plan",
                plan.id,
                plan.on,
                plan.author,
                marks,
                seq=plan.seq,
                hash=plan.hash,
            )
        )
    return items, gaps


# --- Notes ------------------------------------------------------------------------------------------------


def slot_of(note: NoteFact) -> str:
    """Where a note goes: once, by what it is."""
    if note.is_evaluation or note.type in EVALUATION_TYPES:
        return "evaluation"
    return {"progress": "progress", "discharge": "discharge"}.get(note.type, "treatment")


def is_late(note: NoteFact, facts: Facts) -> bool:
    """Was a day before the letter signed only after it?"""
    return note.signed_on is not None and note.on <= facts.letter_on < note.signed_on


def _note_item(slot: Slot, note: NoteFact, facts: Facts) -> Item:
    marks = [f"{one.label} {us(one.on)}" for one in note.later if one.on <= facts.letter_on]
    marks += [
        f"{one.label} {us(one.on)}, written after {facts.request}"
        for one in note.later
        if one.on > facts.letter_on
    ]
    if note.attested_on:
        marks.append(f"not signed; attested {us(note.attested_on)}")
    elif is_late(note, facts):
        marks.append(f"signed {us(note.signed_on)}, after {facts.request}")
    title = f"{note.title}, {note.discipline}"
    return Item(
        slot.key, title, "note", note.id, note.on, note.author, tuple(marks), seq=note.seq, hash=note.hash
    )


def _about(note: NoteFact) -> dict[str, Any]:
    return {"ref": note.id, "source": "note", "on": note.on, "who": note.author, "who_id": note.author_id}


def _notes(slot: Slot, facts: Facts):
    items, gaps = [], []
    for note in sorted(facts.notes, key=lambda one: (one.on, one.seq or 0)):
        if slot_of(note) != slot.key:
            continue
        if note.is_signed or note.attested_on:
            items.append(_note_item(slot, note, facts))
        gaps += _note_gaps(slot, note, facts)
    return items, gaps


def _note_gaps(slot: Slot, note: NoteFact, facts: Facts) -> Iterator[Found]:
    title = f"{note.title} of {us(note.on)}"
    if not note.is_signed:
        if note.attested_on is None:
            words = (
                f"Its author, {note.author}, did not sign it. A late signature is not added; the author may "
                "attest to it, dated now."
            )
            yield _gap(slot, Gap.UNSIGNED, title, words, **_about(note))
        return
    if is_late(note, facts):
        words = f"It was signed on {us(note.signed_on)}, after {facts.request}, and says so."
        yield _gap(slot, Gap.LATE, title, words, **_about(note))
    for one in note.later:
        if one.on > facts.letter_on:
            words = (
                f"{one.label} by {one.by} on {us(one.on)}: written after {facts.request}, and labelled so."
            )
            yield _gap(slot, Gap.LATE, title, words, **_about(note))
            break
    if note.is_voided:
        words = "It was voided after it was signed. It goes in with that mark, and supports no billed unit."
        yield _gap(slot, Gap.CONFLICT, title, words, **_about(note))
    elif note.total_minutes is not None and note.total_minutes < note.timed_minutes:
        words = (
            f"Its total of {note.total_minutes} minutes is less than its {note.timed_minutes} timed minutes."
        )
        yield _gap(slot, Gap.CONFLICT, title, words, **_about(note))


def _treatment(slot: Slot, facts: Facts):
    items, gaps = _notes(slot, facts)
    charted = {note.visit for note in facts.notes}
    for visit in facts.visits:
        if visit.happened and visit.id not in charted:
            words = (
                f"A visit with {visit.clinician} took place and has no note. One written now would be a late "
                "entry, and would say that it was written after the request."
            )
            title = f"Note of {us(visit.on)}"
            about: dict[str, Any] = {
                "ref": visit.id,
                "source": "visit",
                "on": visit.on,
                "who": visit.clinician,
            }
            gaps.append(_gap(slot, Gap.MISSING, title, words, who_id=visit.clinician_id, **about))
    return items, sorted(gaps, key=lambda gap: gap.on or facts.starts_on)


def _progress(slot: Slot, facts: Facts):
    items, gaps = _notes(slot, facts)
    inside = [note for note in facts.notes if note.has_report and note.is_signed and note.type != "progress"]
    late_stretch = False
    for note in sorted(facts.notes, key=lambda one: one.on):
        if not note.is_signed or note.report_every is None:
            continue
        is_over = note.since_report > note.report_every and not note.has_report
        if is_over and not late_stretch:
            words = (
                f"By this day {note.since_report} treatment days had passed since the last report; one is "
                f"due every {note.report_every}. What was not written then cannot be written now for then."
            )
            gaps.append(_gap(slot, Gap.MISSING, f"Progress report by {us(note.on)}", words, **_about(note)))
        late_stretch = is_over
    if inside:
        words = "; ".join(us(note.on) for note in sorted(inside, key=lambda one: one.on))
        items.append(Item(slot.key, f"Reports inside treatment notes: {words}", "mention", "inside"))
    return items, gaps


def _discharge(slot: Slot, facts: Facts):
    items, gaps = _notes(slot, facts)
    ended = facts.is_discharged_on
    if ended and ended <= facts.through_on and not items and not gaps:
        words = f"The plan ended on {us(ended)} and the chart holds no discharge note."
        gaps.append(_gap(slot, Gap.MISSING, "Discharge note", words))
    return items, gaps


def _attestation(slot: Slot, facts: Facts):
    return [
        Item(
            slot.key,
            f"Attestation for the note of {us(note.on)}",
            "attestation",
            note.id,
            note.attested_on,
            note.author,
        )
        for note in sorted(facts.notes, key=lambda one: one.on)
        if note.attested_on
    ], []


FILLS = {
    "drawn": _drawn,
    "letter": _letter,
    "order": _order,
    "evaluation": _notes,
    "plan": _plan,
    "certification": _certification,
    "progress": _progress,
    "treatment": _treatment,
    "discharge": _discharge,
    "abn": _abn,
    "other": _other,
    "attestation": _attestation,
}


# --- The clock --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clock:
    """Until when the records are to be there."""

    due_on: dt.date | None
    days_left: int | None
    days: int | None
    source: str
    text_verified: bool

    @property
    def tone(self) -> str:
        if self.days_left is None:
            return ""
        return "stop" if self.days_left < 0 else "warn" if self.days_left <= 7 else "ok"


def clock_of(kind, letter_on: dt.date, due_on: dt.date | None, today: dt.date) -> Clock:
    """The letter's own date before the list's days. Without either, nothing is counted."""
    entry = kind.days_on(letter_on)
    if due_on:
        return Clock(due_on, (due_on - today).days, None, "the letter", True)
    if entry is None or entry.value is None:
        return Clock(None, None, None, "", False)
    due = letter_on + dt.timedelta(days=entry.value)
    return Clock(due, (due - today).days, entry.value, entry.source, entry.text_verified)
