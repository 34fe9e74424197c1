"""Appending to a clinic's chain, and reading what was appended.

The byte format, version `midline-ledger-v1`:

    payload_hash = SHA-256(salt bytes ‖ payload bytes)
    hash         = SHA-256 over alg, clinic, seq, kind, document, document_type,
                   ref_hash, recorded_at, prev_hash, payload_hash,
                   each as UTF-8 behind its length (8 bytes, big-endian)

`payload_hash` stands in the payload's place, so an entry whose payload a court
orders removed still carries its link of the chain.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from typing import Any
from uuid import UUID

import rfc8785
from django.db import transaction

from apps.audit import clock
from apps.audit.refused import Refused

from . import followers, last_checkpoint
from .models import ChainHead, LedgerEntry

ALG = "midline-ledger-v1"
FIRST = "0" * 64


def canonical(payload: dict[str, Any]) -> bytes:
    """The RFC 8785 bytes of a payload: what is hashed, stored and shown before signing."""
    return rfc8785.dumps(payload)


def digest(payload: bytes) -> str:
    """Hexadecimal SHA-256 of canonical bytes: what a signer's page carries as `preview`."""
    return hashlib.sha256(payload).hexdigest()


def payload_hash(*, salt: str, payload: bytes) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + payload).hexdigest()


def entry_hash(entry: LedgerEntry) -> str:
    """The hash that an entry's own fields give."""
    fields = (
        entry.alg,
        str(entry.clinic),
        str(entry.seq),
        entry.kind,
        str(entry.document),
        entry.document_type,
        entry.ref_hash,
        entry.recorded_at,
        entry.prev_hash,
        entry.payload_hash,
    )
    total = hashlib.sha256()
    for field in fields:
        data = field.encode()
        total.update(struct.pack(">Q", len(data)) + data)
    return total.hexdigest()


def lock_head(clinic: UUID) -> ChainHead:
    """The clinic's chain head, locked until the transaction ends.

    A row that exists is locked: "the last entry, for update" lets two
    transactions both see the same last entry.
    """
    ChainHead.objects.get_or_create(clinic=clinic)
    return ChainHead.objects.select_for_update().get(clinic=clinic)


@transaction.atomic
def append(
    *,
    clinic: UUID,
    kind: str,
    document: UUID,
    document_type: str,
    payload: dict[str, Any],
    ref_hash: str = "",
) -> LedgerEntry:
    """Append one entry at the end of the clinic's chain, with the clinic's last checkpoint in its payload.

    Raises Refused when the clock stands before the last entry: a record
    dated before words that precede it would be doubted, and rightly.
    """
    head = lock_head(clinic)
    recorded_at = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    if recorded_at < head.recorded_at:
        raise Refused(
            "The server's clock stands before the last signature. Nothing was signed; "
            "ask whoever runs the server to set its time, then sign again."
        )
    data = canonical({**payload, last_checkpoint.KEY: last_checkpoint.of(clinic)})
    salt = secrets.token_hex(16)
    entry = LedgerEntry(
        clinic=clinic,
        seq=head.seq + 1,
        kind=kind,
        document=document,
        document_type=document_type,
        ref_hash=ref_hash,
        recorded_at=recorded_at,
        payload=data.decode(),
        salt=salt,
        payload_hash=payload_hash(salt=salt, payload=data),
        prev_hash=head.hash,
        alg=ALG,
    )
    entry.hash = entry_hash(entry)
    entry.save(force_insert=True)
    head.seq, head.hash, head.recorded_at = entry.seq, entry.hash, recorded_at
    head.save(update_fields=["seq", "hash", "recorded_at"])
    followers.tell_after_commit(entry)
    return entry


def read(entry: LedgerEntry) -> dict[str, Any]:
    """The payload of an entry as plain values."""
    return json.loads(entry.payload)


def is_intact(entry: LedgerEntry) -> bool:
    """Do the entry's words and fields still give its hashes?"""
    given = payload_hash(salt=entry.salt, payload=entry.payload.encode())
    return given == entry.payload_hash and entry_hash(entry) == entry.hash
