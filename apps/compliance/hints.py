"""Word lists, used modestly: they may make a rule ask, never make it stop.

The lists are in data/hints.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from .timeline import table

# A longer entry is never only stock phrases; this saves reading it.
_LONGEST_GENERIC_ENTRY = 15
_NEGATION_REACHES_BACK = 3
_NEGATION_REACHES_ON = 2

# Texts change one at a time while somebody writes, so the answers about the others are kept.
_REMEMBERED = 4096

# "3x10", "2 x 15 reps", "x 20": three of them make a list.
_COUNTS = re.compile(r"[x×]\s?\d|\d reps")
_WORD = re.compile(r"[\w%°'’]+")
_A_LIST = 3


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(table("hints")[name])


@dataclass(frozen=True, slots=True)
class Finder:
    """Phrases to look for, and a quick way to see that a text has none of them."""

    pattern: re.Pattern[str]
    stems: tuple[str, ...]  # every match holds one of these

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        """Where the phrases stand in a lower-case text."""
        for stem in self.stems:
            if stem in text:
                return self.pattern.finditer(text)
        return iter(())

    def is_in(self, text: str) -> bool:
        return next(self.matches(text), None) is not None

    def said(self, text: str) -> str:
        """The first of the phrases that is not denied, or ""."""
        for match in self.matches(text):
            if not is_negated(text, match.start(), match.end()):
                return match.group()
        return ""


def _shortest(phrases: Iterable[str]) -> tuple[str, ...]:
    """Those phrases that hold none of the others."""
    kept: list[str] = []
    for phrase in sorted(set(phrases), key=len):
        if not any(short in phrase for short in kept):
            kept.append(phrase)
    return tuple(kept)


def _any_of(phrases: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(phrases, key=len, reverse=True)))


@cache
def whole(phrases: tuple[str, ...]) -> Finder:
    """Finds the phrases as whole words."""
    return Finder(re.compile(rf"(?<![\w/-])(?:{_any_of(phrases)})(?![\w/-])"), _shortest(phrases))


@cache
def beginnings(words: tuple[str, ...]) -> Finder:
    """Finds words that begin like one of these."""
    return Finder(re.compile(rf"(?<!\w)(?:{_any_of(words)})"), _shortest(words))


_TOLERATED = Finder(re.compile(r"(?<!\w)toler\w*"), ("toler",))


@cache
def _phrases(name: str) -> Finder:
    return whole(tuple(table("hints")[name]))


@cache
def _beginnings(name: str) -> Finder:
    return beginnings(tuple(table("hints")[name]))


_CLAUSE_ENDS = re.compile(r"[.;:!?\n]| but | then ")


def is_negated(text: str, start: int, end: int) -> bool:
    """Whether the words at that place are denied in their own clause.

    "No loss of strength" denies strength; "no LOB; strength limits" does not.
    """
    before = _CLAUSE_ENDS.split(text[:start])[-1].split()[-_NEGATION_REACHES_BACK:]
    if any(word.strip(",()") in _words("negations") for word in before):
        return True
    after = _CLAUSE_ENDS.split(text[end:], maxsplit=1)[0].split()[:_NEGATION_REACHES_ON]
    return any(word.strip(",()") in _words("negations_after") for word in after)


@lru_cache(maxsize=_REMEMBERED)
def generic_phrase(text: str) -> str:
    """The phrase when the whole entry is made of stock phrases, else "".

    "Tolerated well" is one. "Not tolerated well" is not, nor is any entry with a word
    of the author's own.
    """
    text = text.lower()
    known = _stock_words()
    for number, match in enumerate(_WORD.finditer(text)):
        if match.group() not in known or number >= _LONGEST_GENERIC_ENTRY:
            return ""
    pattern = _phrases("generic").pattern
    first = pattern.search(text)
    if first is None:
        return ""
    rest = pattern.sub(" ", text)
    return "" if any(word not in _words("filler") for word in _WORD.findall(rest)) else first.group()


@cache
def _stock_words() -> frozenset[str]:
    """Every word of the stock phrases and of the filler. A word beyond them is the author's own."""
    return frozenset(_WORD.findall(" ".join([*table("hints")["generic"], *table("hints")["filler"]])))


