from django.apps import AppConfig


class InboxConfig(AppConfig):
    """What waits for a person, as an inbox of their own and as mail without a word about a patient."""

    name = "apps.inbox"

    def ready(self) -> None:
        from apps.audit import news
        from apps.patients import trail

        from . import count, mail

        news.listen(count.is_old)
        news.listen(mail.look_soon)
        trail.show_patients("inbox")
