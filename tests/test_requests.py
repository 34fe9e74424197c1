"""How a request is read: decoded once; what was typed is no pattern, no format and no line of the log."""

import logging
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection
from django.http import HttpResponse
from django.urls import reverse
from django.utils.log import log_response
from notes.as_browser import fields_of

from apps.notes.models import Note
from config.logs import Json, WithoutValues

ROOT = Path(__file__).resolve().parent.parent
PATTERNS = [".*", ".", "%", "_", "%%", "^", "$", "*", "?", "[^0]", "{0}"]


@pytest.fixture
def dana(clinic, client):
    client.force_login(clinic.tess)
    return client


def test_an_address_is_decoded_once(clinic, dana):
    path = reverse("patient", args=[clinic.patients["stroke"].pk])
    once = "/".join(f"%{ord(part[0]):02x}{part[1:]}" if part else "" for part in path.split("/"))
    assert once != path and dana.get(once).status_code == 200
    assert dana.get(quote(once)).status_code == 404


def test_words_are_decoded_once_and_are_no_format(clinic, dana):
    note = clinic.draft_by(clinic.tess)
    words = "%41 %2541 &amp;amp; \\u0041 {0.__class__} {note.pk} %(plan)s %s ${plan} {{ 7|add:7 }}"
    path = reverse("note", args=[note.pk])
    dana.post(path, fields_of(dana.get(path)) | {"plan": [words]}, headers={"HX-Request": "true"})
    assert Note.objects.get(pk=note.pk).plan == words
    assert fields_of(dana.get(path))["plan"] == [words]


@pytest.mark.parametrize("address", ["find", "patient-search"])
def test_what_is_looked_for_is_no_pattern(address, clinic, dana):
    family = clinic.patients["stroke"].family_name
    looked = {"q": family}
    assert family in dana.post(reverse(address), looked).content.decode()
    for pattern in PATTERNS:
        answer = dana.post(reverse(address), {"q": pattern})
        assert answer.status_code == 200, pattern
        assert not any(
            patient.family_name in answer.content.decode() for patient in clinic.patients.values()
        ), pattern


@pytest.mark.parametrize("shape", [WithoutValues("%(levelname)s %(message)s"), Json()], ids=["words", "json"])
def test_a_failure_writes_one_line_of_the_log_whatever_is_in_its_address(shape, rf):
    """Only a failure writes its address at all (config/settings.py)."""
    written = []

    class Kept(logging.Handler):
        def emit(self, record):
            written.append(shape.format(record))

    logger, kept = logging.getLogger("django.request"), Kept()
    logger.addHandler(kept)
    try:
        request = rf.get("/nothing%0aERROR%20made%20up%0d%0a%1b[31m/")
        assert "\n" in request.path
        answer = HttpResponse(status=500)
        log_response("%s: %s", "Failed", request.path, response=answer, request=request)
    finally:
        logger.removeHandler(kept)
    (line,) = written
    assert "made up" in line and not any(character in line for character in "\n\r\x1b")


def test_the_next_request_finds_the_connection_of_the_last_one_open(db):
    """To open SQLite's file anew reads its whole schema."""
    assert connection.settings_dict["CONN_MAX_AGE"] > 0


def test_what_was_loaded_before_the_first_request_is_not_looked_at_for_garbage():
    code = "import gc, config.wsgi; print(gc.get_freeze_count())"
    settings = {**os.environ, "DEBUG": "on", "DATABASE_URL": "sqlite:///:memory:"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=settings, capture_output=True, text=True
    )
    assert int(done.stdout) > 50_000, done.stderr
