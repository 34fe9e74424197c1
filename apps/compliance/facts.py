"""All that a rule may know about a treatment note.

Plain frozen values: no Django, no database, no clock. `apps/notes/facts.py` is
the only place that turns a charted note into these. Minutes are whole minutes;
`None` means "not charted", which is different from 0.

Paths name form fields. `BlockFacts.path("response")` is the HTML name of the
field in the editor ("blocks.<id>.response"), so a finding can link to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Answer:
    """What the author answered to a question, or the reason given for a warning."""

    value: str = ""  # "yes", "no", or a choice such as "cms"; "" for a reason alone
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CueFacts:
    """One skilled cue: what was done, for which error, and what was seen after it."""

    kind: str = ""  # a key of data/words.toml [cue_kinds]: verbal, visual, tactile, manual, auditory
    action: str = ""  # the cue in the author's words
    error: str = ""  # the error it addressed
    effect: str = ""  # "", "improved", "no_change", "worse", "not_tolerated"
    seen: str = ""  # what was seen after it, in words

    @property
    def is_empty(self) -> bool:
        return not any((self.kind, self.action, self.error, self.effect, self.seen))


@dataclass(frozen=True, slots=True)
class BlockFacts:
    """One intervention block: a code, its minutes, and what happened in them."""

    id: str
    code: str
    position: int = 0
    minutes_therapist: int | None = None
    minutes_assistant: int | None = None
    minutes_together: int | None = None
    one_on_one: bool = True
    starts_at: time | None = None
    ends_at: time | None = None
    modifiers: tuple[str, ...] = ()
    units_billed: int | None = None  # the author's own figure; None means "as calculated"
    # Guided fields of a 97112 block.
    deficit_domains: tuple[str, ...] = ()
    deficit: str = ""
    limits: str = ""
    goal: int | None = None  # the goal's stable number in the plan of care
    activity: str = ""
    position_used: str = ""
    surface: str = ""
    environment: str = ""
    challenge: str = ""
    dosage: str = ""
    cues: tuple[CueFacts, ...] = ()
    assistance_before: str = ""
    assistance_after: str = ""
    response: str = ""
    progression: str = ""
    distinct: str = ""  # why it is distinct from the other billed codes
    # Fields of every other code.
    purpose: str = ""
    description: str = ""

    @property
    def minutes(self) -> int:
        """All minutes of the block, whoever gave them; uncharted minutes count 0."""
        return (self.minutes_therapist or 0) + (self.minutes_assistant or 0) + (self.minutes_together or 0)

    @property
    def has_minutes(self) -> bool:
        given = (self.minutes_therapist, self.minutes_assistant, self.minutes_together)
        return any(part is not None for part in given)

    def path(self, name: str) -> str:
        return f"blocks.{self.id}.{name}"


@dataclass(frozen=True, slots=True)
class MeasureFacts:
    """One measure taken today. `key` is a key of data/measures.toml or "observation"."""

    id: str
    key: str
    value: Decimal | None = None
    name: str = ""  # what was observed, for a free observation
    words: str = ""  # the finding of a free observation, or the condition of a test

    def path(self, name: str) -> str:
        return f"measures.{self.id}.{name}"


@dataclass(frozen=True, slots=True)
class AuthorFacts:
    """Who charts the note and would sign it."""

    name: str = ""
    credential: str = ""  # PT, OT, PTA, OTA, STUDENT, DC, MD_NPP or ""
    discipline: str = ""  # PT or OT
    licence_number: str = ""
    licence_state: str = ""
    licence_expires_on: date | None = None
    npi: str = ""


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """The plan of care that covers the date of service, if there is one."""

    starts_on: date | None = None
    through_on: date | None = None
    certified_on: date | None = None
    goal_numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DayBlock:
    """Minutes of a code in another note of the same patient, discipline and date."""

    note: str
    code: str
    minutes_therapist: int = 0
    minutes_assistant: int = 0
    minutes_together: int = 0
    one_on_one: bool = True
    starts_at: time | None = None
    ends_at: time | None = None

    @property
    def minutes(self) -> int:
        return self.minutes_therapist + self.minutes_assistant + self.minutes_together


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """One treatment note with everything around it that a rule may look at."""

    date_of_service: date
    discipline: str = "PT"  # PT or OT
    payer: str = ""  # a key of data/payers.toml; "" when no payer was charted
    payer_name: str = ""
    author: AuthorFacts = field(default_factory=AuthorFacts)
    starts_at: time | None = None
    ends_at: time | None = None
    total_minutes: int | None = None  # total treatment minutes, timed and untimed, without rest
    is_cut_short: bool = False
    cut_short_reason: str = ""
    subjective: str = ""
    assessment: str = ""
    plan: str = ""
    home_program: str = ""
    caregiver_training: str = ""
    communication: str = ""
    adverse_event: str = ""
    adverse_event_action: str = ""
    blocks: tuple[BlockFacts, ...] = ()
    measures: tuple[MeasureFacts, ...] = ()
    plan_of_care: PlanFacts | None = None
    diagnoses: tuple[str, ...] = ()  # treating diagnosis first
    same_day: tuple[DayBlock, ...] = ()
    unit_choice: tuple[str, ...] = ()  # codes to which the author gave the tied unit(s)
    method_choice: str = ""  # "cms" or "ama", when the payer's method is unknown and the author said
    answers: Mapping[str, Answer] = field(default_factory=dict)  # by Finding.key
