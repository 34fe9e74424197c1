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
    # Chosen from data/techniques.toml, when the form offers them; the words are read as well.
    techniques: tuple[str, ...] = ()
    # Credentials of everybody who gave these minutes, when charted: PT, PTA, STUDENT, AIDE, ATC …
    given_by: tuple[str, ...] = ()

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
    baseline: Decimal | None = None  # the first result of the episode, same side and condition
    last: Decimal | None = None  # the result before this one, same side and condition
    side: str | None = None  # "left", "right", "both"; "" not said; None: the form does not ask
    condition: str | None = None  # such as eyes closed; "" not said; None: the form does not ask

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
class GoalFacts:
    """One goal of a plan. None: the form has no such field; "" or a missing date: left empty.

    Without the fields `measure` and `target`, the goal's words are read for them.
    """

    number: int
    words: str = ""
    person: str | None = None
    task: str | None = None
    measure: str | None = None  # with its baseline
    target: str | None = None
    due_on: date | None = None
    is_long_term: bool | None = None


@dataclass(frozen=True, slots=True)
class PlanContents:
    """What is written in the plan. Empty means that it is not there; None, that nobody asked for it.

    Amount and frequency have defaults in the manual (once a day, once a week), so they
    may be missing.
    """

    diagnoses: tuple[str, ...] | None = None
    goals: tuple[GoalFacts, ...] | None = None
    kind: str | None = None  # type of treatment
    amount_per_day: int | None = None
    frequency_per_week: int | None = None
    duration: str | None = None  # weeks or sessions
    established_on: date | None = None
    established_by: str | None = None
    established_by_credential: str | None = None


@dataclass(frozen=True, slots=True)
class CertificationFacts:
    """The certification of the plan. An app that does not chart it gives no such object.

    So here a missing date means that there is none in the chart.
    """

    first_treatment_on: date | None = None  # the initial evaluation counts
    is_initial: bool = True  # False: a recertification
    certified_on: date | None = None
    certified_by: str = ""
    through_on: date | None = None  # as certified; never beyond what the rules allow
    order_on: date | None = None
    order_signed_by: str = ""
    transmitted_on: date | None = None
    transmitted_how: str = ""
    verbal_order_on: date | None = None
    verbal_order_signed_on: date | None = None
    delay_reason: str = ""


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """The plan of care that covers the date of service, if there is one."""

    starts_on: date | None = None
    through_on: date | None = None
    certified_on: date | None = None
    goal_numbers: tuple[int, ...] = ()
    discipline: str = ""
    is_maintenance: bool | None = None  # a declared maintenance programme
    contents: PlanContents | None = None
    certification: CertificationFacts | None = None


@dataclass(frozen=True, slots=True)
class ProgressFacts:
    """Where this visit stands between progress reports, per plan of care and discipline."""

    treatment_day: int  # this visit's number among the treatment days of the plan, from 1
    last_report_day: int = 0  # the treatment day that the last report covers; 0: none yet
    last_report_on: date | None = None
    last_report_by: str = ""  # credential of who wrote it


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """A progress report, in a note of its own or inside a treatment note."""

    begins_on: date | None = None
    ends_on: date | None = None
    written_on: date | None = None
    by: str = ""  # credential
    goals_reported: tuple[int, ...] = ()  # goals with a status or a measurement
    extent_of_progress: str = ""  # the clinician's assessment
    plan: str = ""  # continuing, revising or ending


@dataclass(frozen=True, slots=True)
class EvaluationFacts:
    """What an evaluation or re-evaluation says. None: the form has no such field."""

    prior_level: str | None = None
    diagnosis: str | None = None
    objective_findings: str | None = None
    reevaluation_reason: str | None = None


@dataclass(frozen=True, slots=True)
class DischargeFacts:
    """What a discharge note says. None: the form has no such field."""

    since_last_report: str | None = None  # the period that no report covers yet
    goals_status: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ContributorFacts:
    """Somebody who took part in the visit besides the author."""

    credential: str  # PT, OT, PTA, OTA, STUDENT, AIDE, ATC …
    name: str = ""
    professional_in_room: bool | None = None  # for a student: the whole session
    professional_treats_others: bool | None = None  # for a student: at the same time


@dataclass(frozen=True, slots=True)
class AuthorizationFacts:
    """The payer's prior authorization. No object: the app does not chart it; no number: none in the chart."""

    number: str = ""
    starts_on: date | None = None
    through_on: date | None = None
    visits_allowed: int | None = None
    visits_used: int | None = None  # this visit included


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """What would stand under the note."""

    name: str = ""
    credential: str = ""
    phrase: str = ""  # such as "electronically signed by"
    signed_on: date | None = None


@dataclass(frozen=True, slots=True)
class AddendumFacts:
    """Words added to a signed note."""

    words: str = ""
    motive: str = ""
    written_on: date | None = None
    by: str = ""
    after_denial: bool | None = None


@dataclass(frozen=True, slots=True)
class DayBlock:
    """Minutes of a code in another note of the same date.

    Mostly of the same patient and discipline; see the fields of NoteFacts that hold them.
    """

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
class EchoFacts:
    """A text of this note of which much stands in an earlier note too, and the closest such note."""

    path: str
    block: str = ""
    percent: int = 0  # of the words that were compared
    words: int = 0  # how many were compared
    runs: tuple[str, ...] = ()  # what both share, as it is written here
    on: date | None = None  # date of service of the earlier note
    of_patient: bool = True  # False: the earlier note is about another patient


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
    # What an app may not chart yet. None or empty: not known, and nothing is said about it.
    kind: str = "treatment"  # treatment, evaluation, re-evaluation, progress, discharge
    other_discipline: tuple[DayBlock, ...] = ()  # the same patient's blocks of the other discipline
    clinician_day: tuple[DayBlock, ...] = ()  # the same clinician's blocks with other patients
    progress: ProgressFacts | None = None
    report: ReportFacts | None = None
    evaluation: EvaluationFacts | None = None
    discharge: DischargeFacts | None = None
    contributors: tuple[ContributorFacts, ...] | None = None
    supervisor: str | None = None  # who supervises an assistant; "": nobody is named
    place_of_service: str = ""  # "11" office, "19" and "22" outpatient hospital …
    state: str = ""  # where the clinic is, "IL"
    is_telehealth: bool | None = None
    # Allowed charges of the year so far, as entered: PT with SLP, or OT. No rule shows it.
    year_to_date: Decimal | None = None
    authorization: AuthorizationFacts | None = None
    earlier_words: tuple[str, ...] = ()  # assessment and responses of the note before
    echoes: tuple[EchoFacts, ...] = ()  # texts that stand largely in earlier notes
    unconfirmed: tuple[str, ...] = ()  # paths of inherited words that nobody has confirmed
    further_words: tuple[tuple[str, str], ...] = ()  # path and words of prompts and of goals reported
    written_on: date | None = None  # the day on which the note is written
    is_late_entry: bool | None = None
    late_reason: str | None = None
    signature: SignatureFacts | None = None
    addenda: tuple[AddendumFacts, ...] = ()
