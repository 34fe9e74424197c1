"""The questions of a peer review, by date: data/peer_form.toml."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from apps.compliance.timeline import from_rows

DATA = Path(__file__).parent / "data" / "peer_form.toml"


@dataclass(frozen=True)
class Form:
    questions: tuple[tuple[str, str], ...]
    choices: tuple[tuple[str, str], ...]


@cache
def on(day: dt.date) -> Form:
    known = from_rows(tomllib.loads(DATA.read_text(encoding="utf-8"))["form"])
    entry = known.on(day) or known.entries[0]
    return Form(
        tuple((key, words) for key, words in entry.value["questions"]),
        tuple((key, words) for key, words in entry.value["choices"]),
    )
