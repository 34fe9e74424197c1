from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "apps.patients"

    def ready(self):
        from apps.audit import append_only

        # An accounting of disclosures is asked for years later, and is no use when it could be trimmed.
        append_only.guard(self, "patients_disclosure", "patients_legalhold", "patients_holdlifted")