@lru_cache(maxsize=_REMEMBERED)
def is_neuromuscular(text: str) -> bool:
    """Whether anything in the text speaks of balance, control, tone, sensation and the like."""
    return _beginnings("neuromuscular").is_in(text.lower())


@lru_cache(maxsize=_REMEMBERED)
def other_purpose(text: str) -> str:
    """A word for strength, endurance or range, when nothing neuromuscular stands beside it."""
    word = _phrases("other_purpose").said(text.lower())
    return "" if word and is_neuromuscular(text) else word


@cache
def _tasks() -> tuple[Finder, dict[str, str]]:
    by_name = {name: code for code, names in table("hints")["task_of_another_code"].items() for name in names}
    return whole(tuple(by_name)), by_name


@lru_cache(maxsize=_REMEMBERED)
def task_of_another_code(text: str) -> tuple[str, str]:
    """(code, words) of a task that another code is named after; ("", "") when there is none."""
    finder, by_name = _tasks()
    words = finder.said(text.lower())
    return (by_name[words], words) if words else ("", "")


@lru_cache(maxsize=_REMEMBERED)
def foreign_purpose(code: str, text: str) -> str:
    """For a code other than 97112: a purpose that is not its own, when its own is not stated."""
    row = table("hints")["purpose_of"].get(code)
    if row is None:
        return ""
    text = text.lower()
    word = beginnings(tuple(row["foreign"])).said(text)
    return "" if word and beginnings(tuple(row["own"])).is_in(text) else word


@lru_cache(maxsize=_REMEMBERED)
def patient_alone(text: str) -> str:
    """Words that say what the patient did, in an entry without any action of the therapist."""
    text = text.lower()
    word = _phrases("patient_alone").said(text)
    return "" if word and _beginnings("therapist_acts").is_in(text) else word


@lru_cache(maxsize=_REMEMBERED)
def unskilled(text: str) -> str:
    """Words that say the therapist was not needed."""
    # "Required no cues" denies nothing about itself, so negation is not looked at.
    match = next(_phrases("unskilled").matches(text.lower()), None)
    return match.group() if match else ""


@lru_cache(maxsize=_REMEMBERED)
def no_need(text: str) -> str:
    """Words that a reviewer reads as no need for skilled treatment."""
    text = text.lower()
    for match in _phrases("no_need").matches(text):
        if not is_negated(text, match.start(), match.end()) and not any(
            allowed.start() <= match.start() and match.end() <= allowed.end()
            for allowed in _phrases("no_need_but").matches(text)
        ):
            return match.group()
    return ""


@lru_cache(maxsize=_REMEMBERED)
def only_tolerated(text: str) -> str:
    """ "tolerated" when a response speaks of tolerance and of nothing that can be observed."""
    text = text.lower()
    if "toler" not in text or generic_phrase(text):
        return ""
    word = _TOLERATED.said(text)
    is_observable = _beginnings("response_words").is_in(text) or re.search(r"\d+\s*(/|%|of )", text)
    return "" if is_observable else word


@lru_cache(maxsize=_REMEMBERED)
def exercise_list(text: str) -> str:
    """The entry, when it is a row of names with counts and nothing neuromuscular among them."""
    if len(_COUNTS.findall(text.lower())) < _A_LIST or is_neuromuscular(text):
        return ""
    return text


def names_stimulation(text: str) -> bool:
    return bool(_phrases("stimulation").said(text.lower()))


@lru_cache(maxsize=_REMEMBERED)
def manoeuvre(text: str) -> str:
    """The name of a repositioning manoeuvre that has a code of its own."""
    return _phrases("manoeuvres").said(text.lower())
