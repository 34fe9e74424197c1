"""What a rule is: one idea, its source, and examples that run as tests.

The rules themselves are in `rules/`, one per file. What a rule may look at is a
`Case`: the facts, and what follows from them, worked out once per review.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

from .facts import BlockFacts, NoteFacts
from .payers import Policy
from .units import UnitsReview
from .verdicts import Verdict

T = TypeVar("T")


class Severity(StrEnum):
    """What a finding does to the signature."""

    BLOCKER = "blocker"  # the author can truthfully complete it now, so it stops the signature
    WARNING = "warning"  # signs with a reason
    ADVICE = "advice"  # never interrupts


class Authority(StrEnum):
    """Whose demand a rule is. It limits how far a clinic may change the severity."""

    FEDERAL = "federal requirement"
    PAYER = "payer's requirement"
    CLINIC = "clinic policy"
    PRACTICE = "good practice"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a rule comes from, and whether somebody has read that text.

    `text_verified` is False for what is commonly known or inferred; the finding
    then says so, and nobody should quote it to a payer.
    """

    source: str
    locator: str
    text_verified: bool
    verified_on: date | None = None
    authority: Authority = Authority.PRACTICE

    @property
    def reference(self) -> str:
        if not self.text_verified:
            return f"{self.source}, {self.locator} (source text not verified)"
        if self.verified_on is None:
            return f"{self.source}, {self.locator}"
        return f"{self.source}, {self.locator} (checked {self.verified_on.isoformat()})"


@dataclass(frozen=True, slots=True)
class Example:
    """A note that passes or fails a rule, and in a few words why."""

    says: str
    facts: NoteFacts


@dataclass(frozen=True, slots=True)
class Case:
    """One note under review: its facts, its payer's policy, its units."""

    facts: NoteFacts
    policy: Policy | None
    units: UnitsReview
    neuromuscular: tuple[BlockFacts, ...]  # the 97112 blocks
    timed: tuple[BlockFacts, ...]  # blocks of 15-minute codes, 97112 included

    @property
    def treats(self) -> bool:
        """Does a note of this kind tell of treatment or evaluation, and so of interventions and minutes?"""
        return self.facts.kind not in ("progress", "discharge")

    @property
    def is_cut_short(self) -> bool:
        """The visit ended early and the author said why.

        What could not happen any more is then asked about, never demanded.
        """
        return self.facts.is_cut_short and bool(self.facts.cut_short_reason.strip())


class Part(NamedTuple, Generic[T]):
    """A thing that is judged, and the form field a finding about it links to."""

    path: str
    thing: T
    block: str = ""  # the block's id, or "" for the note as a whole


@dataclass(frozen=True, slots=True)
class Rule(Generic[T]):
    """One demand on a note. The docstring of its file says why it exists."""

    code: str  # "NMR104"
    name: str  # the defect: "cue-not-described"
    title: str  # the defect in the clinician's words
    topic: str  # one of TOPICS
    severity: Severity
    citation: Citation
    looks_at: Callable[[Case], Iterable[Part[T]]]  # no part: the rule does not apply
    check: Callable[[T, Case], Verdict]
    fix: str  # what to do, in the clinician's words
    passes: tuple[Example, ...]
    fails: tuple[Example, ...]
    applies_from: date = date.min
    applies_until: date | None = None  # the last day
    payers: frozenset[str] = frozenset()  # keys of data/payers.toml; empty means every payer
    disciplines: frozenset[str] = frozenset()  # PT, OT; empty means both
    hold_billing: bool = False
    may_stop: bool = False  # the author can truthfully complete it now, so a clinic may make it a stop

    def applies(self, *, on: date, payer: str, discipline: str) -> bool:
        """Whether the rule is in force for a note. `on` is the date of service."""
        return (
            self.applies_from <= on
            and (self.applies_until is None or on <= self.applies_until)
            and (not self.payers or payer in self.payers)
            and (not self.disciplines or discipline in self.disciplines)
        )


TOPICS = (
    "Deficit and goal",
    "Task",
    "Cues",
    "Response",
    "Minutes",
    "Units",
    "Codes",
    "Note",
    "Measures",
    "Author",
    "Plan of care",
    "Payer",
    "Record",
)
