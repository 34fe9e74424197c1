"""What should stand around the tables that only grow, and whether it does.

A trigger of the right name that does nothing would pass for one that refuses, so
what it says is read too. On SQLite whoever can write the file can drop them:
there they stop mistakes, and verifying finds the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.db import connections

from apps.audit import append_only


def problems(using: str) -> Iterator[str]:
    """What is missing around the guarded tables, in sentences."""
    is_sqlite = connections[using].vendor == "sqlite"
    for table in append_only.guarded():
        missing = append_only.missing(table, using)
        for name in missing:
            yield (
                f"The table {table} has lost its trigger {name}: its rows could be changed. "
                "Run manage.py migrate, and find out who removed it."
            )
        hollow = _hollow_sqlite(table, using) if is_sqlite else _hollow_postgresql(table, using)
        for name in hollow:
            if name not in missing:
                yield (
                    f"The trigger {name} no longer refuses what it should. "
                    "Run manage.py migrate, and find out who changed it."
                )
    if is_sqlite:
        with connections[using].cursor() as cursor:
            if not cursor.execute("PRAGMA recursive_triggers").fetchone()[0]:
                yield "recursive_triggers is off: INSERT OR REPLACE would walk past the triggers."
    else:
        yield from _grants(using)


def _hollow_sqlite(table: str, using: str) -> Iterator[str]:
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s ORDER BY name",
            [table],
        )
        said = dict(cursor.fetchall())
    for what, when in append_only.SQLITE.items():
        name = f"{table}_refuses_{what}"
        refuses = (
            rf'CREATE TRIGGER "{name}" {re.escape(when.format(table=table))} '
            r"BEGIN SELECT RAISE\(ABORT, '[^']*'\); END"
        )
        if name in said and not re.fullmatch(refuses, said[name]):
            yield name


def _hollow_postgresql(table: str, using: str) -> Iterator[str]:
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT tgname, prosrc, tgqual IS NOT NULL FROM pg_trigger "
            "JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid "
            "WHERE relname = %s AND NOT tgisinternal AND tgname LIKE %s ORDER BY tgname",
            [table, f"{table}_refuses_%"],
        )
        for name, body, has_condition in cursor.fetchall():
            if has_condition or not re.fullmatch(r"\s*BEGIN\s+RAISE EXCEPTION\s[^;]*;\s*END\s*", body):
                yield name


RUN_GRANTS = "Run docker/grants.sql as the owner."


def _grants(using: str) -> Iterator[str]:
    """On PostgreSQL whoever serves may add and read. Owners and superusers are for migrating."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT rolname, relname, name FROM pg_roles, pg_class, "
            "unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS name "
            "WHERE rolcanlogin AND NOT rolsuper AND relname = ANY(%s) AND relkind = 'r' "
            "AND NOT pg_has_role(pg_roles.oid, relowner, 'MEMBER') "
            "AND has_table_privilege(pg_roles.oid, pg_class.oid, name) ORDER BY 1, 2, 3",
            [list(append_only.guarded())],
        )
        granted: dict[str, dict[str, set[str]]] = {}
        for role, table, name in cursor.fetchall():
            granted.setdefault(role, {}).setdefault(table, set()).add(name)
    serving = {role for role, tables in granted.items() if any("INSERT" in has for has in tables.values())}
    for role, tables in granted.items():
        for table in append_only.guarded():
            has = tables.get(table, set())
            if too_much := sorted(has - {"SELECT", "INSERT"}):
                yield f"The role {role} may {', '.join(too_much)} on {table}. {RUN_GRANTS}"
            if role in serving and (too_little := sorted({"SELECT", "INSERT"} - has)):
                yield f"The role {role} may not {', '.join(too_little)} on {table}. {RUN_GRANTS}"
    if not serving:
        yield (
            "No role but the owner may add to these tables, so the app serves as the owner or a superuser, "
            "who can switch the triggers off. Set up two roles, as docker/roles.sh does."
        )
