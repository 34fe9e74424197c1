"""A database as the first migrations left it, with a row in each table, upgraded: what became of it.

Run by tests/backup/test_upgrades.py in a process of its own, whose DATABASE_URL names an empty database.
Prints JSON: the triggers before and after, and the payloads of the ledger as bytes before and after.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import uuid
from pathlib import Path

FIRST = [
    (app, "0001_initial")
    for app in ("audit", "accounts", "patients", "episodes", "visits", "ledger", "notes", "exports")
]
# Not as we would write it today: an upgrade that reads and writes it again would change it.
PAYLOAD = (
    '{"z": 1,  "a":"caf\\u00e9 e\u0301 \U0001f642",\r\n"n":1.0, "signature":'
    '{"user":"5f0c7c1e-6f2b-4a39-9d55-0c2a51a8e0b1","signed_at":"2026-01-05T12:00:00Z"}}'
)
DAY = dt.date(2026, 1, 5)
MOMENT = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)


def main() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    import django

    django.setup()
    from django.apps import apps as now
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.db.migrations.executor import MigrationExecutor

    from apps.audit import append_only

    executor = MigrationExecutor(connection)
    state = executor.migrate(FIRST)
    # As a release of that time left it: its tables, guarded.
    tables = set(connection.introspection.table_names())
    for table in append_only.guarded():
        if table in tables:
            append_only.protect(table, "default")
    with transaction.atomic():
        rows = fill(state.apps)
    before = {"triggers": triggers(connection), "payloads": payloads(connection)}
    call_command("migrate", verbosity=0)
    kept = {label: now.get_model(label)._base_manager.count() for label in rows if has_model(now, label)}
    after = {"triggers": triggers(connection), "payloads": payloads(connection)}
    missing = [name for table in append_only.guarded() for name in append_only.missing(table, "default")]
    json.dump({"before": before, "after": after, "missing": missing, "rows": rows, "kept": kept}, sys.stdout)


def has_model(apps, label: str) -> bool:
    try:
        apps.get_model(label)
    except LookupError:
        return False
    return True


def fill(apps) -> dict[str, int]:
    """One row in each of our tables of that time, parents first; label → rows."""
    ours = {app for app, _ in FIRST}
    waiting = [model for model in apps.get_models() if model._meta.app_label in ours]
    made: dict = {}
    while waiting:
        ready = [model for model in waiting if not _parents(model) - made.keys()]
        assert ready, f"these wait for each other: {waiting}"
        for model in ready:
            made[model._meta.label] = model._base_manager.create(**_values(model, made))
            waiting.remove(model)
    return dict.fromkeys(made, 1)


def _parents(model) -> set[str]:
    """Labels of the tables that a row needs a row of."""
    return {
        field.related_model._meta.label
        for field in model._meta.concrete_fields
        if field.is_relation and not field.null and field.related_model is not model
    }


def _values(model, made) -> dict:
    values = {}
    for field in model._meta.concrete_fields:
        if field.is_relation:
            if not field.null:
                values[field.attname] = made[field.related_model._meta.label].pk
        elif field.name == "payload":
            values[field.name] = PAYLOAD
        elif field.primary_key and field.get_internal_type() != "UUIDField":
            if "Auto" not in field.get_internal_type():
                values[field.name] = "X"
        elif not field.has_default() and (not field.null or field.get_internal_type() == "DateField"):
            values[field.name] = _value(field)
    return values


def _value(field):
    kind = field.get_internal_type()
    if kind == "UUIDField":
        return uuid.uuid4()
    if kind == "DateField":
        return DAY
    if kind == "DateTimeField":
        return MOMENT
    if kind == "TimeField":
        return MOMENT.time()
    if kind == "JSONField":
        return {}
    if kind == "BooleanField":
        return False
    if "Integer" in kind or kind == "DecimalField":
        return 1
    if kind == "BinaryField":
        return b"x"
    if field.choices:
        return field.choices[0][0]
    return f"{field.name}"[: field.max_length or 20]


def triggers(connection) -> list[str]:
    sql = {
        "sqlite": "SELECT tbl_name || '.' || name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": (
            "SELECT relname || '.' || tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE NOT tgisinternal"
        ),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return sorted(row[0] for row in cursor.fetchall())


def payloads(connection) -> list[str]:
    """The stored bytes of every payload, in hexadecimal, past everything that could correct them."""
    cast = {
        "sqlite": "hex(CAST(payload AS BLOB))",
        "postgresql": "encode(convert_to(payload, 'UTF8'), 'hex')",
    }
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {cast[connection.vendor]} FROM ledger_ledgerentry ORDER BY id")
        return [row[0].lower() for row in cursor.fetchall()]


if __name__ == "__main__":
    main()
