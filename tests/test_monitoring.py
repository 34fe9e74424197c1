"""What monitoring sees: routes, statuses, verbs and sums, and never a word or an id of a chart."""

import json
import logging
import re

import pytest
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest

from apps.audit import verbs
from apps.review.figures import FromTheDatabase
from config import health
from config.logs import Json, WithRequest
from config.measured import request_id

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}")


@pytest.fixture
def address(clinic, client):
    client.force_login(clinic.tess)
    note = clinic.draft_by(clinic.tess, "stroke")
    return reverse("note", args=[note.pk])


def count(**labels):
    return REGISTRY.get_sample_value("midline_requests_total", labels) or 0


def test_a_request_is_counted_by_its_route_and_its_lines_name_no_note(address, client, clinic, caplog):
    labels = {"route": "note", "method": "GET", "status": "200"}
    before = count(**labels)
    # The logger keeps to itself, so that pytest sees it only where it listens.
    logger = logging.getLogger("midline.requests")
    logger.addHandler(caplog.handler)
    try:
        with caplog.at_level("INFO", "midline.requests"):
            assert client.get(address).status_code == 200
            client.get("/nowhere/Abernathy/")
    finally:
        logger.removeHandler(caplog.handler)
    assert count(**labels) == before + 1
    assert [record.getMessage().rsplit(" ", 2)[0] for record in caplog.records] == [
        "GET note 200",
        "GET none 404",
    ]
    told = generate_latest(REGISTRY).decode() + caplog.text
    assert not ID.search(told)
    for patient in clinic.patients.values():
        assert patient.family_name not in told and patient.mrn not in told


def test_what_is_recorded_is_counted_by_its_verb(address, client):
    client.get(address)
    assert REGISTRY.get_sample_value("midline_events_total", {"verb": verbs.NOTE_OPENED})


def test_a_made_up_method_is_no_label_of_its_own(client):
    client.generic("BREW", "/")
    assert b"BREW" not in generate_latest(REGISTRY)


def test_the_sums_over_the_database_cost_few_queries(clinic, django_assert_num_queries):
    registry = CollectorRegistry()
    registry.register(FromTheDatabase())
    with django_assert_num_queries(3):
        told = generate_latest(registry).decode()
    assert re.search(r"^midline_notes_open \d+\.0$", told, re.M)
    assert "midline_tasks_waiting" in told and "midline_records_not_intact" in told


def test_only_a_failure_tells_its_number_and_a_strange_one_is_not_taken(client, clinic, monkeypatch):
    assert "X-Request-ID" not in client.get("/healthz").headers
    with monkeypatch.context() as broken:
        broken.setattr("django.db.backends.utils.CursorWrapper.execute", _broken)
        answer = client.get("/healthz", headers={"X-Request-ID": "from-the-proxy-1"})
        assert answer.status_code == 503 and answer["X-Request-ID"] == "from-the-proxy-1"
        answer = client.get("/healthz", headers={"X-Request-ID": "Abernathy, Daniel"})
    assert re.fullmatch(r"[0-9a-f]{32}", answer["X-Request-ID"])


def _broken(*args, **kwargs):
    raise OperationalError("gone")


def test_it_is_ready_once_every_migration_is_there(client, db, monkeypatch):
    monkeypatch.setattr(health, "_is_migrated", False)
    MigrationRecorder.Migration.objects.filter(app="notes").order_by("-id").first().delete()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"migrations are waiting")


def test_it_says_ready_when_they_are(client, db, monkeypatch):
    monkeypatch.setattr(health, "_is_migrated", False)
    assert client.get("/readyz").content == b"ready"
    with monkeypatch.context() as broken:
        broken.setattr("django.db.backends.utils.CursorWrapper.execute", _broken)
        assert client.get("/readyz").status_code == 503


def test_a_process_that_was_told_to_stop_is_given_nothing_new_and_still_serves(
    client, db, settings, tmp_path
):
    settings.STOPPING_FILE = str(tmp_path / "stopping")
    assert client.get("/readyz").status_code == 200
    (tmp_path / "stopping").touch()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"stopping")
    assert client.get("/healthz").status_code == 200


def test_a_line_of_the_log_is_one_object_without_the_values_of_a_failure():
    record = logging.LogRecord("midline.x", logging.ERROR, "f.py", 1, "It failed for %s", ("note",), None)
    said = " ".join(["Key (mrn)=(RV-1)", "exists"])
    try:
        raise ValueError(said)
    except ValueError as error:
        record.exc_info = (type(error), error, error.__traceback__)
    token = request_id.set("abc12345")
    try:
        WithRequest().filter(record)
    finally:
        request_id.reset(token)
    line = json.loads(Json().format(record))
    assert (line["level"], line["logger"], line["message"], line["request"]) == (
        "ERROR",
        "midline.x",
        "It failed for note",
        "abc12345",
    )
    assert "ValueError" in line["exc_info"] and said not in json.dumps(line)
