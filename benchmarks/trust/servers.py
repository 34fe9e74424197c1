"""Databases for the checks: files of SQLite, and a PostgreSQL that waits for the disk as a clinic's does."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

ENGINES = ("sqlite", "postgresql")


class NoServer(Exception):
    """PostgreSQL is not installed here."""


def programs() -> Path:
    """Where PostgreSQL's own programs are."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        raise NoServer("PostgreSQL is not installed (sudo apt-get install -y postgresql)")
    return (found[-1] if found else Path(on_path or "")).parent


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """The address of a server with no port, gone afterwards. Its settings are the stock ones: durable."""
    where = programs()
    with tempfile.TemporaryDirectory(prefix="midline-trust-pg-") as scratch:
        owner = "postgres" if os.geteuid() == 0 else ""
        as_owner = ["runuser", "-u", owner, "--"] if owner else []
        if owner:  # PostgreSQL refuses to run as root
            os.chown(scratch, pwd.getpwnam(owner).pw_uid, -1)
        data, socket = f"{scratch}/data", quote(scratch, safe="")
        control = [*as_owner, str(where / "pg_ctl"), "-D", data]

        def call(*command: str) -> None:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)

        initdb = [*as_owner, str(where / "initdb"), "-D", data, "-U", "midline", "--auth=trust", "-E", "UTF8"]
        call(*initdb, "--locale=C")
        options = f"-c listen_addresses='' -c unix_socket_directories='{scratch}'"
        call(*control, "-w", "-l", f"{scratch}/log", "-o", options, "start")
        try:
            yield f"postgres://midline@{socket}/postgres"
        finally:
            call(*control, "-m", "immediate", "stop")


@contextlib.contextmanager
def database(server: str, like: str = "") -> Iterator[str]:
    """The address of a database on the PostgreSQL `server`, or for "" a file of SQLite: empty, or a copy of
    the one at the address `like`, to which nobody is connected.
    """
    if not server:
        with tempfile.TemporaryDirectory(prefix="midline-trust-") as folder:
            place = f"{folder}/trust.sqlite3"
            if like:
                shutil.copyfile(like.removeprefix("sqlite:///"), place)
            yield f"sqlite:///{place}"
        return
    import psycopg

    name, template = f"trust_{uuid.uuid4().hex}", like.rpartition("/")[2] or "template1"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield f"{server.rsplit('/', 1)[0]}/{name}"
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
