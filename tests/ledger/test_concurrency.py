"""Four processes at once: the chain does not fork, a note is signed once, and no save is lost in silence."""

import json
import os
import pathlib
import subprocess
import sys
import uuid
from urllib.parse import quote

import pytest
from django.db import connection

from .race import APPENDS, PROCESSES, ROUNDS, SIGNED_BY_ALL, SIGNED_BY_ONE

# Without the mark pytest-django prepares no database when this file runs alone.
pytestmark = pytest.mark.django_db

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def address(tmp_path_factory, django_db_setup, django_db_blocker):
    """DATABASE_URL of an empty database on the server under test; gone afterwards."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('race')}/race.sqlite3"
        return
    import psycopg

    known = connection.settings_dict
    given = {
        "host": known["HOST"],
        "port": known["PORT"],
        "user": known["USER"],
        "password": known["PASSWORD"],
    }
    given = {key: value for key, value in given.items() if value}
    name = f"race_{uuid.uuid4().hex}"
    with psycopg.connect(dbname="postgres", autocommit=True, **given) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        who = quote(known["USER"], safe="") + (
            f":{quote(known['PASSWORD'], safe='')}" if known["PASSWORD"] else ""
        )
        port = f":{known['PORT']}" if known["PORT"] else ""
        yield f"postgres://{who}@{quote(known['HOST'], safe='')}{port}/{name}"
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def race(address):
    environment = {
        **os.environ,
        "DEBUG": "on",
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "tests.ledger.race"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert [one["errors"] for one in found["done"]] == [[]] * PROCESSES
    return found


def test_the_chain_has_no_gap_and_no_fork(race):
    """Elsewhere (agent-bom PR 4753) forks made 33 of 48 healthy rows look tampered with."""
    added = PROCESSES * APPENDS + SIGNED_BY_ALL + PROCESSES * SIGNED_BY_ONE
    assert race["seqs"] == list(range(1, race["before"] + added + 1))
    hashes = ["0" * 64, *(hash for _, hash in race["links"])]
    assert [previous for previous, _ in race["links"]] == hashes[:-1]
    assert race["intact"]


def test_a_note_that_all_try_to_sign_is_signed_by_one(race):
    for pk in race["shared"]:
        said = [one["signed"][pk] for one in race["done"]]
        assert said.count("signed") == 1
        assert said.count("This note is signed. Signed words never change.") == PROCESSES - 1
        assert race["entries_of"][pk] == 1


def test_every_signature_that_was_acknowledged_is_in_the_ledger(race):
    assert {race["entries_of"][pk] for pk in race["own"]} == {1}


def test_the_same_save_sent_by_all_at_once_is_done_once_and_answered_alike(race):
    for answers in zip(*(one["same"] for one in race["done"]), strict=True):
        assert len(set(answers)) == 1 and answers[0] != "conflict"


def test_of_different_saves_on_one_revision_one_is_kept_and_the_others_are_told(race):
    for answers in zip(*(one["two_windows"] for one in race["done"]), strict=True):
        assert answers.count("conflict") == PROCESSES - 1
    before, after = race["revision"]
    assert after == before + 2 * ROUNDS
