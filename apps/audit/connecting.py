"""What each connection to PostgreSQL begins with."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper


def begin(connection: BaseDatabaseWrapper, **signal: object) -> None:
    """No compiling of queries: those of a page take milliseconds, and to compile one took up to half a second
    where a clinic has a million notes. Said here and not in the address, which a pool would refuse.
    """
    if connection.vendor == "postgresql":
        connection.connection.execute("SET jit = off")
