"""What a therapist's day costs the server: processor time of the web processes and of the database, by page.

    .venv/bin/python -m benchmarks.a_day --in ADDRESS      of a clinic grown by benchmarks.clinic

Each page is asked by one client over HTTP for some seconds. Meanwhile the processor time of the web workers
and of PostgreSQL's processes is read from the system, so a busy machine changes little of what is found.
SQLite works inside the web process. How often a therapist asks for what is assumed (`DAY`), and printed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from . import by_size, load

DAY = {
    "sign": (7, "notes a day"),
    "save": (420, "one for each pause of 0.6 s: four minutes of typing a note"),
    "editor page": (14, "each note opened twice"),
    "note view": (14, "the last note of each patient, and the signed one"),
    "day's list": (20, "between patients"),
    "patient search": (10, "letters typed"),
    "stored PDF": (2, "a note printed"),
    "review desk": (1, "a supervisor's, shared by several therapists"),
    "packet index": (1, "records staff's, the same"),
}
"""How often a day, and why so often."""

TICKS = os.sysconf("SC_CLK_TCK")


def seconds_of(processes: Iterable[int]) -> dict[int, float]:
    """Processor time that each of these processes has used so far. Those that ended have no line."""
    found = {}
    for process in processes:
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            found[process] = (int(fields[11]) + int(fields[12])) / TICKS
    return found


def since(before: dict[int, float]) -> float:
    """Seconds that these processes have used since then."""
    return sum(now - before[process] for process, now in seconds_of(before).items())


def of_postgresql() -> list[int]:
    """Every process of a PostgreSQL on this machine."""
    found = []
    for place in Path("/proc").glob("[0-9]*/comm"):
        try:
            if place.read_text().strip() == "postgres":
                found.append(int(place.parent.name))
        except OSError:  # it ended meanwhile
            continue
    return found


def wal() -> int:
    """Bytes that PostgreSQL has written ahead so far; 0 on SQLite."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn() - '0/0'")
        return int(cursor.fetchone()[0])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.a_day", description=__doc__)
    parser.add_argument("--in", dest="address", required=True)
    parser.add_argument("--seconds", type=float, default=5)
    asked = parser.parse_args()
    by_size.set_up(asked.address)
    from django.db import connection

    from . import scenes as pages

    with by_size.documents_put_away():
        scenes = pages.prepared()
        is_postgres = connection.vendor == "postgresql"
        with by_size.Server(asked.address) as server:
            print(f"{'':16} {'a day':>6} {'web ms':>8} {'database ms':>12} {'WAL KB':>8}")
            of_web = of_database = of_wal = 0.0
            for name, (times, _) in DAY.items():
                alone, _ = scenes.requests[name]
                if name != "sign":  # each worker has read its templates
                    load.run(server.port, alone, 0, at_least=4)
                web, database = server.workers(), of_postgresql() if is_postgres else []
                at_first, wal_at_first = (seconds_of(web), seconds_of(database)), wal()
                seen = load.run(server.port, alone, asked.seconds)
                used = (*map(since, at_first), wal() - wal_at_first)
                cost = [each / seen.requests for each in used]
                print(
                    f"{name:16} {times:6} {cost[0] * 1000:8.1f} {cost[1] * 1000:12.1f} {cost[2] / 1024:8.1f}",
                    flush=True,
                )
                of_web, of_database = of_web + times * cost[0], of_database + times * cost[1]
                of_wal += times * cost[2]
    print(
        f"A therapist's day: {of_web:.1f} s of processor time in web processes, {of_database:.1f} s in "
        f"PostgreSQL, {of_wal / 2**20:.1f} MB of WAL."
    )
    for name, (times, why) in DAY.items():
        print(f"    {name}: {times}, {why}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
