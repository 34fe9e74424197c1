from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "apps.audit"

    def ready(self):
        from . import append_only

        append_only.guard(self, "audit_event")
