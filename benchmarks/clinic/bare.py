"""Tables without what can be built from their rows, while rows are poured into them.

Every row that is added to an index of random ids writes another page of it, and a million notes have forty
million rows. Built at the end an index is sorted once, and a foreign key compares two tables once. Unique
indexes, triggers and every other constraint stay in place throughout.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.db import IntegrityError, connection

PLAIN_INDEXES = {
    "sqlite": "SELECT char(34) || name || char(34), sql FROM sqlite_master"
    " WHERE type = 'index' AND sql NOT LIKE 'CREATE UNIQUE%'",
    "postgresql": "SELECT c.oid::regclass::text, pg_get_indexdef(c.oid) FROM pg_class c"
    " JOIN pg_index i ON i.indexrelid = c.oid"
    " WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisunique"
    " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = c.oid)",
}
"""Which index, and the statement that makes it."""
FOREIGN_KEYS = (
    "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
)
QUICKLY = {
    # Nothing here is worth keeping if the machine stops: whoever pours begins again.
    "sqlite": (
        "PRAGMA synchronous = OFF",
        "PRAGMA foreign_keys = OFF",
        "PRAGMA cache_size = -4000000",
        "PRAGMA wal_autocheckpoint = 200000",
    ),
    "postgresql": ("SET synchronous_commit = off", "SET maintenance_work_mem = '1GB'"),
}
AS_BEFORE = {
    "sqlite": (
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "PRAGMA wal_autocheckpoint = 1000",
        "PRAGMA cache_size = -2000",
        "PRAGMA foreign_keys = ON",
        "PRAGMA synchronous = FULL",
    ),
    "postgresql": ("RESET synchronous_commit", "RESET maintenance_work_mem"),
}


@contextlib.contextmanager
def tables() -> Iterator[None]:
    """No plain index and no foreign key until the end, when each is built or compared.

    To be entered outside a transaction. Raises IntegrityError where a row names another that is not there.
    """
    vendor = connection.vendor
    indexes = asked(PLAIN_INDEXES[vendor])
    keys = asked(FOREIGN_KEYS) if vendor == "postgresql" else []
    do(QUICKLY[vendor])
    try:
        do(f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, name, _ in keys)
        do(f"DROP INDEX {name}" for name, _ in indexes)
        yield
        do(make for _, make in indexes)
        do(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}" for table, name, definition in keys)
        if vendor == "sqlite" and (found := asked("PRAGMA foreign_key_check")):
            raise IntegrityError(
                f"{len(found)} rows name another that is not there, the first in {found[0][0]}"
            )
    finally:
        do(AS_BEFORE[vendor])


def asked(query: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def do(statements) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
