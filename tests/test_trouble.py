"""Trouble of the database that passes is answered with 503 and the time to ask again, and loses nothing."""

import html
import re

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.urls import reverse
from notes.as_browser import fields_of

from apps.notes.models import Note
from config import refusals, trouble

HTMX = {"HX-Request": "true"}


@pytest.fixture
def dana(clinic, client):
    client.force_login(clinic.tess)
    client.raise_request_exception = False
    return client


@pytest.fixture
def draft(clinic):
    return clinic.draft_by(clinic.tess)


def fields(dana, draft, **changes):
    return fields_of(dana.get(reverse("note", args=[draft.pk]))) | {
        name: [text] for name, text in changes.items()
    }


def read_only():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET TRANSACTION READ ONLY")
        else:
            cursor.execute("PRAGMA query_only=ON")


def writable_again():
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only=OFF")


def assert_asks_again(answer):
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) >= 1


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "plain"])
def test_a_database_that_only_reads_is_no_fault_of_the_note(headers, draft, dana):
    sent = fields(dana, draft, plan="Typed while the disk was read-only")
    try:
        with transaction.atomic():
            read_only()
            answer = dana.post(reverse("note", args=[draft.pk]), sent, headers=headers)
            transaction.set_rollback(True)
    finally:
        writable_again()
    assert_asks_again(answer)
    assert Note.objects.get(pk=draft.pk).plan == draft.plan
    # The same save, sent again when the trouble is over.
    assert dana.post(reverse("note", args=[draft.pk]), sent, headers=HTMX).status_code == 200
    assert Note.objects.get(pk=draft.pk).plan == "Typed while the disk was read-only"


@pytest.mark.postgres
def test_a_full_disk_is_said_and_the_save_before_is_whole(draft, dana):
    sent = fields(dana, draft, plan="Typed while the disk was full")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$"
        )
        cursor.execute("CREATE TRIGGER full_disk BEFORE UPDATE ON notes_note EXECUTE FUNCTION no_room()")
    answer = dana.post(reverse("note", args=[draft.pk]), sent, headers=HTMX)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER full_disk ON notes_note")
    assert_asks_again(answer)
    assert Note.objects.get(pk=draft.pk).plan == draft.plan
    assert dana.post(reverse("note", args=[draft.pk]), sent, headers=HTMX).status_code == 200


@pytest.mark.sqlite
def test_a_full_disk_is_said_and_the_save_before_is_whole_on_sqlite(tmp_path):
    """In a process of its own: SQLite may end the whole transaction, and this test's would go with it."""
    import os
    import subprocess
    import sys

    script = (
        "import django; django.setup()\n"
        "from django.core.management import call_command\n"
        "from django.db import connection\n"
        "from django.test import Client\n"
        "from django.conf import settings\n"
        "from apps.demo import world\n"
        "from apps.notes.models import Note\n"
        "from apps.audit import clock\n"
        "settings.ALLOWED_HOSTS = ['testserver']\n"
        "call_command('migrate', verbosity=0)\n"
        "import datetime as dt\n"
        "clinic = world.build(today=dt.date(2026, 11, 20))\n"
        "draft = clinic.draft_by(clinic.tess)\n"
        "client = Client(raise_request_exception=False); client.force_login(clinic.tess)\n"
        "from tests.notes.as_browser import fields_of\n"
        "at = f'/notes/{draft.pk}/'\n"
        "sent = fields_of(client.get(at)) | {'plan': ['x' * 7900]}\n"
        "for part in ('subjective', 'assessment', 'communication'): sent[part] = ['y' * 7900]\n"
        "cursor = connection.cursor()\n"
        "cursor.execute('VACUUM')\n"
        "pages = cursor.execute('PRAGMA page_count').fetchone()[0]\n"
        "cursor.execute(f'PRAGMA max_page_count={pages}')\n"
        "answer = client.post(at, sent, headers={'HX-Request': 'true'})\n"
        "assert (answer.status_code, answer['Retry-After']) == (503, '2'), answer.status_code\n"
        "assert Note.objects.get(pk=draft.pk).plan == draft.plan\n"
        "assert cursor.execute('PRAGMA integrity_check').fetchone()[0] == 'ok'\n"
        "cursor.execute('PRAGMA max_page_count=1073741823')\n"
        "answer = client.post(at, sent, headers={'HX-Request': 'true'})\n"
        "assert answer.status_code == 200, answer.status_code\n"
        "assert Note.objects.get(pk=draft.pk).plan == 'x' * 7900\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={
            **os.environ,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'full.sqlite3'}",
            "MIDLINE_DEMO": "on",
            "DEBUG": "on",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-1500:]


