"""A blank that somebody has still to fill: three or more low lines, as in a phrase."""

from __future__ import annotations

import re

MARK = "___"
_AROUND = 24

_BLANK = re.compile(r"_{3,}")


def is_left(text: str) -> bool:
    return MARK in text


def around(text: str) -> str:
    """The first blank with a few words on each side, for the author to find it by."""
    found = _BLANK.search(text)
    if found is None:
        return ""
    return " ".join(text[max(0, found.start() - _AROUND) : found.end() + _AROUND].split())
