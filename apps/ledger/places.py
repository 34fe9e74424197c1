"""Where the signing key and the file of checkpoints are kept.

LEDGER_KEY_FILE and LEDGER_CHECKPOINT_FILE name them. The demo clinic has its
own under var/, which protects nothing and shows how it works.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings


def key_file() -> Path | None:
    return _place("LEDGER_KEY_FILE", "demo-ledger-key.json")


def checkpoint_file() -> Path | None:
    return _place("LEDGER_CHECKPOINT_FILE", "demo-checkpoints.jsonl")


def _place(name: str, in_the_demo: str) -> Path | None:
    named = getattr(settings, name, None) or os.environ.get(name, "").strip()
    if named:
        return Path(named)
    return settings.VAR_DIR / in_the_demo if settings.DEMO else None