def test_trouble_that_a_middleware_meets_is_answered_alike(dana, settings):
    def lost(execute, sql, params, many, context):
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(lost):
        assert_asks_again(dana.get(reverse("today")))


def test_a_mistake_of_ours_stays_a_mistake_and_tells_the_reference_that_the_log_has(draft, dana, monkeypatch):
    def wrong(note):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT nothing_of_this_name FROM notes_note")

    monkeypatch.setattr("apps.notes.chart.load", wrong)
    answer = dana.get(reverse("note", args=[draft.pk]), headers={"X-Request-ID": "told-by-the-proxy"})
    assert answer.status_code == 500 and answer["X-Request-ID"] == "told-by-the-proxy"
    assert "told-by-the-proxy" in answer.content.decode()


@pytest.mark.parametrize(
    ("error", "code", "passes"),
    [
        (OperationalError, {}, True),
        (InterfaceError, {}, True),
        (OperationalError, {"sqlite_errorname": "SQLITE_FULL"}, True),
        (OperationalError, {"sqlite_errorname": "SQLITE_BUSY"}, True),
        (OperationalError, {"sqlite_errorname": "SQLITE_ERROR"}, False),
        (OperationalError, {"sqlstate": "57P01"}, True),
        (DatabaseError, {"sqlite_errorname": "SQLITE_CORRUPT"}, True),
        (DatabaseError, {"sqlstate": "25006"}, True),
        (DatabaseError, {"sqlstate": "23505"}, False),
        (DatabaseError, {}, False),
        (ValueError, {}, False),
    ],
)
def test_what_passes_and_what_does_not(error, code, passes):
    cause = Exception("of the driver")
    for name, value in code.items():
        setattr(cause, name, value)
    raised = error("of Django")
    raised.__cause__ = cause if code else None
    assert trouble.passes(raised) is passes


def test_the_page_for_it_needs_no_database_and_says_what_to_do(rf, django_db_blocker):
    with django_db_blocker.block():
        answer = trouble.answer(rf.post("/"), OperationalError("locked"))
    assert "send it again" in answer.content.decode()


@pytest.mark.postgres
def test_trouble_while_a_connection_is_told_its_clinics_is_no_failure_of_ours(dana, monkeypatch):
    import psycopg

    def lost(*args, **kwargs):
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(connection.connection, "execute", lost)
    assert_asks_again(dana.get(reverse("today")))


@pytest.mark.sqlite
@pytest.mark.parametrize("is_for_script", [False, True], ids=["page", "script"])
def test_every_refusal_says_what_happened_what_is_kept_and_what_to_do(is_for_script, rf, django_db_blocker):
    asked = rf.get("/", headers=HTMX if is_for_script else {})
    with django_db_blocker.block():
        for status, words in refusals.WORDS.items():
            answer = refusals.refuse(asked, status, is_bare=True)
            said = html.unescape(answer.content.decode())
            assert answer.status_code == status and words.title in said and words.happened in said
            assert not re.search(r"traceback|exception|https?://|sql|\bnone\b", said, re.I)
            if is_for_script:
                assert "still here" in said and (words.here or words.next) in said and "<html" not in said
            else:
                assert words.kept in said and words.next in said and 'href="/"' in said


def test_who_is_there_keeps_the_ways_on_and_an_empty_answer_has_words(dana, draft, settings):
    nowhere = dana.get("/nothing/of/this/name/")
    assert nowhere.status_code == 404 and "Look for the patient" in nowhere.content.decode()
    assert reverse("notes") in nowhere.content.decode()
    # What a person meets who signs in again and is led to where a form was sent.
    by_its_address = dana.get(reverse("sign-out"))
    assert by_its_address.status_code == 405 and by_its_address["Allow"]
    assert "Go back to the page with the form" in by_its_address.content.decode()
    dana.handler.enforce_csrf_checks = True
    expired = dana.post(reverse("patient-search"), {"q": "a"}, headers=HTMX)
    assert expired.status_code == 403 and "Copy what you typed" in expired.content.decode()
