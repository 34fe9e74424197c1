from django.apps import AppConfig


class NotesConfig(AppConfig):
    name = "apps.notes"

    def ready(self) -> None:
        from . import reports  # noqa: F401 - tells apps/episodes/due.py what only notes know
