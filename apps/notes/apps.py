from django.apps import AppConfig


class NotesConfig(AppConfig):
    name = "apps.notes"

    def ready(self) -> None:
        from apps.accounts import leaving

        from . import reports  # noqa: F401 - tells apps/episodes/due.py what only notes know
        from .access import drafts_left_by

        leaving.tell(drafts_left_by)
