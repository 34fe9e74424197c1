"""What a database holds, by which two copies are compared: rows of each table, and where chains end."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connections, models

from apps.accounts.models import User
from apps.ledger.models import ChainHead

LEFT_OUT = ("sessions", "contenttypes", "auth")
"""Apps of Django whose rows are not the clinic's: who is signed in now, and what every migrate makes."""


def models_of_ours() -> list[type[models.Model]]:
    """Every table whose rows belong to the record, in a fixed order."""
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.app_label not in LEFT_OUT and model._meta.managed]


def rows(using: str) -> dict[str, int]:
    """Table → number of rows. A table that a restored older copy does not have yet is left out."""
    present = set(connections[using].introspection.table_names())
    return {
        model._meta.db_table: model._base_manager.using(using).count()
        for model in models_of_ours()
        if model._meta.db_table in present
    }


def heads(using: str) -> dict[str, dict[str, Any]]:
    """Clinic → the number and hash of its chain's last entry."""
    return {
        str(head.clinic): {"seq": head.seq, "hash": head.hash}
        for head in ChainHead.objects.using(using).order_by("clinic")
    }


def migrations(using: str) -> list[str]:
    """Every migration that was applied, as app.name."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        return [f"{app}.{name}" for app, name in cursor.fetchall()]


def is_empty(using: str) -> bool:
    """Is there nobody in this database yet? Only such a one may be filled."""
    present = connections[using].introspection.table_names()
    return User._meta.db_table not in present or not User.objects.using(using).exists()


def differences(expected: dict[str, int], found: dict[str, int]) -> list[str]:
    """In sentences, which tables do not hold the rows that they should."""
    return [
        f"The table {table} should hold {number} rows, and holds {found.get(table, 0)}."
        for table, number in sorted(expected.items())
        if found.get(table, 0) != number
    ]
