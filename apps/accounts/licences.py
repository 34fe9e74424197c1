"""How somebody's licence stands on a day: what the list of people, and they themselves, are told ahead.

Nothing is stopped here. What an ended licence means for a note is a rule's business, and for a cosignature
apps/notes/lifecycle.py's.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from apps.compliance import limits

from .models import Credential, User

WITHOUT = (Credential.NONE, Credential.STUDENT)
"""Credentials that come without a licence."""

MISSING, NO_DATE, ENDED, SOON = "Missing", "No date", "Ended", "Ends soon"


@dataclass(frozen=True)
class Standing:
    words: str
    tone: str
    word: str
    """The tone in a word."""


def of(person: User, day: dt.date) -> Standing | None:
    """What is to be said about the licence; None where nothing is."""
    if person.credential in WITHOUT:
        return None
    if not person.licence_number:
        return Standing("No licence number is entered.", "warn", MISSING)
    ends = person.licence_expires_on
    if ends is None:
        return Standing("No date is entered until which the licence is valid.", "warn", NO_DATE)
    left = (ends - day).days
    if left < 0:
        return Standing(f"The licence ended on {ends:%m/%d/%Y}.", "stop", ENDED)
    if left > (limits.licence_ahead_days(day) or 0):
        return None
    when = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days"
    return Standing(f"The licence ends {when}, on {ends:%m/%d/%Y}.", "warn", SOON)
