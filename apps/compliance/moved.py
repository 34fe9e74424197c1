"""The same note on another day: every date in it is moved by as many days.

What was ten days after the plan began stays ten days after it, so that a note judged by
another day's rules shows what the rules changed, and not that its plan has run out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from typing import Any, TypeVar, cast

from .facts import NoteFacts

T = TypeVar("T")


def moved(facts: NoteFacts, day: date) -> NoteFacts:
    """The facts as if the date of service were `day`."""
    by = day - facts.date_of_service
    return _moved(facts, by) if by else facts


def _moved(value: T, by: timedelta) -> T:
    found: Any = value
    if isinstance(value, date):
        try:
            found = value + by
        except OverflowError:
            found = date.max if by.days > 0 else date.min
    elif isinstance(value, tuple):
        found = tuple(_moved(one, by) for one in value)
    elif isinstance(value, Mapping):
        found = {key: _moved(one, by) for key, one in value.items()}
    elif is_dataclass(value) and not isinstance(value, type):
        found = type(value)(**{one.name: _moved(getattr(value, one.name), by) for one in fields(value)})
    return cast(T, found)
