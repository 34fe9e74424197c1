"""Long work: what a task may leave behind, and what becomes of it when its worker is stopped."""

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from apps.exports import work
from apps.exports.work import BEFORE_ANYBODY_ASKS, WorkFailed, long_work


@long_work
def add(first, second):
    return first + second


@long_work
def fail():
    raise ValueError("Mabel Quill, born 1951")


def begun_by(worker, status=TaskResultStatus.RUNNING):
    return DBTaskResult.objects.create(
        args_kwargs={"args": [], "kwargs": {}},
        task_path="tests.exports.test_work.add",
        backend_name="default",
        status=status,
        started_at=timezone.now(),
        worker_ids=["somebody", worker],
        exception_class_path="",
        traceback="",
    )


def test_in_tests_a_task_is_done_at_once():
    result = add.enqueue(2, 3)
    assert result.status == TaskResultStatus.SUCCESSFUL and result.return_value == 5


def test_a_failed_task_keeps_the_name_of_the_failure_and_none_of_its_words(caplog):
    result = fail.enqueue()
    assert result.status == TaskResultStatus.FAILED
    kept = result.errors[0].traceback
    assert "WorkFailed: ValueError" in kept
    assert "Mabel" not in kept


def test_a_task_of_another_name_is_itself_when_called():
    assert add.call(1, 1) == 2
    with pytest.raises(WorkFailed, match="ValueError"):
        fail.call()


@pytest.mark.django_db
def test_what_somebody_asked_for_is_done_before_what_nobody_waits_for_yet(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    unasked = add.using(priority=BEFORE_ANYBODY_ASKS).enqueue(1, 1)
    asked = add.enqueue(2, 2)
    assert [str(row.pk) for row in DBTaskResult.objects.ready()] == [asked.id, unasked.id]


@pytest.mark.django_db
def test_what_a_stopped_worker_had_begun_is_handed_out_again():
    mine, others, done = (
        begun_by("worker-1"),
        begun_by("worker-2"),
        begun_by("worker-1", TaskResultStatus.SUCCESSFUL),
    )
    call_command("resume_work", worker_id="worker-1", verbosity=0)
    status = {row.pk: row.status for row in DBTaskResult.objects.all()}
    assert status == {
        mine.pk: TaskResultStatus.READY,
        others.pk: TaskResultStatus.RUNNING,
        done.pk: TaskResultStatus.SUCCESSFUL,
    }
    assert work.resume("worker-1") == 0
