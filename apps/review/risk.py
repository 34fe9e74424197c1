"""Which waiting note to read first, and why, in words. Pure: plain values in, reasons out.

The points only order a queue. They judge no note and no person, and nobody's points are added up: the weights
and thresholds are dated data (weights.py), and each reason says what it rests on.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from apps.notes import similarity

from .weights import Weights


@dataclass(frozen=True)
class Answered:
    """A finding that the author answered: a question's answer, or the reason given for a warning."""

    rule: str
    title: str
    answer: str = ""
    reason: str = ""
    was_blocker: bool = False  # the rule stops a signature, and the clinic made it milder


@dataclass(frozen=True)
class Day:
    """What one note says that is compared with others of the patient."""

    on: dt.date
    minutes: int | None = None  # of 97112; None: no such block, or none counted
    values: tuple[tuple[str, Decimal], ...] = ()  # measure → value
    words: tuple[tuple[str, str], ...] = ()  # field → what it says
    reasons: tuple[str, ...] = ()  # given for warnings


@dataclass(frozen=True)
class Deadline:
    """A progress report or certification of the patient's."""

    words: str
    is_late: bool


@dataclass(frozen=True)
class Case:
    """A waiting note and all that its risk may rest on. `earlier` are signed notes, the newest first."""

    day: Day
    answered: tuple[Answered, ...] = ()
    earlier: tuple[Day, ...] = ()
    author: str = ""  # "assistant" or "student", where it is one
    notes_before: int = 0  # of that author, in this clinic
    deadlines: tuple[Deadline, ...] = ()


@dataclass(frozen=True)
class Reason:
    """One thing to look at. `words` stand in the queue as they are."""

    key: str
    words: str
    points: int = 0


class Level(StrEnum):
    FIRST = "first"
    CLOSELY = "closely"
    ROUTINE = "routine"

    @property
    def label(self) -> str:
        return {"first": "Look first", "closely": "Look closely", "routine": "In its turn"}[self]

    @property
    def tone(self) -> str:
        return {"first": "stop", "closely": "warn", "routine": ""}[self]


@dataclass(frozen=True)
class Risk:
    reasons: tuple[Reason, ...]
    level: Level

    @property
    def points(self) -> int:
        return sum(reason.points for reason in self.reasons)


def of(case: Case, weights: Weights) -> Risk:
    """The reasons that weigh most first, each with the points that it counts."""
    reasons = []
    counted: Counter[str] = Counter()
    for looks in LOOKS:
        for key, words in looks(case, weights.thresholds):
            weight = weights.points[key]
            counted[key] += 1
            reasons.append(Reason(key, words, weight.points if counted[key] <= weight.most else 0))
    reasons.sort(key=lambda reason: -reason.points)
    points = sum(reason.points for reason in reasons)
    level = Level.ROUTINE
    if points >= weights.thresholds["closely"]:
        level = Level.CLOSELY
    if points >= weights.thresholds["first"]:
        level = Level.FIRST
    return Risk(tuple(reasons), level)


# --- What is looked at --------------------------------------------------------------------------------------

Found = Iterator[tuple[str, str]]
Limits = Mapping[str, int]


def blockers(case: Case, limits: Limits) -> Found:
    for one in case.answered:
        if one.was_blocker:
            said = f": “{one.reason.strip()}”" if one.reason.strip() else ", without a reason"
            yield "blocker_overridden", f"Signed over a stop, {one.title} ({one.rule}){said}."


def answers(case: Case, limits: Limits) -> Found:
    """Answers that say nothing: none, a very short one, or the same again and again."""
    given = Counter(same(one.reason) for one in case.answered if one.reason.strip())
    before = Counter(reason for day in case.earlier for reason in {same(reason) for reason in day.reasons})
    told = set()
    for one in case.answered:
        reason, about = one.reason.strip(), f"{one.title} ({one.rule})"
        if not reason:
            # Yes or no is an answer; words beside it are asked for only by a warning.
            if not one.answer:
                yield "odd_answer", f"No answer to {about}."
        elif len(reason) < limits["short_answer"]:
            yield "odd_answer", f"A very short answer to {about}: “{reason}”."
        elif given[same(reason)] > 1:
            if same(reason) not in told:
                told.add(same(reason))
                yield (
                    "odd_answer",
                    f"The same answer to {given[same(reason)]} findings: “{shortened(reason)}”.",
                )
        elif before[same(reason)] >= limits["repeated_answer"]:
            times = before[same(reason)]
            yield (
                "odd_answer",
                f"The answer to {about} stands in {times} earlier notes: “{shortened(reason)}”.",
            )


def authors(case: Case, limits: Limits) -> Found:
    if case.author and case.notes_before < limits["first_notes"]:
        article = "an" if case.author[0] in "aeiou" else "a"
        which = {0: "The first note"}.get(case.notes_before, f"Note {case.notes_before + 1}")
        yield "new_author", f"{which} of {article} {case.author} who is new in this record."


def clones(case: Case, limits: Limits) -> Found:
    """Each long text that is nearly the same field's of one of the last notes, and which note that is."""
    for field, said in case.day.words:
        text = similarity.words(said)
        if len(text.said) < limits["cloned_words"]:
            continue
        alike = [
            (len(similarity.shared(text, similarity.words(other))), day.on)
            for day in case.earlier[: limits["cloned_notes"]]
            for its_field, other in day.words
            if its_field == field
        ]
        shared, on = max(alike, default=(0, dt.date.min))
        percent = 100 * shared // len(text.said)
        if percent >= limits["cloned_percent"]:
            yield "cloned_text", f"{field}: {percent} % of its words stand in the note of {on:%m/%d/%Y}."


def minutes(case: Case, limits: Limits) -> Found:
    days = with_97112(case)
    counted = 1
    for day in days[1:]:
        if day.minutes != days[0].minutes:
            break
        counted += 1
    if days and counted >= limits["same_minutes_visits"]:
        yield "same_minutes", f"97112 for {days[0].minutes} minutes on {counted} visits in a row."


def change(case: Case, limits: Limits) -> Found:
    """Many visits of 97112 over which no measure has a second value."""
    days = with_97112(case)
    if len(days) < limits["no_change_visits"]:
        return
    found: dict[str, set[Decimal]] = {}
    for day in days:
        for name, value in day.values:
            found.setdefault(name, set()).add(value)
    if not found:
        yield "no_change", f"97112 on {len(days)} visits, and nothing was measured on any of them."
    elif all(len(values) == 1 for values in found.values()):
        said = "; ".join(f"{name} {plain(min(values))}" for name, values in sorted(found.items()))
        yield "no_change", f"97112 on {len(days)} visits without a measured change: {said}."


def deadlines(case: Case, limits: Limits) -> Found:
    for one in case.deadlines:
        yield ("late" if one.is_late else "due"), one.words


LOOKS: tuple[Callable[[Case, Limits], Found], ...] = (
    blockers,
    answers,
    clones,
    minutes,
    change,
    authors,
    deadlines,
)


# --- Small words --------------------------------------------------------------------------------------------


def with_97112(case: Case) -> list[Day]:
    """This note and the earlier ones with minutes of 97112, newest first; none if this one has none."""
    days: Iterable[Day] = (case.day, *case.earlier)
    return [day for day in days if day.minutes] if case.day.minutes else []


def same(text: str) -> str:
    """Without capitals and signs."""
    return " ".join(similarity.words(text).said)


def shortened(text: str, most: int = 80) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
