"""How long ten pages of a day take, by the size of the clinic: over HTTP, by one client and by eight.

    make bench                                       10,000 signed notes, on both databases; minutes
    make bench BENCH="--sizes 10000,100000"          and ten times as many, which take long to grow
    .venv/bin/python -m benchmarks.by_size --in ADDRESS --witness FOLDER   a clinic grown by benchmarks.clinic

Each clinic is grown in a database of its own (benchmarks/clinic), served by two workers of granian, and
asked by clients in another process on the same machine. What is measured goes into docs/bench.json over
what stood there of that database and size; docs/bench.svg and docs/bench.md are drawn up from it. Times on
a busy machine are worthless; the floors of the same minute stand beside them.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import platform
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from . import chart, load, page
from .clinic import FIGURES
from .trust import servers

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
RESULTS = DOCS / "bench.json"
SIZES = (10_000, 100_000, 1_000_000)
USUAL = (10_000,)
"""Measured when no size is named: minutes. The others take as long as they take to grow."""

WORKERS = 2
SECONDS = 2.5
"""For how long each page is asked, by one client and then by eight."""

BUSY = 0.3
"""Cores that others use, above which what is measured is mostly what they do."""


def chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.by_size", description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, USUAL)), help="signed notes, with commas")
    parser.add_argument("--only", choices=servers.ENGINES)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--in", dest="address", help="measure the grown clinic in this database")
    parser.add_argument("--witness", type=Path, metavar="FOLDER", help="what was given when it was grown")
    parser.add_argument("--page", help="measure this page alone anew")
    parser.add_argument("--no-report", action="store_true", help="leave docs/bench.json as it is")
    return parser.parse_args()


def main() -> int:
    asked = chosen()
    if asked.address:
        line = measured(asked.address, asked.seconds, only=asked.page)
        keep({**line, **made_in(asked.witness)}, asked.no_report)
        return 0
    sizes = [int(size) for size in asked.sizes.split(",")]
    with contextlib.ExitStack() as stack:
        engines = {"sqlite": ""}
        if asked.only != "sqlite":
            engines["postgresql"] = stack.enter_context(servers.postgresql())
        for size in sizes:
            for engine, server in engines.items():
                if asked.only in (None, engine):
                    with servers.database(server) as address, tempfile.TemporaryDirectory() as folder:
                        grow(address, size, folder)
                        line = {**measured(address, asked.seconds), **made_in(Path(folder))}
                        keep(line, asked.no_report)
    return 0


def grow(address: str, size: int, witness: str) -> None:
    """Grow the clinic in a process of its own, which verifies it."""
    command = [sys.executable, "-m", "benchmarks.clinic", str(size), "--witness", witness]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": address}, check=True)


def made_in(witness: Path | None) -> dict:
    """How many there are of what, and how fast they were made."""
    return {"grown": json.loads((witness / FIGURES).read_text())} if witness else {}


def set_up(address: str) -> None:
    """This process as one that serves from the grown clinic of that database."""
    os.environ |= {
        "DEBUG": "on",
        "MIDLINE_DEMO": "on",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": address,
    }
    import django
    from django.conf import settings

    django.setup()
    from . import place

    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
    place.cache_templates(settings)
    place.add_empty_view()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)  # it may have been grown before the last migration


@contextlib.contextmanager
def documents_put_away() -> Iterator[None]:
    """What is printed meanwhile goes into a folder of its own, and away with it."""
    from django.conf import settings

    with tempfile.TemporaryDirectory(prefix="midline-bench-") as documents:
        os.environ["DOCUMENTS_DIR"] = documents
        settings.DOCUMENTS_ROOT = Path(documents)
        yield


def measured(address: str, seconds: float, *, only: str | None = None) -> dict:
    """Every page of a grown clinic, or one, in this process and over HTTP; the line for the report."""
    set_up(address)
    from django.db import connection

    from apps.notes.models import Note, Status

    from . import scenes as pages

    notes = Note.objects.filter(status=Status.SIGNED).count()
    busy = cores_busy()
    if busy > BUSY:
        print(f"Others use {busy:.1f} cores here: these times say little about Midline.", flush=True)
    with documents_put_away():
        scenes = pages.prepared()
        floors, vendor = pages.floors(), connection.vendor
        connection.close()
        with Server(address) as server:
            lines = {}
            for name in ["sign", *(name for name in scenes.requests if name != "sign")]:
                if only not in (None, name):
                    continue
                lines[name] = asked_for(server.port, *scenes.requests[name], seconds)
                say(name, lines[name])
                if name == "save":
                    pages.checks(scenes)
                    lines["live check"] = asked_for(server.port, *scenes.requests["save"], seconds)
                    scenes.queries["live check"] = scenes.queries["save"]
                    scenes.read_whole["live check"] = scenes.read_whole["save"]
                    say("live check", lines["live check"])
            memory = memory_of(server.process)
    return {
        "database": vendor,
        "notes": notes,
        "on": dt.datetime.now(dt.UTC).date().isoformat(),
        "machine": machine(),
        "cores_busy_before": round(busy, 2),
        "floors": floors,
        "memory_mb_of_each_worker": memory,
        "pages": {
            name: {
                "queries": scenes.queries[name],
                "read_whole": scenes.read_whole[name],
                "alone": asdict(alone),
                "together": asdict(together),
            }
            for name, (alone, together) in lines.items()
        },
    }


def cores_busy(seconds: float = 3) -> float:
    """How many cores were in use while this process slept so long; 0 where the system does not say."""

    def ticks() -> tuple[int, int]:
        all_of_them = [int(field) for field in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
        return sum(all_of_them), all_of_them[3] + all_of_them[4]

    try:
        before = ticks()
        time.sleep(seconds)
        after = ticks()
    except OSError:
        return 0.0
    whole, idle = after[0] - before[0], after[1] - before[1]
    return (os.cpu_count() or 1) * (1 - idle / whole) if whole else 0.0


def asked_for(port: int, alone: list[load.Request], together: list[load.Request], seconds: float):
    for request in (alone + together) if not isinstance(alone[0], load.Signs) else ():
        load.run(port, [request], 0, at_least=2)  # each worker has read its templates and filled its caches
    return load.run(port, alone, seconds), load.run(port, together, seconds)


def say(name: str, lines) -> None:
    said = "; ".join(
        f"{line.clients} at a time: {line.median:.1f} ms, p95 {line.p95:.1f}, p99 {line.p99:.1f}, "
        f"{line.a_second:.0f}/s ({line.requests})"
        for line in lines
    )
    print(f"{name:16} {said}", flush=True)


class Server:
    """The app on a free port, as bin/serve starts it: gone afterwards, with its workers."""

    def __init__(self, address: str):
        self.address, self.port = address, 0

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *failed: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()

    def start(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        granian = str(Path(sys.executable).with_name("granian"))
        command = [granian, "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port), "--no-ws"]
        command += ["--workers", str(WORKERS), "--backpressure", "16", "--respawn-failed-workers"]
        command += ["--log-level", "error", "benchmarks.wsgi:application"]
        environment = {**os.environ, "DATABASE_URL": self.address}
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        for _ in range(300):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5).read()
                return
            time.sleep(0.2)
        raise RuntimeError("the server does not answer")

    def workers(self) -> list[int]:
        return children(self.process.pid)

    def kill_a_worker(self, dice: random.Random) -> bool:
        """One of them at once, as the system does to a process that takes too much; was there one?"""
        with contextlib.suppress(OSError, IndexError):
            os.kill(dice.choice(self.workers()), signal.SIGKILL)
            return True
        return False

    def kill(self) -> None:
        """The whole server at once, as a machine that is switched off."""
        for pid in (self.process.pid, *self.workers()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def memory_of(server: subprocess.Popen) -> list[int]:
    """Megabytes that each worker has to itself or shares in part (PSS), after all that was asked."""
    found = []
    for child in children(server.pid):
        for line in Path(f"/proc/{child}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                found.append(round(int(line.split()[1]) / 1024))
    return sorted(found, reverse=True)[:WORKERS]


def machine() -> str:
    """In words, without its name: what a reader compares with their own."""
    model = platform.machine()
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), model)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GB, Python {platform.python_version()}"


def keep(line: dict, no_report: bool) -> None:
    if no_report:
        return
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"results": {}}
    size = min(SIZES, key=lambda size: abs(size - line["notes"]))
    key = f"{line['database']} {size}"
    if len(line["pages"]) == 1 and key in kept["results"]:
        line = {**kept["results"][key], "pages": {**kept["results"][key]["pages"], **line["pages"]}}
    kept["results"][key] = line
    kept["results"] = dict(sorted(kept["results"].items()))
    RESULTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    (DOCS / "bench.svg").write_text(chart.drawn(kept["results"]))
    (DOCS / "bench.md").write_text(page.written(kept["results"]))


if __name__ == "__main__":
    sys.exit(main())
