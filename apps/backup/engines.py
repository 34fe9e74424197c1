"""The database's own tools: a consistent copy of it into a file, and that file into an empty database.

SQLite copies through its online backup, in one step that readers and writers do not wait for. PostgreSQL
through pg_dump, on the snapshot in which the rows were counted. Neither stops anybody from charting.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

from django.db import connections, transaction

from . import contents


class Trouble(Exception):
    """A copy could not be made or put back; the message says why and what to do."""


FILES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}


def dump(using: str, folder: Path) -> dict[str, Any]:
    """Copy the database into `folder`; what stands in the copy, for its manifest."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        return _dump_sqlite(using, folder / FILES["sqlite"])
    return _dump_postgresql(using, folder / FILES["postgresql"])


def _dump_sqlite(using: str, copy: Path) -> dict[str, Any]:
    connections[using].ensure_connection()
    live = connections[using].connection
    with sqlite3.connect(copy) as target:
        live.backup(target)
        # One file, without a log beside it that could be forgotten when it is carried away.
        target.execute("PRAGMA journal_mode=DELETE")
        broken = [row[0] for row in target.execute("PRAGMA integrity_check") if row[0] != "ok"]
    target.close()
    if broken:
        raise Trouble(f"The copy is damaged: {broken[0]}. The disk may be failing; keep the older backups.")
    alias = f"{using}_copy"
    # Counted in the copy: the clinic went on charting meanwhile.
    connections.databases[alias] = {**connections.databases[using], "NAME": copy}
    connections.databases[alias]["OPTIONS"] = {}
    try:
        return _facts(alias)
    finally:
        connections[alias].close()
        del connections.databases[alias], connections[alias]


def _dump_postgresql(using: str, copy: Path) -> dict[str, Any]:
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        facts = _facts(using)
        _run(
            using,
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={snapshot}",
            f"--file={copy}",
        )
    return facts


def _facts(using: str) -> dict[str, Any]:
    return {
        "rows": contents.rows(using),
        "heads": contents.heads(using),
        "migrations": contents.migrations(using),
    }


def load(using: str, folder: Path) -> None:
    """Put the copy in `folder` into the database `using`, which holds nobody yet. Raises Trouble."""
    connection = connections[using]
    copy = folder / FILES[connection.vendor]
    if not copy.exists():
        other = next((vendor for vendor, name in FILES.items() if (folder / name).exists()), "no database")
        raise Trouble(
            f"This backup is of {other}, and DATABASE_URL names {connection.vendor}. Restore it into a "
            "database of its own kind, then move it with manage.py move_database."
        )
    if connection.vendor == "sqlite":
        _load_sqlite(using, copy)
    else:
        _run(
            using,
            "pg_restore",
            "--no-owner",
            "--no-privileges",
            "--exit-on-error",
            "--clean",
            "--if-exists",
            str(copy),
        )


def _load_sqlite(using: str, copy: Path) -> None:
    connection = connections[using]
    connection.ensure_connection()
    with sqlite3.connect(f"file:{copy}?mode=ro", uri=True) as source:
        source.backup(connection.connection)
    source.close()
    # What the connection is told when it opens, journal_mode among it, is told again to the new content.
    connection.close()


def _run(using: str, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on `using`. The password stays out of the list of processes."""
    if shutil.which(program) is None:
        raise Trouble(f"{program} is not installed here (Debian: sudo apt-get install -y postgresql-client).")
    settings = connections[using].settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    environment = {**os.environ, "PGDATABASE": settings["NAME"]}
    environment |= {name: str(settings[key]) for name, key in names.items() if settings.get(key)}
    if program == "pg_restore":
        arguments = (f"--dbname={settings['NAME']}", *arguments)
    ended = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True)  # noqa: S603
    if ended.returncode:
        said = ended.stderr.strip().splitlines()
        raise Trouble(f"{program} failed: {said[-1] if said else f'status {ended.returncode}'}")
