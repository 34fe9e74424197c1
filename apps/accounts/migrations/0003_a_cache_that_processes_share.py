"""The table of the database cache: used codes are remembered there, for every process."""

from django.core.management import call_command
from django.db import migrations


def make(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE IF EXISTS accounts_cache")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_failed_attempts_are_counted")]
    operations = [migrations.RunPython(make, drop)]
