from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "apps.accounts"

    def ready(self):
        from . import failed_sign_ins  # noqa: F401 - connects itself
