"""Write a clinic's record to a file that an auditor verifies with bin/verify-bundle, without us.

The file holds patients' words: it is made readable by its owner alone, and never over another file.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from apps.audit import verbs
from apps.audit.events import record
from apps.ledger import bundle, places, rows, witness


class Command(BaseCommand):
    help = "Write a clinic's signed record, its checkpoints and public keys to a file."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--clinic", type=UUID, required=True)
        parser.add_argument("--out", type=Path, required=True, metavar="FILE")
        parser.add_argument(
            "--document",
            type=UUID,
            action="append",
            default=[],
            help="Give the words of this document only; may be given more than once.",
        )
        parser.add_argument("--checkpoint", type=Path, action="append", metavar="FILE")

    def handle(self, *args, **options):
        clinic = str(options["clinic"])
        if clinic not in rows.clinics("default"):
            raise CommandError(f"There is no record of a clinic {clinic}.")
        place = places.checkpoint_file()
        files = options["checkpoint"] or ([place] if place and place.exists() else [])
        try:
            known = witness.read(files) if files else None
        except OSError as error:
            raise CommandError(f"The file of checkpoints {error.filename} cannot be read.") from error
        documents = {str(document) for document in options["document"]}
        count = 0
        try:
            handle = os.open(options["out"], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be written: {error.strerror}.") from error
        # Before the words leave: an export that breaks off halfway has left as well.
        record(verbs.RECORD_EXPORTED, clinic_id=clinic, documents=len(documents))
        with os.fdopen(handle, "w", encoding="ascii") as file:
            for line in bundle.lines(clinic, witness=known, documents=documents):
                file.write(line)
                count += 1
        self.stdout.write(f"{count} lines are in {options['out']}. Verify them with: bin/verify-bundle FILE")
        if known is None or not known.of(clinic):
            self.stdout.write(
                "It holds no checkpoints, so it cannot show that nothing was cut off or rewritten."
            )
