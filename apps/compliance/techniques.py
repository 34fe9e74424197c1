"""Named techniques and what an entry that names one must state. The table is data/techniques.toml.

A name alone says neither what was done nor why it took a therapist. Words decide here,
so a rule that uses this may only ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from . import hints
from .timeline import table


@dataclass(frozen=True, slots=True)
class Need:
    """Something that must be stated, and how it is recognised."""

    what: str
    words: hints.Finder
    number: bool

    def is_met(self, text: str) -> bool:
        return self.words.is_in(text) or (self.number and any(map(str.isdigit, text)))


@dataclass(frozen=True, slots=True)
class Technique:
    key: str
    label: str
    needs: tuple[Need, ...]

    def lacks(self, text: str) -> tuple[str, ...]:
        """What a block's words do not state."""
        text = text.lower()
        return tuple(need.what for need in self.needs if not need.is_met(text))


@cache
def _techniques() -> dict[str, Technique]:
    return {
        key: Technique(
            key=key,
            label=row["label"],
            needs=tuple(
                Need(need["what"], hints.beginnings(tuple(need.get("words", ()))), need.get("number", False))
                for need in row["needs"]
            ),
        )
        for key, row in table("techniques").items()
    }


@cache
def _names() -> tuple[hints.Finder, dict[str, str]]:
    """Every name in one finder, and the technique of each."""
    by_name = {name: key for key, row in table("techniques").items() for name in row["names"]}
    return hints.beginnings(tuple(by_name)), by_name


def get(key: str) -> Technique | None:
    return _techniques().get(key)


def all() -> tuple[Technique, ...]:
    return tuple(_techniques().values())


@lru_cache(maxsize=4096)
def named_in(text: str) -> tuple[Technique, ...]:
    """The techniques that a text names and does not deny, in the order of the words."""
    finder, by_name = _names()
    text = text.lower()
    found = dict.fromkeys(
        by_name[match.group()]
        for match in finder.matches(text)
        if not hints.is_negated(text, match.start(), match.end())
    )
    return tuple(_techniques()[key] for key in found)
