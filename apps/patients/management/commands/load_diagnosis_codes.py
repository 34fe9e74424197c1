"""Load the ICD-10-CM table that ships with the app. Run twice, the second time does nothing."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from apps.patients import diagnosis_table


class Command(BaseCommand):
    help = "Load the billable ICD-10-CM codes that ship with Midline."

    def handle(self, *args, **options):
        loaded = diagnosis_table.load()
        release = diagnosis_table.source()["release"]
        if not loaded:
            self.stdout.write(f"The diagnosis codes of release {release} are loaded already.")
        else:
            self.stdout.write(f"Loaded {loaded} diagnosis codes of release {release}.")
