"""Every address, one line per app."""

from django.urls import URLPattern, URLResolver, include, path

from apps.accounts.presence import signed_in
from config.health import healthz, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("apps.accounts.urls")),
    path("", include("apps.patients.urls")),
    path("", include("apps.episodes.urls")),
    path("", include("apps.visits.urls")),
    path("", include("apps.notes.urls")),
    path("", include("apps.exports.urls")),
    path("", include("apps.intake.urls")),
    path("", include("apps.retention.urls")),
    path("", include("apps.review.urls")),
    path("", include("apps.help.urls")),
    path("", include("apps.home.urls")),
    path("", include("apps.inbox.urls")),
    path("", include("apps.opening.urls")),
    path("signed-in/", signed_in, name="signed-in"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]

handler400 = "config.trouble.unreadable"
handler403 = "config.refusals.not_allowed"
handler404 = "config.refusals.not_found"
handler500 = "config.trouble.failed"
