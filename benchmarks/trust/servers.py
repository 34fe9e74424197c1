"""Databases for the checks: files of SQLite, and a PostgreSQL that waits for the disk as a clinic's does."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

ENGINES = ("sqlite", "postgresql")


ROOT = Path(__file__).resolve().parent.parent.parent
OWNER = "postgres"
OWNED = {
    "TABLE": "SELECT oid::regclass::text FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
    "FUNCTION": "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
}
"""What belongs to whoever migrates. A sequence goes with its table."""


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
    with tempfile.TemporaryDirectory(prefix="midline-trust-pg-") as scratch:
        if os.geteuid() == 0:
            os.chown(scratch, pwd.getpwnam(OWNER).pw_uid, -1)
        call("initdb", "-D", f"{scratch}/data", "-U", "midline", "--auth=trust", "-E", "UTF8", "--locale=C")
        start(scratch)
        try:
            yield f"postgres://midline@{quote(scratch, safe='')}/postgres"
        finally:
            call("pg_ctl", "-D", f"{scratch}/data", "-m", "immediate", "stop")


def call(program: str, *arguments: str) -> None:
    # PostgreSQL refuses to run as root.
    as_owner = ["runuser", "-u", OWNER, "--"] if os.geteuid() == 0 else []
    command = [*as_owner, str(programs() / program), *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def start(scratch: str) -> None:
    options = f"-c listen_addresses='' -c unix_socket_directories='{scratch}'"
    call("pg_ctl", "-D", f"{scratch}/data", "-w", "-l", f"{scratch}/log", "-o", options, "start")


def crash(address: str) -> None:
    """Kill the server of `postgresql()` without warning, and start it again."""
    scratch = unquote(address.partition("@")[2].partition("/")[0])
    postmaster = int(Path(f"{scratch}/data/postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    for _ in range(50):
        with contextlib.suppress(subprocess.CalledProcessError):
            # Not before the last of its processes has noticed.
            start(scratch)
            return
        time.sleep(0.2)
    raise RuntimeError("PostgreSQL did not come back.")


def as_a_clinic_has_it(address: str) -> str:
    """The address as the role that serves. On PostgreSQL the tables are another's, and docker/grants.sql says
    what it may do with them; SQLite has no roles.
    """
    if not address.startswith("postgres"):
        return address
    import psycopg

    secrets = {"OWNER_PASSWORD": "of-a-trial", "APP_PASSWORD": "of-a-trial", "POSTGRES_USER": ""}
    roles = {**os.environ, **secrets, "POSTGRES_DB": address}
    subprocess.run(["sh", "docker/roles.sh"], cwd=ROOT, env=roles, check=True, stdout=subprocess.DEVNULL)
    with psycopg.connect(address, autocommit=True) as connection:
        for kind, names in OWNED.items():
            for (name,) in connection.execute(names).fetchall():
                connection.execute(f"ALTER {kind} {name} OWNER TO midline_owner")
    place = address.partition("@")[2]
    grants = [
        "psql",
        "--quiet",
        "--file",
        "docker/grants.sql",
        "--dbname",
        f"postgres://midline_owner@{place}",
    ]
    subprocess.run(grants, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return f"postgres://midline_app@{place}"


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
        # Of a copied sequence the numbers that it is ahead were written to the log of the one it was copied
        # from: a crash before the next checkpoint makes it give numbers again (seen on PostgreSQL 15.18).
        connection.execute("CHECKPOINT")
    try:
        yield f"{server.rsplit('/', 1)[0]}/{name}"
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
