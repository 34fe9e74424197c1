"""Every row of the record from one database into an empty other, of whatever kind, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from django.core.management.color import no_style
from django.db import connections, models, transaction

from .contents import models_of_ours

BATCH = 500


def move(*, source: str, target: str) -> Iterator[tuple[str, int]]:
    """Copy the rows table by table, and tell (table, rows) after each.

    The target is migrated and holds nobody. Rows that migrating put there (reference data) give way to the
    source's own. All or nothing: whoever stops reading rolls everything back.
    """
    tables = models_of_ours()
    with transaction.atomic(using=target):
        with connections[target].constraint_checks_disabled():
            for model in tables:
                model._base_manager.using(target).all()._raw_delete(target)
            for model in tables:
                yield model._meta.db_table, _copy(model, source, target)
        connections[target].check_constraints()
        with connections[target].cursor() as cursor:
            for statement in connections[target].ops.sequence_reset_sql(no_style(), tables):
                cursor.execute(statement)


def _copy(model: type[models.Model], source: str, target: str) -> int:
    """Copy one table. PostgreSQL is given rows by COPY, a tenth of the work of as many INSERTs."""
    rows = model._base_manager.using(source).order_by("pk").iterator(chunk_size=BATCH)
    if connections[target].vendor == "postgresql":
        return _stream(model, rows, target)
    count = 0
    while batch := list(islice(rows, BATCH)):
        for row in batch:
            row._state.db = target
        model._base_manager.using(target).bulk_create(batch)
        count += len(batch)
    return count


def _stream(model: type[models.Model], rows: Iterator[models.Model], target: str) -> int:
    connection, fields = connections[target], model._meta.concrete_fields
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(field.column) for field in fields if field.column)
    into = f"COPY {quoted(model._meta.db_table)} ({columns}) FROM STDIN"
    count = 0
    with connection.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            values = (getattr(row, field.attname) for field in fields)
            pairs = zip(fields, values, strict=True)
            copy.write_row([field.get_db_prep_save(value, connection) for field, value in pairs])
            count += 1
    return count
