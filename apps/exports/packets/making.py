"""Making a packet: asked for by a person, done by the worker, seen while it goes on, cancelled, begun again.

The row of the build is what everybody sees. The file is written beside it under a random name and is there
only when it is whole; half a packet is never handed out.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import hashlib
import logging
import secrets
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from apps.accounts.models import User
from apps.audit import clock, events, news, verbs
from apps.audit.refused import Refused
from apps.exports import certificate, pdf
from apps.exports.work import long_work
from apps.patients.merging import held_among

from . import actions, build, charts, given_out, room
from .models import Build, ChartCopy, Packet, ReviewSample

logger = logging.getLogger(__name__)

Status = Build.Status
OPEN = (Status.WAITING, Status.RUNNING)
SILENT = dt.timedelta(minutes=2)
"""After so long without a word, a build is taken to have been interrupted."""

KINDS: dict[type, str] = {Packet: "packet", ReviewSample: "sample", ChartCopy: "copy"}
"""What can be made → the name of the build's field for it."""


ASK_FOR_ROOM = "Whoever runs it has to make room; then try again."


class Cancelled(Exception):
    """Somebody does not want the packet any more."""


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "packets"


def path_of(made: Build) -> Path:
    return folder() / made.stored_as[:2] / made.stored_as


@transaction.atomic
def ask(*, of: Packet | ReviewSample | ChartCopy, by: User, **how) -> Build:
    """Have a packet made, all packets of a sample, or whole charts. Who asked for it, for whom and why is on
    record.
    """
    kind = KINDS[type(of)]
    type(of)._default_manager.select_for_update().get(pk=of.pk)
    if Build.objects.filter(**{kind: of}, status__in=OPEN).exists():
        raise Refused("It is being made already. Cancel that first, to make it another way.")
    made = Build.objects.create(
        clinic=of.clinic,
        made_by=by,
        asked_at=clock.now(),
        reviewer=of.reviewer,
        purpose=of.purpose,
        says="Waiting for its turn",
        **{kind: of},
        **how,
    )
    events.record(verbs.PACKET_MADE, by=by, clinic=of.clinic, patient=made.patient, target=made)
    _enqueue(made)
    return made


def _enqueue(made: Build) -> None:
    id = str(made.pk)
    transaction.on_commit(lambda: make.enqueue(id))


@transaction.atomic
def cancel(*, made: Build, by: User) -> Build:
    """Stop at the next page; what was drawn so far is thrown away.

    One that failed has been seen then, and no longer waits for anybody.
    """
    made = Build.objects.select_for_update().get(pk=made.pk)
    if not made.is_open and made.status != Status.FAILED:
        raise Refused("It is not being made any more.")
    made.status, made.says, made.finished_at = Status.CANCELLED, "Cancelled", clock.now()
    made.save(update_fields=["status", "says", "finished_at"])
    events.record(verbs.PACKET_CANCELLED, by=by, clinic=made.clinic, patient=made.patient, target=made)
    return made


@transaction.atomic
def hand_out(*, made: Build, whole: bool, by: User) -> None:
    """Somebody takes the files, or one reading copy out of them. Each time is counted and on record."""
    Build.objects.filter(pk=made.pk).update(handed_out=F("handed_out") + 1)
    events.record(
        verbs.PACKET_HANDED_OUT, by=by, clinic=made.clinic, patient=made.patient, target=made, whole=whole
    )
    if made.copy and made.copy.disclosed_at is None:
        given, person = str(made.pk), str(by.pk)
        transaction.on_commit(lambda: say_that_it_was_given_out.enqueue(given, person))


@long_work
def say_that_it_was_given_out(id: str, by: str) -> int:
    """Write in every chart of a copy to whom it was given; in how many. By the worker: there may be many."""
    made = Build.objects.select_related("copy__patient__clinic", "clinic").get(pk=id)
    assert made.copy is not None  # noqa: S101 - enqueued for copies alone
    ids = charts.patients_in(path_of(made)) if made.copy.patient is None else [made.copy.patient_id]
    return given_out.record(copy=made.copy, patients=ids, by=User.objects.get(pk=by))


def is_interrupted(made: Build) -> bool:
    """Has nothing been heard of it for a while, because its worker was stopped?"""
    heard = made.beat_at or made.asked_at
    return made.is_open and clock.now() - heard > SILENT


@transaction.atomic
def again(*, made: Build, by: User) -> Build:
    """Go on with a build that was interrupted or failed. Pages that are stored already are only read."""
    made = Build.objects.select_for_update().get(pk=made.pk)
    if made.status in (Status.DONE, Status.EXPIRED):
        raise Refused("It is made already.")
    if made.status == Status.RUNNING and not is_interrupted(made):
        raise Refused("It is being made at this moment.")
    made.status, made.says, made.beat_at = Status.WAITING, "Waiting for its turn", clock.now()
    made.save(update_fields=["status", "says", "beat_at"])
    events.record(verbs.PACKET_MADE, by=by, clinic=made.clinic, patient=made.patient, target=made, again=True)
    _enqueue(made)
    return made


