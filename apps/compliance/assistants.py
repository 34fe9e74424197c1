"""Which units an assistant's minutes mark with CQ or CO, with the working shown.

The units come first, by units.py, whoever gave the minutes. Then, for each code:

1. Minutes given together are the therapist's.
2. Each full 15 minutes by one person make a unit of that person's.
3. One unit left: without the modifier when the therapist alone has 8 minutes of what is
   left; otherwise with it, when the assistant's share is over 10 %.
4. Two units left, and each person gave 9 to 14 minutes of the code: one with, one without.

An untimed code has the modifier when the assistant's share of its minutes is over 10 %.
Sources: CMS's billing examples for CQ/CO, and those named in data/assistants.toml. Where
they differ or are silent, a share asks, and does not choose.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from .sentences import count, listed
from .timeline import Timeline, from_rows, table

MODIFIERS = {"PT": "CQ", "OT": "CO"}  # by discipline
PAYERS = frozenset({"medicare_b", "tricare"})  # data/assistants.toml says from when
FIRST_DAY = date(2020, 1, 1)

_FULL = 15
_THERAPISTS_ALONE = 8  # minutes of a unit that make it the therapist's, whatever the assistant added
_EACH_OF_TWO = range(9, 15)  # what each person has given when two units are left to share
_DOUBTFUL_OF_TWO = 23  # the final rule is said to start here, the proposed one at 24
_DE_MINIMIS = 10  # percent


@cache
def _dated(name: str, payer: str = "") -> Timeline[Any]:
    rows = table("assistants")[name]
    return from_rows(rows.get(payer, ()) if payer else rows)


def wanted_by(payer: str, day: date) -> bool:
    """Whether this payer is known to want CQ or CO on a date of service."""
    return bool(payer) and _dated("modifier", payer).value_on(day) is True


@dataclass(frozen=True, slots=True)
class Given:
    """The minutes of one code on one day, by who gave them."""

    therapist: int = 0
    assistant: int = 0
    together: int = 0

    @property
    def therapists(self) -> int:
        """What counts as the therapist's."""
        return self.therapist + self.together

    @property
    def total(self) -> int:
        return self.therapist + self.assistant + self.together

    def __add__(self, other: Given) -> Given:
        return Given(
            self.therapist + other.therapist,
            self.assistant + other.assistant,
            self.together + other.together,
        )


@dataclass(frozen=True, slots=True)
class Share:
    """How the units of one code are split between lines with and without the modifier.

    The three numbers add up to the code's units. A tied unit is in none of them.
    """

    code: str
    modifier: str  # CQ or CO
    units_with: int
    units_without: int
    units_open: int  # neither source nor arithmetic settles them
    working: tuple[str, ...]
    question: str = ""
    choices: tuple[str, ...] = ()  # the answers to the question

    @property
    def summary(self) -> str:
        """ "1 unit with CQ, 1 unit without" """
        parts = [
            f"{count(self.units_with, 'unit')} with {self.modifier}" if self.units_with else "",
            f"{count(self.units_without, 'unit')} without" if self.units_without else "",
            f"{count(self.units_open, 'unit')} to be settled" if self.units_open else "",
        ]
        return ", ".join(filter(None, parts)) or "no unit"


