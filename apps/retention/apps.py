from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "apps.retention"

    def ready(self):
        from apps.audit import append_only
        from apps.patients.trail import show_patients

        show_patients("retention")
        append_only.guard(self, "retention_retentionrule")
