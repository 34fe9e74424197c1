"""What trust.md asks and other programs try already: each run by name, with what it says it did.

Of pytest the faults are the tests that passed, of the fuzzer the requests that it sent, of the others what
their last lines count: runs in a browser, rows restored. A run that tried nothing is no pass.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import Counted
from .checks import CHECKS, PYTEST

ROOT = Path(__file__).resolve().parent.parent.parent
COUNTS = {
    "tests passed": re.compile(r"\b([0-9]+) passed"),
    "runs as typed": re.compile(r"^([0-9]+) ended with the server's text", re.M),
    "rows restored": re.compile(r": ([0-9,]+) rows dumped, restored and verified"),
}
INJECTED = re.compile(r"injected: (.+)$", re.M)


def run(check: str, engine: str, server: str, size: int, seed: int) -> Counted:
    """Run the check's own program on that database, and read what it said."""
    command = [part.format(engine=engine, size=size, seed=seed) for part in CHECKS[check].command]
    if check == "R5" and size:
        command = [*command[:-1], *some_of(command[-1], size, seed)]
    ours = ("DATABASE_URL", "DEBUG", "MIDLINE_DEMO", "SECRET_KEY")
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    environment |= {"MIDLINE_NO_SKIPS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    if server:
        environment |= {"DATABASE_URL": server, "TEST_POSTGRES_URL": server}
    with tempfile.NamedTemporaryFile("r", suffix=".jsonl") as report:
        if check == "R6":
            environment |= {"FUZZ_REQUESTS": str(size), "FUZZ_SEED": str(seed), "FUZZ_REPORT": report.name}
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        parts = [json.loads(line) for line in report.read().splitlines()]
    return read(command, done.returncode, done.stdout, parts)


def some_of(file: str, size: int, seed: int) -> list[str]:
    """Tests of a file, chosen by the seed."""
    asked = [sys.executable, *PYTEST, "--collect-only", file]
    found = subprocess.run(asked, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    tests = [line for line in found.splitlines() if line.startswith(f"{file}::")]
    return sorted(random.Random(seed).sample(tests, min(size, len(tests))))


def read(command: Sequence[str], status: int, said: str, parts: Sequence[dict[str, Any]] = ()) -> Counted:
    """What a program came to, by its status, its words and the parts of its report."""
    last = next((line for line in reversed(said.splitlines()) if line.strip()), "")
    counted = Counted(figures={"by": next((part.partition("::")[0] for part in command if "." in part), "")})
    if status:
        counted.problems.append(f"It ended with status {status}: {last}")
    for what, pattern in COUNTS.items():
        if found := pattern.findall(said):
            counted.faults = counted.figures[what] = int(found[-1].replace(",", ""))
    if parts:
        counted.faults = counted.figures["requests sent"] = sum(part["sent"] for part in parts)
        counted.figures["failures"] = sum(len(part["failures"]) for part in parts)
    if injected := INJECTED.findall(said):
        counted.figures["injected"] = injected[-1]
    return counted
