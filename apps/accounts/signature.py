"""The block under signed words: who, with what licence, meaning what, when, and how they were recognised."""

from __future__ import annotations

from typing import Any

from apps.audit import clock

from .models import User


def of(by: User, *, meaning: str, time_zone: str, authenticated: str) -> dict[str, Any]:
    """Plain values, as they stand in a ledger entry's payload."""
    return {
        "user": str(by.pk),
        "name": by.signature_name,
        "credential": by.credential,
        "licence_number": by.licence_number,
        "licence_state": by.licence_state,
        "licence_expires_on": by.licence_expires_on.isoformat() if by.licence_expires_on else "",
        "npi": by.npi,
        "meaning": meaning,
        "signed_at": clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "time_zone": time_zone,
        "authenticated": authenticated,
    }
