"""Put a backup into an empty place, and say in plain words whether it is all there."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from apps.audit import verbs
from apps.audit.events import record
from apps.backup import contents, engines, folder
from apps.backup.engines import Trouble
from apps.ledger import places
from apps.ledger.management.commands.verify_ledger import as_words
from apps.ledger.verify import Verdict, verify


class Command(BaseCommand):
    help = "Put a backup into the empty database and folders that the environment names, and verify it."
    requires_system_checks = ()  # an empty database lacks everything that the checks look for

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--checkpoint",
            type=Path,
            action="append",
            metavar="FILE",
            help="A file of checkpoints from outside the box. Default: LEDGER_CHECKPOINT_FILE.",
        )

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Whoever restores in earnest is waiting, and may want to know for how long yet."""
        begun = time.monotonic()
        yield
        self.stdout.write(f"{what} in {time.monotonic() - begun:.1f} s.")

    def handle(self, *args, **options):
        try:
            manifest = folder.read(options["folder"])
            if manifest["is_demo"] and not settings.DEMO:
                raise Trouble("This is the backup of a demo clinic, and this is not a demo (MIDLINE_DEMO).")
            if not contents.is_empty("default"):
                raise Trouble(
                    "There are people in this database already, and nothing is ever overwritten. "
                    "Point DATABASE_URL to an empty database."
                )
            with self.step("Files and database put back"):
                folder.unpack(options["folder"])
                engines.load("default", options["folder"])
        except (Trouble, OSError) as problem:
            raise CommandError(f"Nothing was restored. {problem}") from problem
        with self.step("Rows and ends of chains compared"):
            missing = contents.differences(manifest["rows"], contents.rows("default"))
            if contents.heads("default") != manifest["heads"]:
                missing.append("The ledger does not end where it ended in the backup.")
        with self.step("Migrated"):
            call_command("migrate", verbosity=0)
        record(verbs.BACKUP_RESTORED, made_at=manifest["made_at"])
        place = places.checkpoint_file()
        with self.step("Ledger verified"):
            report = verify(
                checkpoints=options["checkpoint"] or ([place] if place and place.exists() else [])
            )
        self.stdout.write(as_words(report))
        self.stdout.write(
            f"\nRestored the backup of {manifest['made_at']}: {sum(manifest['rows'].values())} rows."
        )
        if missing:
            raise CommandError("\n".join(["The copy is not what was backed up:", *missing]))
        if report.verdict in (Verdict.TAMPERED, Verdict.TRUNCATED):
            sys.exit(report.exit_status)
