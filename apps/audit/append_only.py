"""Tables whose rows are never changed or removed, kept so by the database itself.

`protect` installs triggers that refuse UPDATE and DELETE (and TRUNCATE on
PostgreSQL). On SQLite a third trigger refuses an INSERT whose id exists, since
INSERT OR REPLACE would otherwise walk past the others. Django remakes a SQLite
table on some migrations and drops its triggers silently, so an app says once, with
`guard`, which of its tables only grow: they are protected after every migrate, and
`missing` is asked at start.

On SQLite whoever owns the file can still drop a trigger: there the promise is
that a change is found, not that it is impossible.
"""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import connections
from django.db.models.signals import post_migrate

SQLITE = {
    "update": 'BEFORE UPDATE ON "{table}"',
    "delete": 'BEFORE DELETE ON "{table}"',
    "replace": 'BEFORE INSERT ON "{table}" WHEN EXISTS (SELECT 1 FROM "{table}" WHERE id = NEW.id)',
}
POSTGRESQL = {
    "change": 'BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW',
    "truncate": 'BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT',
}

_guarded: list[str] = []


def guard(app: AppConfig, *tables: str) -> None:
    """From now on these tables of `app` only grow: protected after every migrate, and checked at start."""
    _guarded.extend(table for table in tables if table not in _guarded)

    def protect_them(*, using, **kwargs):
        for table in tables:
            protect(table, using)

    def check_them(app_configs, databases, **kwargs):
        return [problem for table in tables for problem in check(table, databases)]

    # Both keep a weak word of what they call, or none: the app is what outlives them.
    post_migrate.connect(
        protect_them, sender=app, weak=False, dispatch_uid=f"tables of {app.label} only grow"
    )
    register(check_them, Tags.database)


def guarded() -> tuple[str, ...]:
    """Every table that an app asked to guard."""
    return tuple(_guarded)


def trigger_names(table: str, vendor: str) -> list[str]:
    return [f"{table}_refuses_{what}" for what in (SQLITE if vendor == "sqlite" else POSTGRESQL)]


def protect(table: str, using: str) -> None:
    """Install the triggers of `table`, replacing older ones."""
    connection = connections[using]
    message = f"{table}: rows are never changed or removed"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for what, when in SQLITE.items():
                name = f"{table}_refuses_{what}"
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')
                cursor.execute(
                    f'CREATE TRIGGER "{name}" {when.format(table=table)} '
                    f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
                )
            return
        cursor.execute(
            "CREATE OR REPLACE FUNCTION midline_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '%: rows are never changed or removed', TG_TABLE_NAME "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        for what, when in POSTGRESQL.items():
            name = f"{table}_refuses_{what}"
            cursor.execute(f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"')
            cursor.execute(
                f'CREATE TRIGGER "{name}" {when.format(table=table)} EXECUTE FUNCTION midline_refuse_change()'
            )
            # ALWAYS: a session that sets session_replication_role does not get past it.
            cursor.execute(f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{name}"')


def missing(table: str, using: str) -> list[str]:
    """Names of the triggers that `table` should have and has not."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        else:
            cursor.execute(
                "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
                "WHERE relname = %s AND NOT tgisinternal AND tgenabled = 'A'",
                [table],
            )
        present = {row[0] for row in cursor.fetchall()}
    return [name for name in trigger_names(table, connection.vendor) if name not in present]


def check(table: str, databases) -> list[CheckWarning]:
    """A system check: an existing `table` without its triggers.

    A warning, not an error: migrate runs the checks first and is what installs
    the triggers again. bin/serve starts with `check --fail-level WARNING`.
    """
    errors = []
    for using in databases or []:
        if table not in connections[using].introspection.table_names():
            continue
        errors += [
            CheckWarning(
                f"The table {table} has lost its trigger {name}: its rows could be changed.",
                hint="Run manage.py migrate, which installs it again, and find out who removed it.",
                id="midline.W001",
            )
            for name in missing(table, using)
        ]
    return errors
