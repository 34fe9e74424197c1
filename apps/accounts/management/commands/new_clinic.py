"""The way in for a clinic that Midline does not know yet: an invitation for its first administrator."""

from __future__ import annotations

import argparse

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from apps.accounts import actions, invitations
from apps.audit.refused import Refused


class Command(BaseCommand):
    help = "Add a clinic, and print the link by which its first administrator chooses a passphrase."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="Of the clinic, as it is to print.")
        parser.add_argument("--address", required=True)
        parser.add_argument("--phone", required=True)
        parser.add_argument("--time-zone", required=True, help="Such as America/Chicago.")
        parser.add_argument("--administrator-name", required=True)
        parser.add_argument("--administrator-email", required=True)

    def handle(self, *args, **options):
        names = ("name", "address", "phone", "time_zone", "administrator_name", "administrator_email")
        try:
            person = actions.add_clinic(**{name: options[name] for name in names})
        except ValidationError as problem:
            raise CommandError("Nothing was added. " + " ".join(problem.messages)) from problem
        except Refused as problem:
            raise CommandError(f"Nothing was added. {problem}") from problem
        self.stdout.write(
            "Added. Put the name under which Midline is served before this, and hand it over; it works once, "
            f"for {invitations.HOURS} hours:\n{invitations.address_for(person)}"
        )
