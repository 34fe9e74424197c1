"""Joining pieces into a file, page by page: bookmarks, page labels, links from the index, and the stamps.

The pieces stay files until a page is asked for, and streams are copied from disk to disk.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.conf import settings
from pikepdf import Array, Dictionary, Name, OutlineItem, Pdf, String

from . import ink
from .stamp import Stamp, width_of

LINK = "https://midline.invalid/item/"
"""Before a piece's number in the index: never an address, only what becomes a link inside the file."""

EXTRA = 4096
"""Bytes that a page's stamp, label and bookmark may add, for guessing a part's size."""


@dataclass(frozen=True)
class Piece:
    """Some pages that belong together. `sha256` is the original's; `says` stands at the top of its pages."""

    number: int
    slot: str
    slot_title: str
    title: str
    path: Path
    pages: int
    sha256: str = ""
    says: str = ""
    key: str = ""
    first: int = 1
    skip: int = 0
    """Pages of the file that another part has already."""

    @property
    def last(self) -> int:
        return self.first + self.pages - 1

    def bytes(self) -> int:
        return self.path.stat().st_size + EXTRA * self.pages


@dataclass
class Part:
    pieces: list[Piece] = field(default_factory=list)

    @property
    def pages(self) -> int:
        return sum(piece.pages for piece in self.pieces)

    def bytes(self) -> int:
        return sum(piece.bytes() for piece in self.pieces)


def numbered(pieces: Iterable[Piece]) -> list[Piece]:
    """Each with the number of its first page in the packet."""
    found, first = [], 1
    for piece in pieces:
        found.append(replace(piece, first=first))
        first += piece.pages
    return found


def parted(pieces: Iterable[Piece], *, most_pages: int | None, most_bytes: int | None) -> list[Part]:
    """The pieces in parts that keep to the limits; a piece is split only where it alone is too much."""
    parts = [Part()]
    for piece in pieces:
        for chunk in _chunks(piece, most_pages, most_bytes):
            now = parts[-1]
            is_full = (most_pages and now.pages + chunk.pages > most_pages) or (
                most_bytes and now.bytes() + _share(chunk, piece) > most_bytes
            )
            if now.pieces and is_full:
                parts.append(Part())
            parts[-1].pieces.append(chunk)
    return parts


def _share(chunk: Piece, piece: Piece) -> int:
    return math.ceil(piece.bytes() * chunk.pages / piece.pages)


def _chunks(piece: Piece, most_pages: int | None, most_bytes: int | None) -> Iterable[Piece]:
    room = piece.pages
    if most_pages:
        room = min(room, most_pages)
    if most_bytes and piece.bytes() > most_bytes:
        room = min(room, max(1, most_bytes * piece.pages // piece.bytes()))
    for skip in range(0, piece.pages, room):
        yield replace(piece, skip=skip, pages=min(room, piece.pages - skip), first=piece.first + skip)


@dataclass(frozen=True)
class Sheet:
    """What stands on every page: how pages are numbered, and how many there are."""

    prefix: str
    total: int
    part: int = 1
    parts: int = 1
    title: str = "Records packet"
    is_black_and_white: bool = False

    def bates(self, number: int) -> str:
        return f"{self.prefix}{number:06d}"


def write(part: Part, out: Path, sheet: Sheet, tell: Callable[[str], None]) -> None:
    """Write a part's file. `tell` hears of each piece."""
    with Pdf.new() as pdf:
        stamp = Stamp(pdf)
        starts: dict[int, int] = {}
        before = 0  # counted here: asked of the file, it is counted anew each time, over all its pages
        for piece in part.pieces:
            tell(piece.title)
            starts.setdefault(piece.number, before)
            _append(pdf, piece, sheet, stamp, before)
            before += piece.pages
        _link(pdf, part, starts)
        _bookmark(pdf, part, starts)
        _label(pdf, part, sheet)
        pdf.docinfo["/Title"] = sheet.title
        pdf.docinfo["/Producer"] = "Midline"
        pdf.Root.Lang = String("en-US")
        pdf.Root.PageMode = Name.UseOutlines
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        pdf.save(out, deterministic_id=True)


def _append(pdf: Pdf, piece: Piece, sheet: Sheet, stamp: Stamp, before: int) -> None:
    # Links are kept in the index alone, and a signature with its field stays with the original.
    left = ("/StructParents", "/AA", "/Tabs", *(() if piece.slot == "index" else ("/Annots",)))
    with Pdf.open(piece.path) as source:
        chosen = source.pages[piece.skip : piece.skip + piece.pages]
        for page in chosen:
            for name in left:
                if name in page.obj:
                    del page.obj[name]
        pdf.pages.extend(chosen)
        for place, page in enumerate(pdf.pages[before : before + piece.pages]):
            if sheet.is_black_and_white:
                ink.blacken(pdf, page)
            stamp.write(page, _lines(piece, piece.first + place, sheet))


def _lines(piece: Piece, number: int, sheet: Sheet) -> list[tuple[float, float, float, str]]:
    bates = sheet.bates(number)
    of = f"packet page {number} of {sheet.total}"
    if sheet.parts > 1:
        of += f", file {sheet.part} of {sheet.parts}"
    right = f"{bates}   {of}"
    left = f"Original, SHA-256: {piece.sha256}" if piece.sha256 else "Drawn for this packet"
    if settings.DEMO:
        left = f"DEMO, made-up people. {left}"
    lines = [(36.0, 15.0, 5.2, left), (576 - width_of(right, 7.5), 15.0, 7.5, right)]
    if piece.says:
        lines.append((36.0, 770.0, 8.0, piece.says))
    return lines


def _link(pdf: Pdf, part: Part, starts: dict[int, int]) -> None:
    """Links of the index become places in this file; those to another file are taken away."""
    for piece in part.pieces:
        if piece.slot != "index":
            continue
        for place in range(piece.pages):
            page = pdf.pages[starts[piece.number] + place]
            kept = []
            for link in page.obj.get("/Annots", []):
                uri = str(link.get("/A", Dictionary()).get("/URI", ""))
                number = int(uri.removeprefix(LINK) or 0) if uri.startswith(LINK) else 0
                if number not in starts:
                    continue
                target = pdf.pages[starts[number]].obj
                kept.append(
                    pdf.make_indirect(
                        Dictionary(
                            Type=Name.Annot,
                            Subtype=Name.Link,
                            Rect=link.Rect,
                            Border=Array([0, 0, 0]),
                            Dest=Array([target, Name.Fit]),
                        )
                    )
                )
            page.obj.Annots = Array(kept)


def _bookmark(pdf: Pdf, part: Part, starts: dict[int, int]) -> None:
    with pdf.open_outline() as outline:
        slots: dict[str, OutlineItem] = {}
        for piece in part.pieces:
            place = starts[piece.number]
            if piece.slot not in slots:
                slots[piece.slot] = OutlineItem(piece.slot_title, place)
                outline.root.append(slots[piece.slot])
            if piece.title != piece.slot_title:
                slots[piece.slot].children.append(OutlineItem(piece.title, place))


def _label(pdf: Pdf, part: Part, sheet: Sheet) -> None:
    nums: list[int | Dictionary] = []
    for piece in part.pieces:
        for number in range(piece.first, piece.first + piece.pages):
            nums += [len(nums) // 2, Dictionary(P=String(sheet.bates(number)))]
    pdf.Root.PageLabels = Dictionary(Nums=Array(nums))
