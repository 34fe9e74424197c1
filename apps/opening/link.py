"""The key that opens the set-up page: printed where Midline is started, and good for one clinic.

There is a page to open only while the database holds nobody and is no demo's. The key is 256 random bits, so
that its SHA-256 is enough to know it by. A new one ends the one before.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from enum import StrEnum

from django.conf import settings
from django.urls import reverse

from apps.accounts.models import Clinic, User
from apps.audit import clock
from apps.audit.models import Deployment

from .models import SetUpLink

HOURS = 24
"""How long a key is good for. Starting Midline again prints another."""


class Key(StrEnum):
    """What a key is good for."""

    NOTHING = "nothing"
    ENDED = "ended"
    OPENS = "opens"


def may_open() -> bool:
    """Is there a clinic to be set up here? Not in a demo, and not beside a clinic or people that exist."""
    if settings.DEMO or Deployment.is_demo_database():
        return False
    return not holds_somebody()


def holds_somebody() -> bool:
    return Clinic.objects.exists() or User.objects.exists()


def make() -> str:
    """A new key. The page asks for it; only its digest is kept."""
    key = secrets.token_urlsafe(32)
    ends_at = clock.now() + dt.timedelta(hours=HOURS)
    row = {"digest": digest(key), "ends_at": ends_at, "used_at": None}
    SetUpLink.objects.update_or_create(id=1, defaults=row)
    return key


def digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def standing_of(key: str) -> Key:
    link = SetUpLink.objects.filter(id=1, used_at=None).first()
    if not key or link is None or not may_open() or not hmac.compare_digest(link.digest, digest(key)):
        return Key.NOTHING
    return Key.OPENS if clock.now() < link.ends_at else Key.ENDED


def address_of(key: str) -> str:
    """Without the host. In the query: Midline's log holds no query."""
    return f"{reverse('set-up')}?key={key}"
