"""A random sample that anybody can draw again: a seed that was fixed before, and a fixed list of notes. Pure.

The seed is committed by its SHA-256 before anything is drawn, together with the SHA-256 of the list. Those
notes are drawn whose SHA-256 of "seed:id" comes first, so nothing can be chosen afterwards to suit somebody.
With the seed, `printf %s SEED | sha256sum` gives the committed hash again.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256


def commitment(seed: str) -> str:
    return sha256(seed.encode()).hexdigest()


def frame_hash(ids: Iterable[str]) -> str:
    """Of the list from which is drawn: the ids in their order, each on a line."""
    return sha256("\n".join(sorted(ids)).encode()).hexdigest()


def drawn(seed: str, ids: Iterable[str], size: int) -> list[str]:
    return sorted(set(ids), key=lambda id: sha256(f"{seed}:{id}".encode()).hexdigest())[:size]
