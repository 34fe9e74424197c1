"""Move the whole record into another database, such as from SQLite to PostgreSQL, and verify it there."""

from __future__ import annotations

import argparse
import sys

import dj_database_url
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from apps.backup import contents
from apps.backup.move import move
from apps.ledger import places
from apps.ledger.verify import LEVELS, Verdict, verify

TARGET = "moved"


class Command(BaseCommand):
    help = (
        "Copy every row into the empty database that --to names, and verify the ledger there. Stop serving "
        "first: what is charted meanwhile would stay behind. The old database is left as it is."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--to", required=True, metavar="URL", help="As DATABASE_URL; the owner's on PostgreSQL."
        )

    def handle(self, *args, **options):
        try:
            chosen = dj_database_url.parse(options["to"])
        except Exception as error:
            # The address holds a password, so the sentence does not repeat it.
            raise CommandError(
                "--to cannot be read. It looks like postgres://owner:password@host/name"
            ) from error
        default = connections.databases["default"]
        blank = {"AUTOCOMMIT": True, "ATOMIC_REQUESTS": False, "TIME_ZONE": None, "TEST": default["TEST"]}
        connections.databases[TARGET] = {**blank, "OPTIONS": {}, **chosen}
        if not contents.is_empty(TARGET):
            raise CommandError("There are people in that database already, and nothing is ever overwritten.")
        call_command("migrate", database=TARGET, verbosity=0)
        expected = contents.rows("default")
        for table, count in move(source="default", target=TARGET):
            if count:
                self.stdout.write(f"{count:>9}  {table}")
        missing = contents.differences(expected, contents.rows(TARGET))
        if missing:
            raise CommandError("\n".join(["Not everything arrived:", *missing]))
        place = places.checkpoint_file()
        # Who may do what in the new database is set up after this, so that level is not asked here.
        report = verify(
            checkpoints=[place] if place and place.exists() else [],
            using=TARGET,
            levels=[level for level in LEVELS if level != 5],
        )
        for found in report.all_findings:
            self.stdout.write(f"{found.verdict.upper()}: {found.words}")
        self.stdout.write(f"{sum(expected.values())} rows moved; the ledger there is {report.verdict.value}.")
        self.stdout.write("Now run docker/grants.sql there as the owner, and point DATABASE_URL to it.")
        if report.verdict in (Verdict.TAMPERED, Verdict.TRUNCATED):
            sys.exit(report.exit_status)
