"""The units that a day's signed notes come to. Read by the estimate and by the packet; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def lines(payloads: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines of one discipline's day, its notes in the order of their signatures.

    A note's timed units count the day's other notes in, so the last note has them all.
    """
    if not payloads:
        return []
    untimed = [line for one in payloads for line in one["units"]["untimed"]]
    return [*payloads[-1]["units"]["lines"], *untimed]


def is_open(payloads: Sequence[dict[str, Any]]) -> bool:
    """Is it not settled how the payer counts, so that timed units are unknown?"""
    return bool(payloads) and payloads[-1]["units"]["total_units"] is None
