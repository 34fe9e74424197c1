"""The three things a rule can say about a part of a note.

Code can see that text exists, not that it is skilled. A structured field that is
missing may `Fail`; a word that looks wrong may only `Ask`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pass:
    """Nothing to say. `why` is for the reader of a test or of the catalogue."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class Fail:
    """Something is missing or contradicts itself.

    `evidence` is what the verdict rests on. When it changes, a reason given
    earlier no longer counts, because it was given about something else.
    """

    message: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """Only a person can tell.

    `choices` are the values that may be answered. With `answered_in` the answer
    belongs into that field of the note ("unit_choice"), and the question goes
    away when the field is filled; without it, the answer is stored beside the
    finding's key.
    """

    question: str
    evidence: str = ""
    choices: tuple[str, ...] = ("yes", "no")
    answered_in: str = ""


Verdict = Pass | Fail | Ask
