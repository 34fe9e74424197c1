"""After SECRET_KEY was replaced: second factors are encrypted with the new one, and the old one can go."""

from __future__ import annotations

from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError

from apps.accounts import factors


class Command(BaseCommand):
    help = "Encrypt second factors with the present SECRET_KEY, while the old one is in SECRET_KEY_FALLBACKS."

    def handle(self, *args, **options):
        try:
            changed = factors.encrypt_anew()
        except InvalidToken as problem:
            raise CommandError(
                "Nothing was changed. A second factor was made with a key that is neither SECRET_KEY nor in "
                "SECRET_KEY_FALLBACKS: give the key that was used before, and run this again."
            ) from problem
        self.stdout.write(
            f"{changed} second factors are encrypted with the present key. Twelve hours after the restart "
            "with it no session needs the old one any more, and that can leave SECRET_KEY_FALLBACKS."
        )
