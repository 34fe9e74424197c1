"""A demo's database and a clinic's are never taken for each other: asked before anything is served."""

from __future__ import annotations

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connection

from .models import Deployment


def check(app_configs, databases, **kwargs) -> list[CheckMessage]:
    tables = connection.introspection.table_names() if databases else []
    if Deployment._meta.db_table not in tables:
        return []
    is_demo = Deployment.is_demo_database()
    if is_demo == settings.DEMO:
        return []
    if is_demo:
        return [
            Error(
                "This database is the demo's, and Midline was started as a clinic's.",
                hint="Name another in DATABASE_URL, or set MIDLINE_DEMO=on for the demo.",
                id="midline.E010",
            )
        ]
    if not _holds_somebody():
        return []
    return [
        Error(
            "This database is a clinic's, and Midline was started as the demo.",
            hint="Take MIDLINE_DEMO away. The demo needs a database of its own.",
            id="midline.E011",
        )
    ]


def _holds_somebody() -> bool:
    from django.contrib.auth import get_user_model

    return get_user_model().objects.exists()
