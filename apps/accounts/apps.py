from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.core.checks import Tags, register
from django.core.signals import request_finished
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


def protect(sender, using, **kwargs):
    from . import row_security

    row_security.protect(using)


class AccountsConfig(AppConfig):
    name = "apps.accounts"

    def ready(self):
        from . import addresses, failed_sign_ins, presence, row_security  # noqa: F401 - the first connects itself

        user_logged_in.connect(presence.begin, dispatch_uid="a sign-in begins")
        connection_created.connect(row_security.starts, dispatch_uid="a connection sees its clinics")
        request_finished.connect(row_security.show_nothing, dispatch_uid="a connection is given back")
        # After every app's tables are there, not only ours.
        post_migrate.connect(protect, dispatch_uid="clinics_stay_apart")
        register(row_security.check, Tags.database)
        register(addresses.check)
