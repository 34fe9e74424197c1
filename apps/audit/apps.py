from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.backends.signals import connection_created


class AuditConfig(AppConfig):
    name = "apps.audit"

    def ready(self):
        from . import append_only, connecting, deployment

        append_only.guard(self, "audit_event")
        connection_created.connect(connecting.begin)
        register(deployment.check, Tags.database)
