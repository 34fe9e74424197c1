"""Is there room on the disk for what is about to be made? Asked before, so that nobody waits for a refusal.

An estimate, on the large side: a PDF is reckoned at PER_DOCUMENT, uploads at what they are. Where the disk
fills up all the same, making.py says so.
"""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from django.template.defaultfilters import filesizeformat

LEAST = 200 * 1024 * 1024
"""What must be left for everything else that is written meanwhile: notes, above all."""

PER_DOCUMENT = 200 * 1024

FULL = (errno.ENOSPC, errno.EDQUOT)


class NoRoom(Exception):
    """What is to be made does not fit. Its words say how much is missing, and nothing of a patient."""


def check(folder: Path, *, documents: int, uploads: int) -> None:
    """Raises NoRoom where so many documents and bytes of uploads would leave less than LEAST."""
    needed, free = LEAST + documents * PER_DOCUMENT + uploads, shutil.disk_usage(folder).free
    if free < needed:
        raise NoRoom(f"about {filesizeformat(needed)} are needed and {filesizeformat(free)} are free")
