"""Make a backup while the clinic goes on charting."""

from __future__ import annotations

import argparse
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from apps.audit import verbs
from apps.audit.events import record
from apps.backup import folder
from apps.backup.engines import Trouble


class Command(BaseCommand):
    help = "Copy the database, the uploads and the stored PDFs into a new folder, with a manifest."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "into", type=Path, metavar="FOLDER", help="Where backups are kept; one folder each."
        )
        parser.add_argument("--keep", type=int, metavar="N", help="Then remove all but the newest N.")

    def handle(self, *args, **options):
        if options["keep"] is not None and options["keep"] < 1:
            raise CommandError("--keep needs a number of at least 1: the backup just made stays.")
        try:
            made = folder.make(options["into"])
            manifest = folder.read(made)
        except (Trouble, OSError) as problem:
            raise CommandError(f"No backup was made. {problem}") from problem
        record(verbs.BACKUP_MADE, rows=sum(manifest["rows"].values()), files=manifest["files"])
        self.stdout.write(
            f"{made}\n{sum(manifest['rows'].values())} rows, {manifest['files']} files, "
            f"{sum(head['seq'] for head in manifest['heads'].values())} ledger entries."
        )
        if options["keep"]:
            for gone in folder.forget(options["into"], keep=options["keep"]):
                self.stdout.write(f"Removed the older {gone.name}.")