class Progress:
    """Says what is being done, and hears whether it is still wanted."""

    def __init__(self, made: Build):
        self.made = made
        self.done = 0

    def total(self, count: int) -> None:
        Build.objects.filter(pk=self.made.pk).update(total=count, done=0)
        self.done = 0

    def __call__(self, says: str, *, steps: int = 1) -> None:
        """Raises Cancelled."""
        self.done += steps
        wanted = Build.objects.filter(pk=self.made.pk, status=Status.RUNNING)
        if not wanted.update(says=says[:200], done=self.done, beat_at=clock.now()):
            raise Cancelled


@long_work
def make(id: str) -> str:
    """Make what was asked for; its status at the end. Begun twice, the second leaves it to the first."""
    with _alone(id) as is_alone:
        if not is_alone:
            return "being made"
        expire()
        wanted = Build.objects.filter(pk=id, status__in=OPEN)
        if not wanted.update(status=Status.RUNNING, beat_at=clock.now(), says="Looking at what goes in"):
            return "not wanted"
        return _make(
            Build.objects.select_related(
                "clinic", "packet__patient", "sample", "copy__patient__clinic", "copy__asked_by", "made_by"
            ).get(pk=id)
        )


def _make(made: Build) -> str:
    work = folder() / "work" / str(made.pk)
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True, mode=0o700)
    try:
        written = (charts if made.copy else build).write(made, work, Progress(made))
        _keep(made, written)
    except Cancelled:
        return "cancelled"
    except pdf.Unavailable:
        _failed(made, "This server cannot make PDFs yet. Whoever runs it finds the line to type in its log.")
    except certificate.Unusable as problem:
        _failed(made, f"{problem} Whoever runs the server can mend that; nothing was sent.")
    except room.NoRoom as problem:
        _failed(made, f"The server’s disk has no room for it: {problem}. {ASK_FOR_ROOM}")
    except pdf.Busy:
        _failed(made, "The server was too busy to draw its pages. Try again in a moment.")
    except OSError as error:
        if error.errno not in room.FULL:
            _failed(made, _stopped(error))
            raise
        _failed(made, f"The server’s disk became full while it was made. {ASK_FOR_ROOM}")
    except Exception as error:
        _failed(made, _stopped(error))
        raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Build.objects.values_list("status", flat=True).get(pk=made.pk)


def _stopped(error: Exception) -> str:
    """The failure's own words may be a patient's."""
    return f"It stopped with an error ({type(error).__name__}). Nothing was sent; try again."


def _failed(made: Build, words: str) -> None:
    Build.objects.filter(pk=made.pk, status=Status.RUNNING).update(
        status=Status.FAILED, says=words, finished_at=clock.now()
    )
    news.tell(made.clinic_id)


def _keep(made: Build, written: build.Written) -> None:
    with written.path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    name = secrets.token_hex(24)
    target = folder() / name[:2] / name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    written.path.replace(target)
    today = clock.today(made.clinic.time_zone)
    kept = Build.objects.filter(pk=made.pk, status=Status.RUNNING).update(
        status=Status.DONE,
        says="Ready",
        finished_at=clock.now(),
        pages=written.pages,
        files=written.files,
        gaps=written.gaps,
        size=target.stat().st_size,
        sha256=sha256,
        stored_as=name,
        expires_on=today + dt.timedelta(days=actions.keep_days(made.clinic)),
    )
    if not kept:
        target.unlink()
        raise Cancelled
    news.tell(made.clinic_id)


@contextlib.contextmanager
def _alone(id: str) -> Iterator[bool]:
    """One maker for a build on this machine, whatever was enqueued twice."""
    locks = folder() / "locks"
    locks.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = locks / id
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
        path.unlink(missing_ok=True)


def expire() -> int:
    """Remove the files whose time is over, but of a patient on legal hold. Their rows, with hash and reader,
    stay.
    """
    count = 0
    done = Build.objects.filter(status=Status.DONE)
    over = [
        made
        for made in done.select_related("clinic", "packet__patient", "copy__patient")
        if made.expires_on and made.expires_on < clock.today(made.clinic.time_zone)
    ]
    for made in with_holds(over):
        if not made.is_held:
            path_of(made).unlink(missing_ok=True)
            Build.objects.filter(pk=made.pk).update(status=Status.EXPIRED)
            events.record(verbs.PACKET_EXPIRED, clinic=made.clinic, patient=made.patient, target=made)
            count += 1
    return count


def with_holds(builds: Iterable[Build]) -> list[Build]:
    """Each with `is_held`: is a patient of the packet, of the sample or of the whole chart on legal hold?
    Every chart of a clinic in one file is a copy for somebody else, and no record of a patient.
    """
    builds = list(builds)
    of_samples = Packet.objects.filter(sample__in={made.sample_id for made in builds if made.sample_id})
    patients: dict[Any, set[Any]] = defaultdict(set)
    for sample, patient in of_samples.values_list("sample", "patient"):
        patients[sample].add(patient)
    for made in builds:
        if made.patient:
            patients[made.pk].add(made.patient.pk)
    held = held_among(set().union(*patients.values()))
    for made in builds:
        made.is_held = bool(patients[made.sample_id or made.pk] & held)
    return builds
