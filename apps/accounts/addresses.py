"""From where a request comes, as far as that can be believed, and the address that leads here."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage
from django.core.checks import Error as CheckError
from django.core.checks import Warning as CheckWarning
from django.http.request import validate_host

UNKNOWN = "0.0.0.0"  # noqa: S104 - stands for "not told", nothing listens on it


def client_address(request) -> str:
    """The address of whoever connected to us or, behind our proxy, to it.

    A client can send any X-Forwarded-For, and the proxy appends what it saw: only the
    last entry was written by the proxy, so only that one is read, and only behind one.
    """
    told = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        told = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or told
    try:
        return str(ipaddress.ip_address(told))
    except ValueError:
        return UNKNOWN


def network_of(address: str) -> str:
    """What counts as one place: an IPv4 address, or the /64 that an IPv6 customer chooses addresses from."""
    place = ipaddress.ip_address(address)
    if place.version == 6:
        if place.ipv4_mapped:
            return str(place.ipv4_mapped)
        return str(ipaddress.ip_network((place, 64), strict=False))
    return str(place)


def whole(path: str) -> str:
    """`path` with the address of this server, for what no browser asked for: a mail, the set-up link."""
    if settings.PUBLIC_ADDRESS:
        return f"{settings.PUBLIC_ADDRESS}{path}"
    return f"{'https' if settings.HTTPS else 'http'}://{settings.ALLOWED_HOSTS[0].lstrip('.')}{path}"


EXAMPLE = "Set it to what people type, for example PUBLIC_ADDRESS=https://notes.example.org"


def check(**options: Any) -> list[CheckMessage]:
    """Does what a mail leads to lead here?"""
    if not settings.PUBLIC_ADDRESS:
        words = f"PUBLIC_ADDRESS is not set, so mails lead to {whole('/')}, the first name of ALLOWED_HOSTS."
        return [CheckWarning(words, hint=EXAMPLE, id="accounts.W001")] if settings.EMAIL_HOST else []
    place = urlsplit(settings.PUBLIC_ADDRESS)
    schemes = ("https",) if settings.HTTPS else ("http", "https")
    is_ours = validate_host(place.hostname or "", settings.ALLOWED_HOSTS)
    has_more = place.path or place.query or place.fragment or place.username
    if place.scheme in schemes and is_ours and not has_more:
        return []
    words = (
        f"PUBLIC_ADDRESS is {settings.PUBLIC_ADDRESS!r}. It has to begin with {schemes[-1]}:// and go on "
        "with a name of ALLOWED_HOSTS, and nothing may follow."
    )
    return [CheckError(words, hint=EXAMPLE, id="accounts.E001")]
