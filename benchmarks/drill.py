"""A backup that nobody has restored is none: one is made of a grown clinic, and put back into a new database.

    make drill                            10,000 notes, on SQLite and on a PostgreSQL made for this
    make drill DRILL="--notes 500 --only sqlite"

`manage.py backup` copies while the database is in use; `manage.py restore` puts the copy into an empty
database, compares every table's rows and each chain's end with the manifest, migrates, and verifies the
ledger against the checkpoints outside. Each prints its steps with their times. Exits with 1 where something
is missing, and where dump and restore together took longer than `LONGEST` for 10,000 notes.

What stands on SQLite is then moved to the PostgreSQL too, by `manage.py move_database`, and verified.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .trust import servers

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 120


class Place:
    """A database and the folders beside it, as the environment of whoever runs the commands names them."""

    def __init__(self, address: str, folder: Path, witness: Path):
        self.witness = witness
        self.settings = {
            "DATABASE_URL": address,
            "DEBUG": "on",
            "MIDLINE_DEMO": "on",
            "DOCUMENTS_DIR": str(folder / "documents"),
            "MEDIA_DIR": str(folder / "media"),
            "LEDGER_KEY_FILE": str(witness / "key.json"),
            "LEDGER_CHECKPOINT_FILE": str(witness / "checkpoints.jsonl"),
        }

    def run(self, *command: str) -> str:
        """What a program of ours said, which is printed too. Raises CalledProcessError where it failed."""
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env={**os.environ, **self.settings},
            stdout=subprocess.PIPE,
            text=True,
        )
        for line in done.stdout.splitlines():
            print(f"    {line}")
        done.check_returncode()
        return done.stdout


@contextlib.contextmanager
def step(what: str) -> Iterator[None]:
    print(what, flush=True)
    begun = time.monotonic()
    yield
    print(f"    {time.monotonic() - begun:.1f} s", flush=True)


@dataclass
class Drilled:
    """What a drill came to: seconds from the first byte of the backup to a verified copy of it."""

    rows: str
    seconds: float


def drill(old: Place, server: str, scratch: Path, *, moved_to: str = "") -> Drilled:
    """Back up, restore into a new database, move to another where one is named. Raises where it failed."""
    begun = time.monotonic()
    with step("Backup"):
        made, counts = old.run("manage.py", "backup", str(scratch / "backups")).splitlines()[:2]
    with servers.database(server) as address:
        new = Place(address, scratch / "new", old.witness)
        with step("Restored into a new database, compared, migrated, verified"):
            new.run("manage.py", "restore", made)
    seconds = time.monotonic() - begun
    if moved_to:
        with servers.database(moved_to) as address, step("Moved to PostgreSQL, compared, verified"):
            old.run("manage.py", "move_database", "--to", address)
    return Drilled(counts.split()[0], seconds)


def of_a_grown_clinic(server: str, notes: int, *, moved_to: str = "") -> Drilled:
    with tempfile.TemporaryDirectory(prefix="midline-drill-") as scratch, servers.database(server) as address:
        folder = Path(scratch)
        old = Place(address, folder / "old", folder / "witness")
        with step(f"A clinic of {notes} signed notes"):
            old.run("-m", "benchmarks.clinic", str(notes), "--witness", str(old.witness))
        return drill(old, server, folder, moved_to=moved_to)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.drill", description=__doc__)
    parser.add_argument("--notes", type=int, default=10_000)
    parser.add_argument("--only", choices=servers.ENGINES)
    asked = parser.parse_args()
    late = False
    with contextlib.ExitStack() as stack:
        engines = {"sqlite": ""}
        if asked.only != "sqlite":
            engines["postgresql"] = os.environ.get("TEST_POSTGRES_URL") or stack.enter_context(
                servers.postgresql()
            )
        for engine, server in engines.items():
            if asked.only in (None, engine):
                print(f"== {engine} ==")
                try:
                    moved_to = "" if server else engines.get("postgresql", "")
                    found = of_a_grown_clinic(server, asked.notes, moved_to=moved_to)
                except subprocess.CalledProcessError as problem:
                    print(f"FAILED: {' '.join(problem.cmd[1:3])} ended with status {problem.returncode}.")
                    return 1
                late |= found.seconds > LONGEST * max(asked.notes / 10_000, 1)
                print(f"{engine}: {found.rows} rows dumped, restored and verified in {found.seconds:.0f} s.")
    if late:
        print(f"TOO SLOW: more than {LONGEST} s for 10,000 notes.")
    return int(late)


if __name__ == "__main__":
    sys.exit(main())
