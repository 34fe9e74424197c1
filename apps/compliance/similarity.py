"""From when on words that stand in another note too are asked about: see data/similarity.toml."""

from __future__ import annotations

from datetime import date

from .timeline import dated


def number(key: str, day: date) -> int:
    """The number in force on a date of service; all of them have one for every day of the record."""
    value: int = dated("similarity", key).value_on(day) or 0
    return value
