from django.apps import AppConfig


class OpeningConfig(AppConfig):
    """Opening a clinic: what happens once, on the first day of an installation."""

    name = "apps.opening"
