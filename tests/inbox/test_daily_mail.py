"""bin/mail, left to run until its time: by the clock of a machine that we set."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent.parent / "bin" / "mail"


@pytest.fixture
def machine(tmp_path):
    """Starts the script where `date` says what it is told and `python` writes down what it is asked to do."""
    programs = tmp_path / "programs"
    for folder in (programs, tmp_path / "bin"):
        folder.mkdir()
    shutil.copy(SCRIPT, tmp_path / "bin")
    sent = tmp_path / "sent"

    def start(now, at=None):
        for name, line in {"date": f"echo {now}", "python": f'echo "$@" >>{sent}'}.items():
            (programs / name).write_text(f"#!/bin/sh\n{line}\n")
            (programs / name).chmod(0o755)
        environment = {"PATH": f"{programs}:{os.environ['PATH']}", **({"MAIL_AT": at} if at else {})}
        started.append(
            subprocess.Popen(
                [tmp_path / "bin" / "mail"], env=environment, stderr=subprocess.PIPE, start_new_session=True
            )
        )
        return started[-1], sent

    started = []
    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.mark.parametrize(
    ("now", "at"),
    [
        ("06:29:59", None),
        ("23:59:59", "00:00"),
        ("07:59:59", "08:00"),
        ("09:07:58", "09:08"),
        ("12:00:59", "12:01"),
    ],
)
def test_it_sends_when_its_time_has_come(machine, now, at):
    process, sent = machine(now, at)
    for _ in range(200):
        if process.poll() is not None or (sent.exists() and sent.read_text()):
            break
        time.sleep(0.05)
    assert process.poll() is None, process.stderr.read()
    assert sent.read_text().startswith("manage.py inbox_mail\n")
    process.terminate()
    assert process.wait(10) == 0


@pytest.mark.parametrize("now", ["06:30:00", "00:00:00", "08:09:08"])
def test_it_waits_until_then_and_stops_when_it_is_told(machine, now):
    process, sent = machine(now)
    time.sleep(0.5)
    assert process.poll() is None, process.stderr.read()
    process.terminate()
    assert process.wait(10) == 0
    assert not sent.exists()


@pytest.mark.parametrize("at", ["6:30", "24:00", "06:60", "half past six"])
def test_what_is_no_time_of_day_is_refused(machine, at):
    process, sent = machine("06:00:00", at)
    assert process.wait(10) == 2
    assert b"MAIL_AT must be a time of day" in process.stderr.read()
    assert not sent.exists()
