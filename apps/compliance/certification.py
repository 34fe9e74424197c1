"""When a plan of care is due to be certified, and until when it is. The counts are in data/limits.toml.

Whether the first treatment is day 0 or day 1 was not verified. So there are two dates:
`due_on` is the earlier, which is shown; only after `late_after` is anything called late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from .facts import CertificationFacts
from .timeline import dated


def _days(name: str, day: date) -> int:
    known = dated("limits", name).value_on(day)
    if known is None:
        raise LookupError(f"data/limits.toml has no {name} on {day.isoformat()}")
    return int(known)


def _knows(day: date) -> bool:
    return dated("limits", "certification_days").on(day) is not None


@dataclass(frozen=True, slots=True)
class Window:
    """A number of days from a first day, in both readings of where counting starts."""

    due_on: date
    late_after: date


def _window(first: date, days: int) -> Window:
    shift = _days("certification_first_day", first)
    return Window(_later(first, days - shift), _later(first, days))


def _later(day: date, days: int) -> date:
    """A date that the calendar does not have becomes its last."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max


def initial(first_treatment_on: date) -> Window | None:
    """When the initial plan is due; None before the rules at hand."""
    if not _knows(first_treatment_on):
        return None
    return _window(first_treatment_on, _days("certification_days", first_treatment_on))


def lasts(certified_from: date, through_on: date | None) -> Window | None:
    """Until when a certified plan holds: its own end or the most that is allowed, whichever is first."""
    if not _knows(certified_from):
        return None
    most = _window(certified_from, _days("certification_lasts_days", certified_from))
    if through_on is None:
        return most
    return Window(min(most.due_on, through_on), min(most.late_after, through_on))


def is_excused(facts: CertificationFacts) -> bool:
    """Whether a signed, dated order and timely transmission stand in for the first signature.

    42 CFR 424.24(c), from 1 January 2025, for the initial plan only.
    """
    first = facts.first_treatment_on
    if not facts.is_initial or first is None or not dated("limits", "transmission_excuses").value_on(first):
        return False
    if facts.order_on is None or not facts.order_signed_by.strip() or facts.transmitted_on is None:
        return False
    window = initial(first)
    return window is not None and facts.transmitted_on <= window.late_after


def verbal_due_on(facts: CertificationFacts) -> date | None:
    """By when a verbal order must be signed; None when there is none."""
    if facts.verbal_order_on is None or not _knows(facts.verbal_order_on):
        return None
    return _later(facts.verbal_order_on, _days("verbal_order_days", facts.verbal_order_on))
