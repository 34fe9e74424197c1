"""Run at every start: prints the link to the set-up page, while there is a clinic to set up."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.accounts import addresses, invitations
from apps.patients import diagnosis_table

from ... import actions, link


class Command(BaseCommand):
    help = "Print the link to the page on which the clinic is set up. Nothing, where there is a clinic."

    def handle(self, *args, **options):
        if link.may_open():
            # Now, and not while somebody waits for the page: it takes seconds.
            diagnosis_table.load()
            self.stdout.write(
                f"\nSet up your clinic here. The link works once, for {link.HOURS} hours:"
                f"\n{self.whole(link.address_of(link.make()))}\n"
            )
        elif not settings.DEMO and (person := actions.left_without_passphrase()):
            self.stdout.write(
                f"\nThe clinic is set up, and {person.email} has not chosen a passphrase yet:\n"
                f"{self.whole(invitations.address_for(person))}\n"
            )

    def whole(self, address: str) -> str:
        """With the name under which Midline is served."""
        if settings.HTTPS or settings.PUBLIC_ADDRESS:
            return addresses.whole(address)
        return f"http://localhost:{os.environ.get('PORT', '8000')}{address}"
