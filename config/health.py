"""Is the app up, and may it be given work? For a load balancer, and saying nothing else to a stranger."""

from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.views.decorators.http import require_safe

_is_migrated = False


def words(says: str, status: int = 200) -> HttpResponse:
    return HttpResponse(says, status=status, content_type="text/plain; charset=utf-8")


@require_safe
def healthz(request):
    """200 and "ok" while this process lives and its database answers, or 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return words("the database does not answer", 503)
    return words("ok")


@require_safe
def readyz(request):
    """200 and "ready" when this code's tables are all there, or 503: a new version waits for its migrations.

    Asked until it holds once; a process does not lose its tables again. Of a process that was told to stop it
    says 503 first, while all else is still answered: whoever gives out requests gives them to another.
    """
    global _is_migrated
    if settings.STOPPING_FILE and Path(settings.STOPPING_FILE).exists():
        return words("stopping", 503)
    try:
        if not _is_migrated:
            executor = MigrationExecutor(connection)
            _is_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        else:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
    except DatabaseError:
        return words("the database does not answer", 503)
    return words("ready") if _is_migrated else words("migrations are waiting", 503)
