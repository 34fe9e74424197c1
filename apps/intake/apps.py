from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "apps.intake"

    def ready(self):
        from apps.patients.trail import show_patients

        show_patients("import")
