"""Pairs of codes that need a modifier to be billed on one day. The pairs are in data/ncci.toml."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

from .timeline import table

# 59, and the X modifiers that say more exactly why a service was separate.
SEPARATE = frozenset({"59", "XE", "XP", "XS", "XU"})

# Medicare and the programs that use its edits. Whether others do is a matter of the plan.
PAYERS = frozenset({"medicare_b", "medicare_advantage", "medicaid", "tricare"})


@cache
def _pairs() -> dict[str, tuple[tuple[date, frozenset[str]], ...]]:
    """Column 2 code -> (first day, column 1 codes), of the pairs that a modifier can separate."""
    found: dict[str, list[tuple[date, frozenset[str]]]] = {}
    for row in table("ncci")["pairs"]:
        if row["indicator"] == 1:
            for code in row["column_2"]:
                found.setdefault(code, []).append((row["from"], frozenset(row["column_1"])))
    return {code: tuple(rows) for code, rows in found.items()}


def partners(code: str, charted: Iterable[str], day: date) -> tuple[str, ...]:
    """The charted column 1 codes beside which `code` needs 59 or an X modifier."""
    others = set(charted)
    return tuple(
        sorted(
            partner
            for starts_on, column_1 in _pairs().get(code, ())
            if starts_on <= day
            for partner in column_1 & others
        )
    )
