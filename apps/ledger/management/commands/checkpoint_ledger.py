"""Seal the audit trail and sign where each clinic's chain ends, in a file outside the database.

Meant for a schedule, once an hour, by a user who can read the key and is not the web server's.
"""

from __future__ import annotations

import argparse
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.ledger import checkpoint, places, rows, seals, signing_key
from apps.ledger.checkpoint import NotWitnessed
from apps.ledger.signing_key import KeyProblem


class Command(BaseCommand):
    help = "Sign where each clinic's record ends, and write it to LEDGER_CHECKPOINT_FILE."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--clinic", type=UUID, help="Only this clinic's record.")
        key = parser.add_mutually_exclusive_group()
        key.add_argument(
            "--make-key", action="store_true", help="Make the first key in LEDGER_KEY_FILE, and stop."
        )
        key.add_argument("--rotate-key", action="store_true", help="Follow the key with a new one, and stop.")
        key.add_argument("--keys", action="store_true", help="List the public keys, and stop.")

    def handle(self, *args, **options):
        try:
            if options["make_key"] or options["rotate_key"] or options["keys"]:
                self.about_keys(options)
            else:
                self.witness(options["clinic"])
        except KeyProblem as problem:
            raise CommandError(str(problem)) from problem

    def about_keys(self, options) -> None:
        path = places.key_file()
        if path is None:
            raise KeyProblem("No key is named. Set LEDGER_KEY_FILE to where the key is to be kept.")
        if options["keys"]:
            for key in signing_key.load(path).keys:
                follows = f", vouched for by {key.vouched_by}" if key.vouched_by else ""
                self.stdout.write(f"{key.id}  made {key.made_at}{follows}  {key.public}")
            return
        made = signing_key.make(path) if options["make_key"] else signing_key.rotate(path)
        self.stdout.write(f"The key {made.id} is in {path}, readable by you alone. Keep a copy elsewhere.")
        if options["make_key"]:
            self.stdout.write(
                f"Write down its id, {made.id}, where the server cannot change it: whoever verifies a bundle "
                "compares it with the first key that the bundle shows."
            )

    def witness(self, clinic: UUID | None) -> None:
        path = places.checkpoint_file()
        if path is None:
            raise CommandError("No file of checkpoints is named. Set LEDGER_CHECKPOINT_FILE.")
        key = self.key()
        if sealed := seals.seal():
            self.stdout.write(f"{sum(seal.count for seal in sealed)} audit events sealed.")
        contradicted = []
        for one in [str(clinic)] if clinic else rows.clinics("default"):
            try:
                made = checkpoint.make(one, key=key, path=path)
            except NotWitnessed as refusal:
                contradicted.append(f"Clinic {one}: {refusal}")
                continue
            said = f"checkpoint {made.number} at entry {made.seq}" if made else "nothing new"
            self.stdout.write(f"Clinic {one}: {said}")
        if contradicted:
            contradicted.append(
                "No checkpoint was signed there. Run manage.py verify_ledger, and find out why."
            )
            raise CommandError("\n".join(contradicted))

    def key(self) -> signing_key.SigningKey:
        path = places.key_file()
        if settings.DEMO and path is not None and not path.exists():
            made = signing_key.make(path)
            self.stdout.write(
                f"The demo made itself a key, {made.id}, in {path}. It protects made-up people only."
            )
            return made
        return signing_key.load(path)
