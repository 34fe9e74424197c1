from django.apps import AppConfig
from django.core.checks import Tags, register


class AuditConfig(AppConfig):
    name = "apps.audit"

    def ready(self):
        from . import append_only, deployment

        append_only.guard(self, "audit_event")
        register(deployment.check, Tags.database)
