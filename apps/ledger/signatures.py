"""A signature and its place in the ledger, as they are read from an entry. Shared by all that is signed."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from typing import Any

from . import last_checkpoint
from .last_checkpoint import LastCheckpoint
from .models import LedgerEntry


@dataclass(frozen=True)
class Signature:
    name: str
    credential: str
    licence: str
    npi: str
    local_time: str
    utc_time: str
    meaning: str
    authenticated: str


@dataclass(frozen=True)
class Seal:
    """Where the words stand in the ledger, and the checkpoint that was the last when they were signed."""

    seq: int
    hash: str
    recorded_at: str
    checkpoint: LastCheckpoint | None = None

    @property
    def short_hash(self) -> str:
        """The first 64 bits in groups that a person can compare."""
        return " ".join(self.hash[start : start + 4] for start in range(0, 16, 4))


def seal_of(entry: LedgerEntry, payload: dict[str, Any]) -> Seal:
    """`payload` is the entry's own, which whoever shows it has read already."""
    return Seal(
        seq=entry.seq,
        hash=entry.hash,
        recorded_at=entry.recorded_at,
        checkpoint=last_checkpoint.read(payload),
    )


def day(text: str | None) -> str:
    """An ISO date as the clinic writes it."""
    return dt.date.fromisoformat(text).strftime("%m/%d/%Y") if text else ""


def clock_time(text: str | None) -> str:
    """A time of day such as 14:05 as the clinic writes it, 2:05 PM; with its seconds where they are given."""
    if not text:
        return ""
    hour, rest = text.split(":", 1)
    return f"{int(hour) % 12 or 12}:{rest} {'AM' if int(hour) < 12 else 'PM'}"


def read(signature: dict[str, Any]) -> Signature:
    """The `signature` of a payload (apps/accounts/signature.py writes it), in the clinic's own time."""
    utc = dt.datetime.fromisoformat(signature["signed_at"].replace("Z", "+00:00")).astimezone(dt.UTC)
    local = utc.astimezone(zoneinfo.ZoneInfo(signature["time_zone"]))
    licence = " ".join(
        part for part in (signature["licence_state"], "licence", signature["licence_number"]) if part
    )
    expires = day(signature["licence_expires_on"])
    return Signature(
        name=signature["name"],
        credential=signature["credential"],
        licence=(f"{licence}, expires {expires}" if expires else licence)
        if signature["licence_number"]
        else "",
        npi=signature["npi"] and f"NPI {signature['npi']}",
        local_time=f"{local:%m/%d/%Y} {clock_time(f'{local:%H:%M:%S}')} {local:%Z}",
        utc_time=utc.strftime("%H:%M:%S UTC" if utc.date() == local.date() else "%m/%d/%Y %H:%M:%S UTC"),
        meaning=signature["meaning"],
        authenticated=signature["authenticated"],
    )
