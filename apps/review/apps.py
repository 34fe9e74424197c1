from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "apps.review"

    def ready(self) -> None:
        from apps.accounts import context
        from apps.patients import trail

        from .access import number_waiting

        trail.show_patients("review")
        context.show_number("review", number_waiting)
