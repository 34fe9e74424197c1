"""Billing codes with our own short labels. The numbers are in data/codes.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from .timeline import table

NEUROMUSCULAR = "97112"

RE_EVALUATIONS = frozenset({"97164", "97168"})
EVALUATIONS = RE_EVALUATIONS | {"97161", "97162", "97163", "97165", "97166", "97167"}


@dataclass(frozen=True, slots=True)
class Code:
    """A billing code. `quarter_hour` codes are counted by units.py; other timed codes are not."""

    code: str
    label: str
    group: str  # heading in the picker
    timed: bool
    quarter_hour: bool
    disciplines: tuple[str, ...]
    source: str
    text_verified: bool
    verified_on: date | None = None
    refused_by: Mapping[str, str] = field(default_factory=dict)  # payer family -> code used instead

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


@cache
def _codes() -> dict[str, Code]:
    return {
        code: Code(code=code, **{**row, "disciplines": tuple(row["disciplines"])})
        for code, row in table("codes").items()
    }


def get(code: str) -> Code | None:
    return _codes().get(code)


def all() -> tuple[Code, ...]:
    """Every code in the order of a picker: 97112 first, then timed, evaluations, untimed."""
    return tuple(_codes().values())


def for_discipline(discipline: str) -> tuple[Code, ...]:
    """The codes that a PT or an OT charts, in the order of a picker."""
    return tuple(code for code in all() if discipline in code.disciplines)


def label(code: str) -> str:
    """Our label, or "" for a code that we do not know."""
    known = get(code)
    return known.label if known else ""


def counts_by_quarter_hour(code: str) -> bool:
    known = get(code)
    return known is not None and known.quarter_hour
