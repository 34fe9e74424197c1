"""From where a request comes, as far as that can be believed."""

from __future__ import annotations

import ipaddress

from django.conf import settings

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
