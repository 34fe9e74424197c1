"""What every test shares: the tests that fit this machine and database, a browser, and a clinic.

`clinic` is the demo clinic, built once per process and read anew for each test. A test's own changes are
rolled back. Don't ask for `transactional_db`: a test that commits is followed by a flush, which takes the
clinic with it, and which the triggers of the append-only tables refuse unless they are put aside. Only a live
server needs it, and `live_server` asks by itself.
"""

import asyncio
import datetime as dt
import gc
import os
import shutil
import sqlite3
import zoneinfo
from importlib.util import find_spec

import pytest

# pytest-playwright runs an event loop in the test's thread, and Django takes that for async code. The live
# server answers in another thread, so the ORM is safe here.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def weasyprint_works():
    if find_spec("weasyprint") is None:
        return False
    try:
        import weasyprint  # noqa: F401 - the import itself is the question
    except OSError:
        return False
    return True


ON_BOTH = {"saving", "chaos", "chart_and_sign", "episode"}
"""Journeys in a browser that are tried on either database: where words are saved and signed."""


def is_tried_once(path):
    """Whether the tests of this file are about what no database changes: rules, which know none
    (tests/test_imports.py); what a page shows, says and does in a browser; what its templates escape.
    """
    folder, _, name = path.rpartition("/")
    subject = name.removeprefix("test_").removesuffix(".py")
    if folder == "tests/browser":
        return subject not in ON_BOTH
    return folder == "tests/compliance" or path in {
        "tests/notes/test_rule_pages.py",
        "tests/test_escaping.py",
        "tests/test_privacy.py",
    }


def pytest_collection_modifyitems(config, items):
    from django.conf import settings

    vendor = "postgres" if "postgresql" in settings.DATABASES["default"]["ENGINE"] else "sqlite"
    other = {"postgres": "sqlite", "sqlite": "postgres"}[vendor]

    for item in items:
        if is_tried_once(item.path.relative_to(config.rootpath).as_posix()):
            item.add_marker(pytest.mark.sqlite)

    # A test of the other database is not this run's business: it is left out, and not counted as skipped.
    elsewhere = [item for item in items if item.get_closest_marker(other)]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if not item.get_closest_marker(other)]

    absent = {}
    for item in items:
        # Whoever asks for a page drives a browser, marked or not.
        if "page" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
        for marker, works, reason in (
            ("browser", lambda: CHROMIUM is not None, "no Chromium on this machine"),
            ("pdf", weasyprint_works, "no Pango on this machine, so WeasyPrint cannot start"),
        ):
            if item.get_closest_marker(marker):
                if marker not in absent:
                    absent[marker] = not works()
                if absent[marker]:
                    item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    # In bin/test a skipped test fails the run: it was not seen to pass.
    if not os.environ.get("MIDLINE_NO_SKIPS") or hasattr(session.config, "workerinput"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus == 0 and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = 1


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    # Chromium's sandbox refuses to run as root, which is what CI is.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "args": [*sandbox, "--disable-dev-shm-usage"],
    }


@pytest.fixture(scope="session", autouse=True)
def emptying_a_test_database_lifts_its_triggers():
    """A test that commits is followed by a flush, which the append-only tables refuse, as they should.

    So the triggers go just before a flush, here and nowhere in the app; the post_migrate signal at the end of
    the same flush installs them again.
    """
    from django.db import connection

    names = {
        "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%refuses%'",
        "postgresql": (
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE NOT tgisinternal AND tgname LIKE '%refuses%'"
        ),
    }
    # On the class: beside Playwright's event loop a thread can have a second connection object.
    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def flush_without_triggers(self, statements):
        with self.connection.cursor() as cursor:
            cursor.execute(names[self.connection.vendor])
            for trigger, table in cursor.fetchall():
                on = f'ON "{table}"' if self.connection.vendor == "postgresql" else ""
                cursor.execute(f'DROP TRIGGER "{trigger}" {on}')
        return flush(self, statements)

    operations.execute_sql_flush = flush_without_triggers
    yield
    operations.execute_sql_flush = flush


@pytest.fixture(scope="session", autouse=True)
def stored_documents_go_away_with_the_tests(tmp_path_factory):
    from django.conf import settings

    settings.DOCUMENTS_ROOT = tmp_path_factory.mktemp("documents")


@pytest.fixture(scope="session", autouse=True)
def a_busy_machine_gives_no_page_up():
    from apps.exports import presses

    shipped = presses.MOST_SECONDS
    presses.MOST_SECONDS = 120.0
    return shipped


@pytest.fixture(autouse=True)
def no_connection_outlives_a_browser_test():
    """While Playwright's loop runs, Django hands out a connection that nobody closes, and PostgreSQL then
    refuses to drop the test database. So it is closed after each such test; the next one opens its own.
    """
    yield
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    from django.db import connections

    connections.close_all()


TODAY = dt.date(2026, 11, 20)
"""A Friday. For the tests it is always this day, three in the afternoon where Riverside is."""

NOW = dt.datetime(2026, 11, 20, 15, 0, tzinfo=zoneinfo.ZoneInfo("America/Chicago"))

# On SQLite the clinic is copied as it was built; after a flush the copy is faster than building again.
built = sqlite3.connect(":memory:", check_same_thread=False)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The database, with the demo clinic in it. Each process of pytest-xdist has its own."""
    from django.db import connection

    from apps.demo import world

    with django_db_blocker.unblock():
        world.build(today=TODAY)
        if connection.vendor == "sqlite":
            connection.connection.backup(built)
    # What is loaded by now stays. Looking at it again and again for garbage took a quarter of a test's time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def restore():
    """The clinic again, after a test that committed was followed by a flush."""
    from django.db import connection

    from apps.demo import world

    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        connection.ensure_connection()
        built.backup(connection.connection)
    else:
        world.build(today=TODAY)


@pytest.fixture
def clinic(db):
    """The demo clinic on TODAY: people (`clinic.tess`), patients (`clinic.patients["stroke"]`), and things
    that can happen there (`clinic.draft_by(clinic.tess)`). See apps/demo/world.py.
    """
    from apps.audit import clock
    from apps.demo import world
    from apps.home import waiting
    from apps.notes import chart, echoes
    from apps.patients import search
    from apps.review import queue

    clock.release()
    chart.forget()
    echoes.forget()
    search.forget()
    queue.forget()
    waiting.forget()
    if world.existing(TODAY) is None:
        restore()
    clock.set_to(NOW)
    yield world.existing(TODAY)
    clock.release()


@pytest.fixture
def told_just_now(client):
    """`told_just_now()`: whoever is signed in gave their password a moment ago."""
    from apps.accounts import password
    from apps.audit import clock

    def mark(client=client):
        session = client.session
        session[password.PASSWORD_GIVEN_AT] = int(clock.now().timestamp())
        session.save()
        return client

    return mark
