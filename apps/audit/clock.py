"""The one clock that actions read.

Everything that is stored with a time asks here, so that the demo clinic can
have a past. Only a demo database (or the tests' own, which is one) lets anybody
set it, and only forward: a clock that goes back would let a signature be dated
before words that it signs.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.utils import timezone

_set_to: dt.datetime | None = None


class ClockRefused(Exception):
    """The clock may not be set here, or not to that moment."""


def now() -> dt.datetime:
    """The current moment, in UTC and to the second: what is signed carries no fractions."""
    moment = _set_to or timezone.now()
    return moment.astimezone(dt.UTC).replace(microsecond=0)


def today(time_zone: str) -> dt.date:
    """The date on the wall of a clinic in `time_zone` (an IANA name)."""
    return now().astimezone(zoneinfo.ZoneInfo(time_zone)).date()


def set_to(moment: dt.datetime) -> None:
    """Let the clock show `moment` in this process until `release()`.

    Raises ClockRefused outside a demo database and for a moment before the one
    that the clock was set to last.
    """
    global _set_to
    from .models import Deployment

    if not Deployment.is_demo_database():
        raise ClockRefused("The clock can be set only in a demo database.")
    if _set_to is not None and moment < _set_to:
        raise ClockRefused("The clock only goes forward.")
    _set_to = moment


def release() -> None:
    """Show the real time again."""
    global _set_to
    _set_to = None
