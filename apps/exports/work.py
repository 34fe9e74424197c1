"""Long work: tasks that `manage.py db_worker` does, outside any request.

A task is called with ids and plain values, never with words about a patient: they stay in a table. It can be
begun again at any point, because a worker that is stopped leaves its task half done, and `resume` hands that
task out once more. What went wrong is logged without values, and kept as the name of the failure alone.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from . import presses

logger = logging.getLogger(__name__)


class WorkFailed(Exception):
    """A task failed. The message is the name of the failure: the failure's own words may be a patient's."""


BEFORE_ANYBODY_ASKS = -50
"""The priority of what nobody waits for yet: what somebody asked for is done first (0)."""


def long_work(function: Callable[..., Any]) -> Any:
    """Make a module's function a task: `function.enqueue(...)` has it done by the worker."""

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            with presses.unwatched():
                return function(*args, **kwargs)
        except Exception as error:
            logger.exception("long work failed: %s", function.__name__)
            failure = type(error).__name__
        # Outside the except, so that the first failure and its words are not kept beside this one.
        raise WorkFailed(failure)

    return task()(run)


def resume(worker_id: str) -> int:
    """Hand out again what the worker of this id had begun when it was stopped; how many tasks that were.

    The id belongs to one worker at a time, so nothing that it has begun can still be running.
    """
    begun = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)
    mine = [row.pk for row in begun if row.worker_ids and row.worker_ids[-1] == worker_id]
    return DBTaskResult.objects.filter(pk__in=mine, status=TaskResultStatus.RUNNING).update(
        status=TaskResultStatus.READY, started_at=None
    )