def timed(code: str, given: Given, units: int, modifier: str, day: date, *, is_tied: bool = False) -> Share:
    """The split of a 15-minute code's units. `units` are those that are certain."""
    by_therapist, left_by_therapist = divmod(given.therapists, _FULL)
    by_assistant, left_by_assistant = divmod(given.assistant, _FULL)
    said = [
        f"{code}: {count(units, 'unit')}; therapist {given.therapists}, assistant {given.assistant} minutes."
    ]
    if given.together:
        said.append(
            f"Given together counts as the therapist's: "
            f"{given.therapist} + {given.together} = {given.therapists}."
        )
    full = [
        f"{who} {number}"
        for who, number in (("therapist", by_therapist), ("assistant", by_assistant))
        if number
    ]
    if full:
        said.append(f"Units of full 15 minutes by one person: {listed(full)}.")

    left = units - by_therapist - by_assistant
    split = _Split("")
    question: str = ""
    choices: tuple[str, ...] = ()
    if left > 0:
        split = _of_what_is_left(left, left_by_therapist, left_by_assistant, day)
        what = f"therapist {left_by_therapist}, assistant {left_by_assistant}"
        said += [f"{count(left, 'unit')} left, from {what} minutes.", split.why.format(modifier=modifier)]
        if split.unsettled:
            are = "Is it" if split.unsettled == 1 else "Are they"
            question = (
                f"{code}: the sources do not settle {count(split.unsettled, 'unit')}. "
                f"{are} billed with {modifier} or without?"
            )
            choices = ("with", "without")
        elif split.marked and split.without and left_by_therapist + left_by_assistant == _DOUBTFUL_OF_TWO:
            question = (
                f"{code}: sources differ on {_DOUBTFUL_OF_TWO} minutes that two persons shared. "
                f"Is one unit billed with {modifier} and one without?"
            )
            choices = ("yes", "no")
    if is_tied:
        said.append("The tied unit is not in it.")
    return Share(
        code=code,
        modifier=modifier,
        units_with=by_assistant + split.marked,
        units_without=by_therapist + split.without,
        units_open=split.unsettled,
        working=tuple(said),
        question=question,
        choices=choices,
    )


class _Split(NamedTuple):
    """What becomes of the units that no one person filled, and why."""

    why: str  # `{modifier}` stands for the modifier
    without: int = 0
    marked: int = 0
    unsettled: int = 0


def _of_what_is_left(left: int, therapist: int, assistant: int, day: date) -> _Split:
    if not assistant:
        return _Split("The therapist alone gave it: without {modifier}.", without=left)
    if not therapist:
        return _Split("The assistant alone gave it: with {modifier}.", marked=left)
    is_since_2022 = _dated("final_unit").value_on(day) is True
    minutes = therapist + assistant
    if left == 2:
        each = therapist in _EACH_OF_TWO and assistant in _EACH_OF_TWO
        if not (is_since_2022 and each and minutes >= _DOUBTFUL_OF_TWO):
            return _Split("The sources at hand say nothing of two units shared in this way.", unsettled=2)
        why = "Each gave 9 to 14 minutes: one unit with {modifier}, one without."
        if minutes == _DOUBTFUL_OF_TWO:
            why += (
                " Sources differ: the proposed rule names 24 to 28 minutes, the final one perhaps 23 to 28."
            )
        return _Split(why, without=1, marked=1)
    is_over = _is_over_de_minimis(assistant, minutes)
    if therapist >= _THERAPISTS_ALONE:
        if is_over and not is_since_2022:
            return _Split(
                "Whether the therapist's 8 minutes were enough before 2022 is not known.", unsettled=1
            )
        return _Split("The therapist alone has 8 minutes of it: without {modifier}.", without=1)
    share = _percent(assistant, minutes)
    if not is_over:
        return _Split(f"The assistant's share, {share}, is not over 10 %: without {{modifier}}.", without=1)
    return _Split(
        "The therapist alone does not have 8 minutes of it, and the assistant's share, "
        f"{share}, is over 10 %: with {{modifier}}.",
        marked=1,
    )


def untimed(code: str, given: Given, modifier: str) -> Share:
    """The one unit of an untimed code."""
    is_marked = _is_over_de_minimis(given.assistant, given.total)
    over = "over 10 %: with" if is_marked else "not over 10 %: without"
    said = (
        f"{code}: assistant {given.assistant} of {given.total} minutes, "
        f"{_percent(given.assistant, given.total)}, {over} {modifier}."
    )
    return Share(code, modifier, int(is_marked), int(not is_marked), 0, (said,))


def _is_over_de_minimis(assistant: int, total: int) -> bool:
    return assistant * 100 > total * _DE_MINIMIS


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}".removesuffix(".0") + " %"
