"""Clock times of blocks: from when to when, and whether two share minutes."""

from __future__ import annotations

from .facts import BlockFacts, DayBlock

Timed = BlockFacts | DayBlock


def has(block: Timed) -> bool:
    """Both times are charted and in order."""
    return block.starts_at is not None and block.ends_at is not None and block.starts_at < block.ends_at


def overlap(one: Timed, two: Timed) -> bool:
    """A block may start in the minute in which another ends."""
    if one.starts_at is None or one.ends_at is None or two.starts_at is None or two.ends_at is None:
        return False
    return one.starts_at < two.ends_at and two.starts_at < one.ends_at


def said(block: Timed) -> str:
    """ "97112 10:00 to 10:24" """
    return f"{block.code} {block.starts_at:%H:%M} to {block.ends_at:%H:%M}"
