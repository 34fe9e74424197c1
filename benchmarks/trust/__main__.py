"""Run the checks, print a line each, and write docs/trust.json. Exits with 1 where a promise did not hold."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import gc
import importlib
import json
import os
import random
import secrets
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..by_size import machine
from . import Counted, elsewhere, quoted, servers
from .checks import CHECKS, FULL, QUICK

ROOT = Path(__file__).resolve().parent.parent.parent
REPORT = ROOT / "docs" / "trust.json"


def chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trust", description=__doc__)
    parser.add_argument("checks", nargs="*", metavar="R4", help="default: those of make trust")
    parser.add_argument("--full", action="store_true", help="all but R12 and R13, at the sizes of trust.md")
    parser.add_argument("--size", type=int, help="another size, for every check that is run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=servers.ENGINES)
    parser.add_argument("--no-report", action="store_true", help="leave docs/trust.json as it is")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if unknown := set(asked.checks) - set(CHECKS):
        parser.error(f"there is no check {', '.join(sorted(unknown))}; there are {', '.join(CHECKS)}")
    return asked


def run_inside(checks: list[str], size: int, seed: int) -> None:
    """In a process whose database is the one that the environment names: the check; or without one, the
    clinic with which all of them begin.
    """
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from apps.demo import world

    settings.DEBUG = False  # it would keep every query, and have SQLite quote each parameter of it again
    if not checks:
        call_command("migrate", verbosity=0)
        world.build()
        return
    check = importlib.import_module(f".{CHECKS[checks[0]].module}", __package__)
    clinic = world.existing()
    assert clinic
    gc.collect()
    gc.freeze()  # as in config/wsgi.py: what is loaded by now stays, in each process that a check forks too
    counted: Counted = check.run(clinic, size, random.Random(seed))
    json.dump(vars(counted), sys.stdout)


def inside(address: str, *arguments: str) -> subprocess.CompletedProcess:
    """This program in a process of its own, with that database."""
    settings = {"DEBUG": "on", "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings"}
    settings["SECRET_KEY"] = secrets.token_urlsafe(64)  # whom the check signs in, a server of its own knows
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.trust", *arguments, "--inside"],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        text=True,
    )


def run(check: str, engine: str, server: str, like: str, size: int, seed: int) -> dict:
    """One check in a copy of the database `like`; what it came to, as it stands in the report."""
    started = time.monotonic()
    if CHECKS[check].command:
        counted = elsewhere.run(check, engine, server, size, seed)
    else:
        with servers.database(server, like) as address:
            done = inside(address, check, "--size", str(size), "--seed", str(seed))
        if done.returncode:
            counted = Counted(problems=[f"The check itself ended with status {done.returncode}."])
        else:
            counted = Counted(**json.loads(done.stdout))
    if not counted.faults and not counted.problems:
        counted.problems.append("Nothing was broken, so nothing was shown.")
    return {
        "check": check,
        "database": engine,
        "target": CHECKS[check].target,
        "held": counted.held,
        "size": size,
        "seed": seed,
        "faults": counted.faults,
        **counted.figures,
        "problems": counted.problems,
        "seconds": round(time.monotonic() - started, 1),
    }


def keep(results: list[dict]) -> None:
    """Write the results over those of the same checks and databases; others stay as they were measured."""
    kept = json.loads(REPORT.read_text()) if REPORT.exists() else {"results": {}}
    measured = {"on": dt.datetime.now(dt.UTC).date().isoformat(), "machine": machine()}
    for result in results:
        check, size, seed, engine = (result[name] for name in ("check", "size", "seed", "database"))
        command = f"python -m benchmarks.trust {check} --size {size} --seed {seed} --only {engine}"
        kept["results"][f"{check} {engine}"] = {**result, **measured, "command": command}
    kept["results"] = dict(sorted(kept["results"].items()))
    REPORT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    quoted.quote(kept["results"])


def main() -> int:
    asked = chosen()
    if asked.inside:
        run_inside(asked.checks, asked.size, asked.seed)
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # nothing that was started stays behind
    with contextlib.ExitStack() as stack:
        engines = {"sqlite": ""}
        if asked.only != "sqlite":
            try:
                engines["postgresql"] = os.environ.get("TEST_POSTGRES_URL") or stack.enter_context(
                    servers.postgresql()
                )
            except servers.NoServer as problem:
                print(f"CANNOT  PostgreSQL: {problem}", file=sys.stderr)
                return 1
        # Both at once: each waits for its disk and its processes half of the time.
        with ThreadPoolExecutor() as both:
            results = list(
                both.map(
                    lambda engine: of_engine(engine, engines[engine], asked),
                    [engine for engine in engines if asked.only in (None, engine)],
                )
            )
    held = [result["held"] for each in results for result in each]
    return 0 if held and all(held) else 1


ONE_AT_A_TIME = threading.Lock()
"""Who prints a line and writes the report."""


def of_engine(engine: str, server: str, asked: argparse.Namespace) -> list[dict]:
    """Every check that was asked for on one of the databases; what each came to is printed and kept."""
    results = []
    with servers.database(server) as like:
        inside(like).check_returncode()
        for check in asked.checks or (FULL if asked.full else QUICK):
            wanted = CHECKS[check]
            if engine not in wanted.where:
                continue
            size = asked.size or (wanted.full if asked.full else wanted.usual)
            result = run(check, engine, server, like, size, asked.seed)
            results.append(result)
            with ONE_AT_A_TIME:
                print(json.dumps(result, ensure_ascii=False), flush=True)
                if not asked.no_report:
                    keep([result])
    return results


if __name__ == "__main__":
    sys.exit(main())
