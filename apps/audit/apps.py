from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate

TABLE = "audit_event"


def protect(*, using, **kwargs):
    from . import append_only

    append_only.protect(TABLE, using)


class AuditConfig(AppConfig):
    name = "apps.audit"

    def ready(self):
        from . import append_only

        post_migrate.connect(protect, sender=self, dispatch_uid="audit_events_stay")
        register(lambda app_configs, databases, **kwargs: append_only.check(TABLE, databases), Tags.database)
