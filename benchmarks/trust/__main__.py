"""Run the checks, print a line each, and write docs/trust.json. Exits with 1 where a promise did not hold."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import importlib
import json
import os
import platform
import random
import subprocess
import sys
import time
from pathlib import Path

from . import Counted, servers

ROOT = Path(__file__).resolve().parent.parent.parent
REPORT = ROOT / "docs" / "trust.json"
CHECKS = {
    "R1": ("kills", 1000, 50_000),  # acknowledged saves
    "R3": ("editors", 200, 2000),  # rounds
    "R4": ("races", 15, 500),  # races of each kind
    "R7": ("ledger", 1000, 5000),  # clean entries
    "R7b": ("signatures", 96, 800),  # signatures by sixteen processes
}
"""What trust.md calls it; the module, its size, and its size with --full. docs/record.md names the others."""


def chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trust", description=__doc__)
    parser.add_argument("checks", nargs="*", metavar="R4", help="default: all")
    parser.add_argument("--full", action="store_true", help="the sizes of trust.md")
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
    from django.core.management import call_command

    from apps.demo import world

    if not checks:
        call_command("migrate", verbosity=0)
        world.build()
        return
    check = importlib.import_module(f".{CHECKS[checks[0]][0]}", __package__)
    clinic = world.existing()
    assert clinic
    counted: Counted = check.run(clinic, size, random.Random(seed))
    json.dump(vars(counted), sys.stdout)


def inside(address: str, *arguments: str) -> subprocess.CompletedProcess:
    """This program in a process of its own, with that database."""
    settings = {"DEBUG": "on", "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings"}
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
    with servers.database(server, like) as address:
        done = inside(address, check, "--size", str(size), "--seed", str(seed))
    if done.returncode:
        counted = Counted(problems=[f"The check itself ended with status {done.returncode}."])
    else:
        counted = Counted(**json.loads(done.stdout))
        if not counted.faults:
            counted.problems.append("Nothing was broken, so nothing was shown.")
    return {
        "check": check,
        "database": engine,
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
    measured = {"on": dt.datetime.now(dt.UTC).date().isoformat(), "python": platform.python_version()}
    for result in results:
        kept["results"][f"{result['check']} {result['database']}"] = {**result, **measured}
    kept["results"] = dict(sorted(kept["results"].items()))
    REPORT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


def main() -> int:
    asked = chosen()
    if asked.inside:
        run_inside(asked.checks, asked.size, asked.seed)
        return 0
    results = []
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
        for engine, server in engines.items():
            if asked.only not in (None, engine):
                continue
            like = stack.enter_context(servers.database(server))
            inside(like).check_returncode()
            for check in asked.checks or CHECKS:
                _, usual, full = CHECKS[check]
                size = asked.size or (full if asked.full else usual)
                result = run(check, engine, server, like, size, asked.seed)
                results.append(result)
                print(json.dumps(result, ensure_ascii=False), flush=True)
                if not asked.no_report:
                    keep([result])
    return 0 if results and all(result["held"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
