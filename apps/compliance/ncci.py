"""Pairs of codes that need a modifier to be billed on one day. The pairs are in data/ncci.toml."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

from .editions import Edition, edition
from .timeline import table

# 59, and the X modifiers that say more exactly why a service was separate.
SEPARATE = frozenset({"59", "XE", "XP", "XS", "XU"})

# Medicare and the programs that use its edits. Whether others do is a matter of the plan.
PAYERS = frozenset({"medicare_b", "medicare_advantage", "uhc_advantage", "medicaid", "tricare"})

# Our file of pairs starts on this day; nothing can be said of a day before it.
FIRST_DAY = date(2024, 7, 1)

_Rows = tuple[tuple[date, frozenset[str]], ...]


def pairs_edition() -> Edition:
    return edition("ncci")


@cache
def _pairs(indicator: int) -> dict[str, _Rows]:
    """Column 2 code -> (first day, column 1 codes), of the pairs with this indicator."""
    found: dict[str, list[tuple[date, frozenset[str]]]] = {}
    for row in table("ncci")["pairs"]:
        if row["indicator"] == indicator:
            for code in row["column_2"]:
                found.setdefault(code, []).append((row["from"], frozenset(row["column_1"])))
    return {code: tuple(rows) for code, rows in found.items()}


def _column_1(rows: _Rows, charted: Iterable[str], day: date) -> tuple[str, ...]:
    if not rows:
        return ()
    others = set(charted)
    return tuple(
        sorted(partner for starts_on, codes in rows if starts_on <= day for partner in codes & others)
    )


def partners(code: str, charted: Iterable[str], day: date) -> tuple[str, ...]:
    """The charted column 1 codes beside which `code` needs 59 or an X modifier."""
    return _column_1(_pairs(1).get(code, ()), charted, day)


def never_with(code: str, charted: Iterable[str], day: date) -> tuple[str, ...]:
    """The charted column 1 codes beside which `code` is never paid, whatever the modifier."""
    return _column_1(_pairs(0).get(code, ()), charted, day)


def belongs_on(code: str, charted: Iterable[str], day: date) -> tuple[str, ...]:
    """The charted codes that carry the modifier in a pair whose column 1 code is `code`."""
    return tuple(sorted({other for other in charted if code in partners(other, (code,), day)}))
