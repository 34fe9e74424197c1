"""Word lists, used modestly: they may make a rule ask, never make it stop.

The lists are in data/hints.toml.
"""

from __future__ import annotations

import re
from functools import cache

from .timeline import table

# A longer entry is never only stock phrases; this saves reading it.
_LONGEST_GENERIC_ENTRY = 15
_NEGATION_REACHES_BACK = 3


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(table("hints")[name])


@cache
def _phrases(name: str) -> re.Pattern[str]:
    longest_first = sorted(table("hints")[name], key=len, reverse=True)
    return re.compile(rf"(?<![\w/-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w/-])")


@cache
def _beginnings(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, table('hints')[name]))})")


def _is_negated(text: str, start: int) -> bool:
    before = text[:start].split()[-_NEGATION_REACHES_BACK:]
    return any(word.strip(",.;:()") in _words("negations") for word in before)


def generic_phrase(text: str) -> str:
    """The phrase when the whole entry is made of stock phrases, else "".

    "Tolerated well" is one. "Not tolerated well" is not, nor is any entry with a word
    of the author's own.
    """
    if len(text.split(maxsplit=_LONGEST_GENERIC_ENTRY)) > _LONGEST_GENERIC_ENTRY:
        return ""
    text = text.lower()
    first = _phrases("generic").search(text)
    if first is None:
        return ""
    rest = _phrases("generic").sub(" ", text)
    own_words = (word for word in re.findall(r"[\w%°'’]+", rest) if word not in _words("filler"))
    return "" if any(own_words) else first.group()


def other_purpose(text: str) -> str:
    """A word for strength, endurance or range, when nothing neuromuscular stands beside it."""
    text = text.lower()
    for match in _phrases("other_purpose").finditer(text):
        if not _is_negated(text, match.start()):
            return "" if _beginnings("neuromuscular").search(text) else match.group()
    return ""


def is_at_risk_diagnosis(code: str) -> bool:
    return code.upper().startswith(tuple(table("hints")["at_risk_diagnoses"]))


def is_neuromotor_diagnosis(code: str) -> bool:
    return code.upper().startswith(tuple(table("hints")["neuromotor_diagnoses"]))
