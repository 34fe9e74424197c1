"""How alike two texts are: the one place that decides it for the review desk. Pure."""

from __future__ import annotations

import re

from rapidfuzz.distance import Indel

WORD = re.compile(r"\w+(?:[.'’/-]\w+)*")


def words_of(text: str) -> list[str]:
    """The words, without capitals and marks: 7/10 and 12.5 stay one word, so a changed figure counts."""
    return WORD.findall(text.casefold())


def likeness(one: str, other: str) -> float:
    """From 0 (no word in common) to 1 (the same words in the same order)."""
    mine, theirs = words_of(one), words_of(other)
    if not mine or not theirs:
        return 0.0
    return Indel.normalized_similarity(mine, theirs)
