"""The phrases that Midline brings: frames with blanks, by what they are for. See data/phrases.toml.

What people save is in saved_phrases.py. A frame says nothing until somebody fills it, and a blank that is
left stops the signature (NOT521).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "phrases.toml"

KINDS = {"deficit": "Deficit", "task": "Task", "cue": "Cue", "response": "Response"}

KIND_OF = {
    "deficit": "deficit",
    "limits": "deficit",
    "activity": "task",
    "description": "task",
    "action": "cue",
    "error": "cue",
    "seen": "cue",
    "response": "response",
    "progression": "response",
}
"""The last part of a field's name → the phrases that are offered in it. Every other field is offered all."""


@dataclass(frozen=True)
class Phrase:
    id: str
    kind: str
    words: str
    whose: str = ""
    """yours, clinic, or "" for those that Midline brings."""

    @property
    def kind_label(self) -> str:
        return KINDS[self.kind]


@cache
def shipped() -> tuple[Phrase, ...]:
    table = tomllib.loads(DATA.read_text(encoding="utf-8"))
    return tuple(
        Phrase(f"phrase-{kind}-{number}", kind, words)
        for kind in KINDS
        for number, words in enumerate(table[kind], start=1)
    )


def kind_of(path: str) -> str:
    """What a field's phrases are for; "" where all are offered."""
    return KIND_OF.get(path.rpartition(".")[2], "")
