"""What a note says otherwise than the one before it: field by field, word by word. Pure.

Fields are matched by what they are and not by their place: the second 97112 block with the second one
before, a measure with the same measure of the same side. The day itself and its clock times always differ,
and are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from apps.notes import correctable

Payload = dict[str, Any]

NOT_COMPARED = {"visit.date_of_service", "visit.starts_at", "visit.ends_at"}
CLOCK = re.compile(r"blocks\.\d+\.(?:starts_at|ends_at)")
WORD = re.compile(r"\s*\S+")
REWRITTEN = 0.4
"""Below this share of common words a text is shown as it was and as it is: a mixture could not be read."""


@dataclass(frozen=True)
class Piece:
    """A run of words: in both notes, only in this one, or only in the one before."""

    kind: str  # "same", "added" or "removed"
    words: str


@dataclass(frozen=True)
class Change:
    """A field that differs. `path` is its place in this note; "" where it says nothing now."""

    label: str
    path: str
    pieces: tuple[Piece, ...]

    @property
    def is_new(self) -> bool:
        return all(piece.kind == "added" for piece in self.pieces)

    @property
    def is_gone(self) -> bool:
        return all(piece.kind == "removed" for piece in self.pieces)


@dataclass(frozen=True)
class Changes:
    """`same` names the fields that say exactly what they said."""

    changed: tuple[Change, ...]
    same: tuple[str, ...]


def between(earlier: Payload, now: Payload) -> Changes:
    """What is different, in the order of this note; what it no longer says comes last."""
    then, here = keyed(earlier), keyed(now)
    changed, same = [], []
    for key, said in here.items():
        before = then.get(key)
        if before is not None and before.words == said.words:
            same.append(said.label)
        else:
            changed.append(Change(said.label, said.path, pieces(before.words if before else "", said.words)))
    for key, said in then.items():
        if key not in here:
            changed.append(Change(said.label, "", pieces(said.words, "")))
    return Changes(tuple(changed), tuple(same))


def pieces(earlier: str, now: str) -> tuple[Piece, ...]:
    """The words of both, in an order in which either can be read. Spaces are no difference."""
    then, here = WORD.findall(earlier), WORD.findall(now)
    matcher = SequenceMatcher(
        None, [one.strip() for one in then], [one.strip() for one in here], autojunk=False
    )
    if matcher.ratio() < REWRITTEN:
        return tuple(piece for piece in (Piece("removed", earlier), Piece("added", now)) if piece.words)
    found = []
    for kind, first, last, begins, ends in matcher.get_opcodes():
        if kind == "equal":
            found.append(Piece("same", "".join(here[begins:ends])))
            continue
        if last > first:
            found.append(Piece("removed", "".join(then[first:last])))
        if ends > begins:
            found.append(Piece("added", "".join(here[begins:ends])))
    return tuple(found)


def keyed(payload: Payload) -> dict[str, correctable.Said]:
    """Every field that says something, by what it is."""
    names = dict(_names(payload))
    found = {}
    for said in correctable.fields_of(payload):
        if said.path in NOT_COMPARED or CLOCK.fullmatch(said.path):
            continue
        part, _, rest = said.path.partition(".")
        number, _, name = rest.partition(".")
        place = names.get(f"{part}.{number}")
        found[f"{part}.{place}.{name}" if place else said.path] = said
    return found


def _names(payload: Payload) -> Iterator[tuple[str, str]]:
    """Of each row of a list, its place in this payload and what it is."""
    times: Counter[str] = Counter()
    for number, row in enumerate(payload.get("blocks", ())):
        times[row["code"]] += 1
        yield f"blocks.{number}", f"{row['code']}#{times[row['code']]}"
    for number, row in enumerate(payload.get("measures", ())):
        what = "|".join((row["key"], row["side"], row["condition"], row["name"]))
        times[what] += 1
        yield f"measures.{number}", f"{what}#{times[what]}"
    for number, row in enumerate(payload.get("sections", ())):
        yield f"sections.{number}", row["key"]
    for number, row in enumerate(payload.get("goal_reports", ())):
        yield f"goal_reports.{number}", f"goal {row['number']}"
