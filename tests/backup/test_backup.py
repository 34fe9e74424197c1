"""A backup is whole or it is none; it goes into an empty place only, and what comes back verifies.

Each step is a process of its own with a database of its own, as it is for whoever runs the commands.
"""

import json
import os
import sqlite3
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]


class Place:
    """A database and the folders beside it, as the environment names them."""

    def __init__(self, folder, server=""):
        self.folder = folder
        folder.mkdir()
        if server:
            import psycopg

            name = f"midline_backup_{uuid.uuid4().hex}"
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{name}"')
            self.url = server.rsplit("/", 1)[0] + f"/{name}"
        else:
            self.url = f"sqlite:///{folder / 'midline.sqlite3'}"

    def manage(self, *arguments, demo=True, ok=True):
        names = ("SECRET_KEY", "ALLOWED_HOSTS", "MIDLINE_DEMO", "DATABASE_URL")
        environment = {name: value for name, value in os.environ.items() if name not in names}
        environment |= {
            "DATABASE_URL": self.url,
            "DEBUG": "on",
            "DOCUMENTS_DIR": str(self.folder / "documents"),
            "MEDIA_DIR": str(self.folder / "media"),
            "LEDGER_KEY_FILE": str(self.folder / "key.json"),
            "LEDGER_CHECKPOINT_FILE": str(self.folder / "checkpoints.jsonl"),
        }
        if demo:
            environment["MIDLINE_DEMO"] = "on"
        ended = subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert (ended.returncode == 0) == ok, ended.stdout + ended.stderr
        return ended.stdout + ended.stderr


def server():
    """The PostgreSQL that these tests run on, or "" on SQLite."""
    database = settings.DATABASES["default"]
    return os.environ["DATABASE_URL"] if "postgresql" in database["ENGINE"] else ""


@pytest.fixture(scope="module")
def clinic_with_backup(tmp_path_factory):
    """A demo clinic with an uploaded file, its witness, and a backup of it."""
    place = Place(tmp_path_factory.mktemp("backup") / "clinic", server())
    place.manage("migrate", "--verbosity", "0")
    place.manage("demo")
    place.manage("checkpoint_ledger", "--make-key")
    place.manage("checkpoint_ledger")
    (place.folder / "media" / "ab").mkdir(parents=True)
    (place.folder / "media" / "ab" / "abc").write_bytes(b"a fax")
    said = place.manage("backup", place.folder / "backups")
    return place, Path(said.splitlines()[0])


def restored(clinic_with_backup, folder):
    clinic, backup = clinic_with_backup
    place = Place(folder, server())
    said = place.manage("restore", backup, "--checkpoint", clinic.folder / "checkpoints.jsonl")
    return place, said


def test_what_comes_back_is_what_was_backed_up_and_its_ledger_is_witnessed(clinic_with_backup, tmp_path):
    place, said = restored(clinic_with_backup, tmp_path / "new")
    _, backup = clinic_with_backup
    manifest = json.loads((backup / "manifest.json").read_text())
    assert "TAMPERED" not in said and "TRUNCATED" not in said
    assert "witnesses it up to entry" in said
    steps = (
        "Files and database put back in",
        "Rows and ends of chains compared in",
        "Migrated in",
        "Ledger verified in",
    )
    assert all(step in said for step in steps)
    assert f"{sum(manifest['rows'].values())} rows" in said
    assert (place.folder / "media" / "ab" / "abc").read_bytes() == b"a fax"
    assert manifest["rows"]["ledger_ledgerentry"] > 10


def test_nothing_is_restored_over_a_database_with_people_in_it(clinic_with_backup):
    clinic, backup = clinic_with_backup
    assert "nothing is ever overwritten" in clinic.manage("restore", backup, ok=False)


def test_a_demo_clinic_never_becomes_a_real_one(clinic_with_backup, tmp_path):
    _, backup = clinic_with_backup
    assert "demo" in Place(tmp_path / "real", server()).manage("restore", backup, demo=False, ok=False)


@pytest.mark.parametrize("part", ["database", "files.tar"])
def test_a_damaged_backup_is_refused_before_anything_is_touched(clinic_with_backup, tmp_path, part):
    _, backup = clinic_with_backup
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in backup.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    damaged = next(path for path in copy.iterdir() if path.name.startswith(part))
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(data)
    place = Place(tmp_path / "new", server())
    assert "changed or damaged" in place.manage("restore", copy, ok=False)
    damaged.unlink()
    assert "is missing" in place.manage("restore", copy, ok=False)
    (copy / "manifest.json").unlink()
    assert "is no backup" in place.manage("restore", copy, ok=False)


def test_old_backups_go_when_asked_and_the_newest_stay(clinic_with_backup):
    clinic, _ = clinic_with_backup
    into = clinic.folder / "nightly"
    said = ""
    for _ in range(3):
        said = clinic.manage("backup", into, "--keep", 2)
    assert len(list(into.iterdir())) == 2
    assert "Removed the older" in said
    assert "at least 1" in clinic.manage("backup", into, "--keep", 0, ok=False)


def test_a_backup_is_readable_by_its_owner_alone(clinic_with_backup):
    _, backup = clinic_with_backup
    assert oct(backup.stat().st_mode & 0o777) == "0o700"
    assert {oct(path.stat().st_mode & 0o777) for path in backup.iterdir()} == {"0o600"}


@pytest.mark.sqlite
def test_a_record_that_was_changed_before_the_backup_is_found_when_it_comes_back(
    clinic_with_backup, tmp_path
):
    clinic, _ = clinic_with_backup
    place, _ = restored(clinic_with_backup, tmp_path / "first")
    with sqlite3.connect(place.folder / "midline.sqlite3") as connection:
        connection.execute("DROP TRIGGER ledger_ledgerentry_refuses_update")
        connection.execute("UPDATE ledger_ledgerentry SET payload = replace(payload, 'a', 'b') WHERE seq = 3")
    again = Path(place.manage("backup", place.folder / "backups").splitlines()[0])
    said = Place(tmp_path / "second").manage(
        "restore", again, "--checkpoint", clinic.folder / "checkpoints.jsonl", ok=False
    )
    assert "TAMPERED" in said


@pytest.mark.postgres
def test_the_record_moves_from_sqlite_to_postgresql_and_still_verifies(tmp_path):
    old = Place(tmp_path / "old")
    old.manage("migrate", "--verbosity", "0")
    old.manage("demo")
    new = Place(tmp_path / "new", server())
    said = old.manage("move_database", "--to", new.url)
    assert "rows moved; the ledger there is" in said
    assert "tampered" not in said and "truncated" not in said
    assert "ever overwritten" in old.manage("move_database", "--to", new.url, ok=False)
    # What was moved goes on: a row that is added takes the next number, and the record is whole.
    assert "rows" in new.manage("backup", new.folder / "backups")


def test_an_address_that_cannot_be_read_is_not_repeated(tmp_path):
    said = Place(tmp_path / "old", server()).manage("move_database", "--to", "nothing://x:hush@y", ok=False)
    assert "cannot be read" in said
    assert "hush" not in said
