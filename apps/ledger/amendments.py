"""What was said about a document after its signature: read from its entries alone, in their order.

A document is its first signature and everything that refers to it: cosignatures, addenda, late entries,
corrections, and perhaps that it is void. Nothing here asks a live row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from . import chain
from .models import Kind, LedgerEntry
from .signatures import Seal, Signature, day, read, seal_of

SCHEMA = "midline/amendment/1"
AMENDS = (Kind.ADDENDUM, Kind.LATE_ENTRY, Kind.CORRECTION)
SAYS = (Kind.SIGN, *AMENDS)
"""The kinds of entry whose words somebody can cosign."""


@dataclass(frozen=True)
class Correction:
    """One field: what it said, and what it should say."""

    path: str
    label: str
    said: str
    should_say: str


@dataclass(frozen=True)
class Amendment:
    """One later word. `reason` says why it was written, `knows` how the author knows it (late entries)."""

    kind: str
    label: str
    words: str
    reason: str
    knows: str
    corrections: tuple[Correction, ...]
    after_request: str
    refers_to: int | None
    signature: Signature
    seal: Seal


@dataclass(frozen=True)
class Later:
    """What follows a signature. `awaits` is the credential whose cosignature is asked for and missing."""

    cosignatures: tuple[Amendment, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    void: Amendment | None = None
    awaits: str = ""
    last: Seal | None = field(default=None, compare=False)
    """The last entry that says something: what a cosignature would refer to."""

    @property
    def is_amended(self) -> bool:
        return bool(self.amendments)


NOTHING_LATER = Later()


def entries_of(clinic: UUID, document: UUID, upto: str | None = None) -> list[LedgerEntry]:
    """Every entry of a document, in order; with `upto`, a hash, only those up to that entry.

    Raises ValueError when `upto` is no entry of this document.
    """
    found = list(LedgerEntry.objects.filter(clinic=clinic, document=document).order_by("seq"))
    if upto is None:
        return found
    places = [place for place, entry in enumerate(found) if entry.hash == upto]
    if not places:
        raise ValueError("the document has no such entry")
    return found[: places[0] + 1]


def later(entries: Iterable[LedgerEntry]) -> Later:
    """What the entries of one document come to. They are given in order."""
    numbers: dict[str, int] = {}
    cosignatures, amendments, void = [], [], None
    asked: list[tuple[int, str]] = []
    last = None
    for entry in entries:
        numbers[entry.hash] = entry.seq
        if not entry.payload:
            continue  # redacted by a court's order: its place stays, its words are gone
        payload = chain.read(entry)
        if entry.kind in SAYS:
            last = seal_of(entry, payload)
            if asks := payload.get("cosignature_asked"):
                asked.append((entry.seq, asks["of"]))
        if entry.kind in AMENDS:
            amendments.append(_amendment(entry, payload, numbers))
        elif entry.kind == Kind.COSIGN:
            cosignatures.append(_amendment(entry, payload, numbers))
            asked = [(seq, of) for seq, of in asked if seq > numbers.get(entry.ref_hash, 0)]
        elif entry.kind == Kind.VOID:
            void = _amendment(entry, payload, numbers)
    return Later(
        cosignatures=tuple(cosignatures),
        amendments=tuple(amendments),
        void=void,
        awaits=asked[-1][1] if asked and void is None else "",
        last=last,
    )


def _amendment(entry: LedgerEntry, payload: dict[str, Any], numbers: dict[str, int]) -> Amendment:
    if payload["schema"] != SCHEMA:
        raise ValueError(f"this reads {SCHEMA}, not another schema")
    return Amendment(
        kind=entry.kind,
        label=Kind(entry.kind).label.capitalize(),
        words=payload["words"],
        reason=payload["reason"],
        knows=payload["knows"],
        corrections=tuple(
            Correction(one["path"], one["label"], one["said"], one["should_say"])
            for one in payload["corrections"]
        ),
        after_request=after_request(payload["after_request"]),
        refers_to=numbers.get(entry.ref_hash),
        signature=read(payload["signature"]),
        seal=seal_of(entry, payload),
    )


def after_request(request: dict[str, Any] | None) -> str:
    """What the reader of an amendment must know about its time, from `after_request` of its payload."""
    if not request:
        return ""
    words = f"Written after the records request of {day(request['received_on'])}"
    if request["packet_left_on"]:
        words += f", and after a packet left on {day(request['packet_left_on'])}"
    return words
