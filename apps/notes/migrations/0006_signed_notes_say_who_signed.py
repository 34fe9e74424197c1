"""Who signed stood only in the ledger. Its words are read and not touched; a redacted entry has none."""

import datetime as dt
import json

from django.db import migrations


def fill(apps, schema_editor):
    Note = apps.get_model("notes", "Note")
    entries = apps.get_model("ledger", "LedgerEntry").objects.filter(kind="sign").exclude(payload="")
    for entry in entries.iterator():
        signature = json.loads(entry.payload)["signature"]
        Note.objects.filter(pk=entry.document, status="signed", signed_by=None).update(
            signed_by=signature["user"],
            signed_at=dt.datetime.fromisoformat(signature["signed_at"].replace("Z", "+00:00")),
        )


class Migration(migrations.Migration):
    dependencies = [
        ("notes", "0005_the_record_after_a_signature"),
        ("ledger", "0002_checkpoints_and_seals_are_only_added"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
