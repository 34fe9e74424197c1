"""The clinic's last checkpoint, frozen into every entry: what a footer prints, the same for ever.

So every printed page is a witness of the checkpoint as well as of its own entry, and a later entry testifies
for the record before it. An entry from before this was kept has no such key; one that was signed before the
clinic's first checkpoint says null.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .models import Checkpoint

KEY = "last_checkpoint"
SCHEMA = "midline/last-checkpoint/1"


@dataclass(frozen=True)
class LastCheckpoint:
    """A checkpoint by its number: the entry that it covers last, and the beginning of that entry's hash."""

    number: int
    seq: int
    hash: str
    at: str

    @property
    def short_hash(self) -> str:
        """The first 64 bits in groups that a person can compare."""
        return " ".join(self.hash[start : start + 4] for start in range(0, 16, 4))


def of(clinic) -> dict[str, Any] | None:
    """The newest checkpoint as plain values for a payload; None where the clinic has none."""
    found = Checkpoint.objects.filter(clinic=clinic).order_by("-number").first()
    if found is None:
        return None
    return {
        "schema": SCHEMA,
        "number": found.number,
        "seq": found.seq,
        "hash": found.hash,
        "at": found.at,
    }


def read(payload: dict[str, Any]) -> LastCheckpoint | None:
    """What a payload names; None where it names none.

    Raises ValueError for another schema: guessing at a signed record would be worse than not showing it.
    """
    named = payload.get(KEY)
    if not named:
        return None
    if named["schema"] != SCHEMA:
        raise ValueError(f"this reads {SCHEMA}, not another schema")
    return LastCheckpoint(named["number"], named["seq"], named["hash"], named["at"])


# Canonical JSON has its keys in order, and a quotation mark inside typed words is escaped there.
IN_BYTES = re.compile(
    rb'"%s":\{"at":"[^"]*","hash":"([0-9a-f]{64})","number":([0-9]+),"schema":"%s","seq":([0-9]+)\}'
    % (KEY.encode(), SCHEMA.encode())
)


def in_bytes(payload: bytes) -> tuple[int, int, bytes] | None:
    """(number, seq, hash) as the stored bytes name them: a verifier reads many and parses none."""
    found = IN_BYTES.search(payload)
    return (int(found[2]), int(found[3]), found[1]) if found else None
