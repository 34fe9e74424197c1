"""Ledger rows as the bytes that the database holds.

A verifier may not read through the ORM: it would correct what it should find
(a UUID in capitals), or stop at it (text that is not UTF-8).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple
from uuid import UUID

from django.db import connections

COLUMNS = (
    "clinic",
    "seq",
    "kind",
    "document",
    "document_type",
    "ref_hash",
    "recorded_at",
    "payload",
    "salt",
    "payload_hash",
    "prev_hash",
    "hash",
    "alg",
)
UUIDS = ("clinic", "document")


class Row(NamedTuple):
    """One entry, each column as bytes. UUIDs are in the form that is hashed, when they are UUIDs."""

    clinic: bytes
    seq: bytes
    kind: bytes
    document: bytes
    document_type: bytes
    ref_hash: bytes
    recorded_at: bytes
    payload: bytes
    salt: bytes
    payload_hash: bytes
    prev_hash: bytes
    hash: bytes
    alg: bytes

    @property
    def number(self) -> int | None:
        """`seq` as a number; None when it is not one as we write them."""
        return number_of(self.seq)


def number_of(seq: bytes) -> int | None:
    if seq.isdigit() and not seq.startswith(b"0"):
        return int(seq)
    return None


def dashed(plain: bytes) -> bytes:
    """A UUID as SQLite keeps it, in the form that is hashed. Letters are left as they are."""
    if len(plain) != 32:
        return plain
    return b"-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))


def is_uuid(text: str) -> bool:
    """A clinic that somebody wrote into the tables by hand may be anything."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def clinics(using: str) -> list[str]:
    """Every clinic that has entries or a head, as text."""
    found = set()
    sql = {
        "sqlite": "SELECT DISTINCT CAST(clinic AS BLOB) FROM {}",
        "postgresql": "SELECT DISTINCT clinic::text FROM {}",
    }[connections[using].vendor]
    with connections[using].cursor() as cursor:
        for table in ("ledger_ledgerentry", "ledger_chainhead"):
            cursor.execute(sql.format(table))
            found |= {_bytes(row[0]) for row in cursor.fetchall()}
    return sorted(dashed(clinic).decode(errors="replace") for clinic in found)


def entries(
    clinic: str,
    using: str,
    *,
    after: int = 0,
    signing: Collection[str] = (),
    amending: Collection[str] = (),
) -> Iterator[Row]:
    """The clinic's entries in order, as a stream. `signing` document types: only their signatures;
    `amending`: only what was said about them later."""
    connection = connections[using]
    where = "clinic = %s AND seq > %s"
    values: list[str | int] = [_stored(clinic, connection.vendor), after]
    for types, kind in ((signing, "kind = 'sign'"), (amending, "kind <> 'sign'")):
        if types:
            where += f" AND {kind} AND document_type IN ({', '.join(['%s'] * len(types))})"
            values += map(str, types)
    cast = "CAST({} AS BLOB)" if connection.vendor == "sqlite" else "{}::text"
    columns = ", ".join(cast.format(column) for column in COLUMNS)
    with connection.chunked_cursor() as cursor:
        # The table's own seq, since PostgreSQL would sort by the text that is selected under that name.
        cursor.execute(
            f"SELECT {columns} FROM ledger_ledgerentry WHERE {where} ORDER BY ledger_ledgerentry.seq",  # noqa: S608
            values,
        )
        is_sqlite = connection.vendor == "sqlite"
        while many := cursor.fetchmany(500):
            for found in many:
                if is_sqlite and None not in found:
                    of, seq, kind, document, *rest = found
                    yield Row(dashed(of), seq, kind, dashed(document), *rest)
                else:
                    yield Row(*map(_bytes, found))


def head(clinic: str, using: str) -> tuple[int, str]:
    """What the clinic's head says: the last number and its hash. (0, "") without one."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, hash FROM ledger_chainhead WHERE clinic = %s",
            [_stored(clinic, connection.vendor)],
        )
        row = cursor.fetchone()
    return (int(row[0]), str(row[1])) if row else (0, "")


def _stored(clinic: str, vendor: str) -> str:
    return clinic.replace("-", "") if vendor == "sqlite" else clinic


def _bytes(value) -> bytes:
    if value is None:
        return b""
    return value.encode() if isinstance(value, str) else bytes(value)
