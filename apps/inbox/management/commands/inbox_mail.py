"""The day's mail about what is new in everybody's inbox. For cron, once a day: see docs/inbox.md."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.inbox import mail


class Command(BaseCommand):
    help = "Send the day's mail about what is new in the inboxes, to those who chose it."

    def handle(self, *args: Any, **options: Any) -> None:
        if not mail.is_sent_here():
            raise CommandError("EMAIL_HOST is not set, so this server sends no mail.")
        number = mail.daily()
        self.stdout.write(f"{number} mail{'' if number == 1 else 's'} sent.")
