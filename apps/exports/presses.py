"""The programs that lay pages out (press.py), at most two at once on a machine, and killed when they hang.

A press is started when it is first needed and kept for the next page. What a press does happens outside the
process that serves: it has its own bound of memory and of processor, and no database.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from . import press

AT_ONCE = 2
"""Pages laid out at the same time, by all processes of this machine together."""

PATIENCE, PATIENCE_UNWATCHED = 3.0, 60.0
"""Seconds to wait for one of them to end: while somebody looks at the screen, and where nobody does."""

MOST_IN_LINE = 4
"""People at a screen for whom one process makes a PDF or waits for a press. Whoever comes then is told at
once to come back: each holds a thread, and a process without one left keeps waiting who saves a note.
"""

SECONDS_TO_WAIT = 10
"""After which asking again is worth it, for whoever was told to come back."""

MOST_SECONDS, MOST_SECONDS_UNWATCHED = 20.0, 120.0
"""By the clock, from the page going in to the PDF coming out. What a page may cost in processor and memory is
bounded by the press itself, and the same for both: so on a busy machine unwatched work is late, and not lost.
"""

MOST_SECONDS_TO_START = 60.0
"""Reading fonts and libraries takes two seconds of processor, and longer by a busy machine's clock."""

PROGRAM: tuple[str, ...] = (sys.executable, "-I", "-X", "utf8", press.__file__)


class Busy(Exception):
    """As many PDFs as allowed are being made; try again soon."""


class Overdue(Exception):
    """The page took more time or memory than a page may, and was given up."""


class Failed(Exception):
    """The page could not be laid out. The message is the name of the failure."""


@dataclass(frozen=True)
class File:
    """A file inside the PDF."""

    name: str
    description: str
    data: bytes
    moment: str
    relationship: str = "Source"


class _Press:
    """One running program."""

    def __init__(self) -> None:
        # An empty environment: no secret of ours, and no proxy to be talked into.
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            PROGRAM,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"LANG": "C.UTF-8"},
        )
        self.cpu = 0.0
        with self._ended_after(MOST_SECONDS_TO_START) as (_, answer):
            press.read_frame(answer)

    def print(self, html: bytes, job: press.Job, files: Sequence[bytes]) -> bytes:
        """The PDF. Raises EOFError when the program ended by itself, Overdue when it had to be ended."""
        seconds = MOST_SECONDS_UNWATCHED if _is_unwatched.get() else MOST_SECONDS
        with self._ended_after(seconds) as (to, answer):
            for frame in (json.dumps(job).encode(), html, *files):
                press.write_frame(to, frame)
            to.flush()
            status, used, data = (press.read_frame(answer) for _ in range(3))
        self.cpu = json.loads(used)["cpu"]
        if status == press.OK:
            return data
        if data == b"MemoryError":
            self.end()
            raise Overdue
        raise Failed(data.decode("ascii", "replace"))

    @contextlib.contextmanager
    def _ended_after(self, seconds: float) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
        """Its pipes, for so long. Raises EOFError when it ends by itself, Overdue when it has to be."""
        late = threading.Event()

        def give_up() -> None:
            late.set()
            self.process.kill()

        alarm = threading.Timer(seconds, give_up)
        alarm.daemon = True
        alarm.start()
        try:
            yield _pipes(self.process)
        except (BrokenPipeError, EOFError):
            self.end()
            if late.is_set():
                raise Overdue from None
            raise EOFError from None
        finally:
            alarm.cancel()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in _pipes(self.process):
            with contextlib.suppress(OSError):
                pipe.close()


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    to, answer = process.stdin, process.stdout
    if to is None or answer is None:
        raise EOFError
    return to, answer


_is_unwatched: ContextVar[bool] = ContextVar("_is_unwatched", default=False)


@contextlib.contextmanager
def unwatched() -> Iterator[None]:
    """Nobody waits at a screen for what is printed in here."""
    token = _is_unwatched.set(True)
    try:
        yield
    finally:
        _is_unwatched.reset(token)


_line = threading.BoundedSemaphore(MOST_IN_LINE)
_is_in_line: ContextVar[bool] = ContextVar("_is_in_line", default=False)


@contextlib.contextmanager
def in_line() -> Iterator[None]:
    """For whoever makes a PDF while somebody looks at the screen, around what goes before printing too where
    that takes long. Raises Busy, at once, when too many are in line in this process already.
    """
    if _is_unwatched.get() or _is_in_line.get():
        yield
        return
    if not _line.acquire(blocking=False):
        raise Busy
    token = _is_in_line.set(True)
    try:
        yield
    finally:
        _is_in_line.reset(token)
        _line.release()


drawing_up = threading.Lock()
"""For what goes before printing. In one process pages are drawn up one after another: at the same time they
would be no sooner done, and whoever saves a note would wait for all of them.
"""


_presses: dict[int, _Press] = {}
"""By place. Whoever holds a place uses its press alone."""


@contextlib.contextmanager
def _place() -> Iterator[int]:
    """One of the machine's places. Raises Busy when none is free soon.

    The lock is the file's: it is given back when its holder ends, however it ends.
    """
    folder = Path(settings.DOCUMENTS_ROOT) / "locks"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    until = time.monotonic() + (PATIENCE_UNWATCHED if _is_unwatched.get() else PATIENCE)
    with contextlib.ExitStack() as opened:
        places = [opened.enter_context((folder / f"place-{n}").open("ab")) for n in range(AT_ONCE)]
        while True:
            for number, file in enumerate(places):
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                yield number
                return
            if time.monotonic() > until:
                raise Busy
            time.sleep(0.05)


def print_page(
    html: str,
    *,
    paper: str = "letter",
    files: Sequence[File] = (),
    has_signature_field: bool = False,
) -> bytes:
    """The PDF of a page. Raises Busy, Overdue or Failed."""
    files = sorted(files, key=lambda file: file.name)
    job: dict[str, Any] = {
        "paper": paper,
        "has_signature_field": has_signature_field,
        "files": [
            {
                "name": file.name,
                "description": file.description,
                "relationship": file.relationship,
                "moment": file.moment,
            }
            for file in files
        ],
    }
    page = html.encode("utf-8", "surrogatepass")
    with in_line(), _place() as place:
        kept = _presses.pop(place, None)
        begun = time.monotonic()
        data = [file.data for file in files]
        try:
            running = kept or _Press()
            try:
                made = running.print(page, job, data)
            except EOFError:
                ended_idle = kept is not None and kept.process.returncode == 0
                if kept is None or not (ended_idle or time.monotonic() - begun < 1):
                    raise
                # It had ended before this page came; the page is not to blame.
                running = _Press()
                made = running.print(page, job, data)
        except EOFError:
            raise Overdue from None
        except Failed:
            _presses[place] = running
            raise
        _presses[place] = running
        return made


@atexit.register
def end_all() -> None:
    """End this process's presses."""
    while _presses:
        with contextlib.suppress(KeyError):
            _presses.popitem()[1].end()
