"""Hand out again what a stopped worker had begun. bin/work does so before each start of a worker."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from apps.exports import work


class Command(BaseCommand):
    help = "Hand out again the tasks that the worker of this id had begun. It must not be running."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--worker-id", required=True)

    def handle(self, *args, **options) -> None:
        if count := work.resume(options["worker_id"]):
            self.stdout.write(f"Handed out again: {count}.")
