"""On PostgreSQL an index knows with what an MRN begins, whatever the language of the database sorts by.

SQLite needs none: it compares bytes, so the unique index of MRNs knows it as well.
"""

from django.db import migrations


def add(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX patients_by_mrn ON patients_patient (clinic_id, lower(mrn) text_pattern_ops)"
        )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX patients_by_mrn")


class Migration(migrations.Migration):
    dependencies = [("patients", "0009_legal_holds_are_lines_that_are_added")]

    operations = [migrations.RunPython(add, remove)]
