"""From the first migrations to the present: with data, forward, and no word or trigger is lost on the way."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from django.conf import settings

from tests import upgrading

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def empty_database(tmp_path):
    if "postgresql" not in settings.DATABASES["default"]["ENGINE"]:
        yield f"sqlite:///{tmp_path / 'old.sqlite3'}"
        return
    import psycopg

    server, name = os.environ["DATABASE_URL"], f"midline_upgrade_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield server.rsplit("/", 1)[0] + f"/{name}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_a_database_of_the_first_release_is_upgraded_without_losing_a_row_a_trigger_or_a_byte(empty_database):
    environment = {**os.environ, "DATABASE_URL": empty_database, "DEBUG": "on"}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    done = subprocess.run(
        [sys.executable, "-m", "tests.upgrading"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    before, after = found["before"], found["after"]
    assert len(found["rows"]) > 25
    assert {label: number for label, number in found["kept"].items() if number < 1} == {}
    assert len(before["triggers"]) >= 4
    assert set(before["triggers"]) <= set(after["triggers"])
    assert found["missing"] == []
    assert after["payloads"] == before["payloads"] == [upgrading.PAYLOAD.encode().hex()]
