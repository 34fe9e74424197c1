"""The choices of the charting form. The words are in data/words.toml."""

from __future__ import annotations

from functools import cache

from .timeline import table

Choices = tuple[tuple[str, str], ...]  # (key, label), as a select wants them

# "Improved" alone says nothing that a reviewer can use; the others are whole answers.
EFFECTS_THAT_SAY_IT_ALL = frozenset({"no_change", "worse", "not_tolerated"})


@cache
def choices(name: str) -> Choices:
    """The choices of one list: deficit_domains, cue_kinds, cue_effects or assistance."""
    return tuple(table("words")[name].items())


def deficit_domains() -> Choices:
    return choices("deficit_domains")


def cue_kinds() -> Choices:
    return choices("cue_kinds")


def cue_effects() -> Choices:
    return choices("cue_effects")


def assistance() -> Choices:
    return choices("assistance")


def label(name: str, key: str) -> str:
    """The label of a stored key; the key itself when the list no longer has it."""
    return dict(choices(name)).get(key, key)
