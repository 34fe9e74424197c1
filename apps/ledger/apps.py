from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate

TABLES = ("ledger_ledgerentry", "ledger_checkpoint", "ledger_auditseal")
"""Rows that are only added."""


def protect(*, using, **kwargs):
    from apps.audit import append_only

    for table in TABLES:
        append_only.protect(table, using)


def check(app_configs, databases, **kwargs):
    from apps.audit import append_only

    return [problem for table in TABLES for problem in append_only.check(table, databases)]


class LedgerConfig(AppConfig):
    name = "apps.ledger"

    def ready(self):
        post_migrate.connect(protect, sender=self, dispatch_uid="signed_words_stay")
        register(check, Tags.database)
