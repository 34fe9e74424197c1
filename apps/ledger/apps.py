from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate

TABLE = "ledger_ledgerentry"


def protect(*, using, **kwargs):
    from apps.audit import append_only

    append_only.protect(TABLE, using)


class LedgerConfig(AppConfig):
    name = "apps.ledger"

    def ready(self):
        from apps.audit import append_only

        post_migrate.connect(protect, sender=self, dispatch_uid="signed_words_stay")
        register(lambda app_configs, databases, **kwargs: append_only.check(TABLE, databases), Tags.database)
