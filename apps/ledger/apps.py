from django.apps import AppConfig

TABLES = ("ledger_ledgerentry", "ledger_checkpoint", "ledger_auditseal", "ledger_verification")
"""Rows that are only added."""


class LedgerConfig(AppConfig):
    name = "apps.ledger"

    def ready(self):
        from apps.audit import append_only

        append_only.guard(self, *TABLES)
