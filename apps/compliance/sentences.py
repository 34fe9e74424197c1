"""Small pieces of the sentences in a working."""

from __future__ import annotations

from collections.abc import Iterable


def count(number: int, noun: str) -> str:
    """ "1 unit", "2 units" """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(words: Iterable[str]) -> str:
    """ "97110, 97112 and 97140" """
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
