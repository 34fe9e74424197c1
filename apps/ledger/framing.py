"""The one way in which the ledger turns fields into bytes to hash or to sign.

Each field stands behind its length, so that "ab" + "c" and "a" + "bc" differ.
docs/ledger.md describes the format for those who verify without this code.
"""

from __future__ import annotations

import hashlib


def framed(*fields: bytes) -> bytes:
    """Every field behind its length: 8 bytes, big-endian."""
    return b"".join([part for field in fields for part in (len(field).to_bytes(8, "big"), field)])


def framed_text(*fields: str | int) -> bytes:
    return framed(*(str(field).encode() for field in fields))


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
