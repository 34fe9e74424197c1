"""How fast a note is: editor, live save, sign page, signed view and PDF, beside floors of the same run.

    make parts                              SQLite, in a temporary file
    DATABASE_URL=postgres://… make parts    PostgreSQL, in a database made for this and dropped again

Requests go through every middleware by Django's test client, in this process. Wall clock on a shared machine
is noise, so every time is CPU time, divided by a fixed pure-Python loop timed right before and after it,
times what that loop takes on the idle machine of the first measurement. Ratios are what to trust, and nothing
here fails because of time: it says which target is met.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import echoes, place  # noqa: E402 - it needs the path above

LOOP_MS = 14.5
"""What the calibration loop took on the idle machine on which the targets were set."""

RULES = "rules alone: review of five blocks"


@dataclass
class Measured:
    """One line of the report. Times in normalised milliseconds of CPU."""

    name: str
    median: float
    p95: float
    wall_median: float
    queries: int
    pages: int = 1
    note: str = ""


def loop() -> float:
    """Seconds of CPU for the fixed loop."""
    start = time.process_time()
    total = 0
    for number in range(311_000):
        total += number * number % 7
    return time.process_time() - start


def measure(
    name: str, call: Callable[[], object], *, times: int, batch: int = 1, pages: int = 1, note: str = ""
) -> Measured:
    """Median and 95th percentile of `times` samples of `batch` calls each, after a warm-up."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    call()
    with CaptureQueriesContext(connection) as captured:
        call()
        # Counted here: the next request empties the list.
        queries = len(captured)
    cpu, wall = [], []
    for _ in range(times):
        before = loop()
        start, start_wall = time.process_time(), time.perf_counter()
        for _ in range(batch):
            call()
        took, took_wall = time.process_time() - start, time.perf_counter() - start_wall
        unit = (before + loop()) / 2
        cpu.append(took / batch / unit * LOOP_MS)
        wall.append(took_wall / batch * 1000)
    return Measured(
        name,
        statistics.median(cpu),
        statistics.quantiles(cpu, n=20)[-1],
        statistics.median(wall),
        queries,
        pages,
        note,
    )


def main() -> int:
    times = int(os.environ.get("BENCH_TIMES", "40"))
    with (
        tempfile.TemporaryDirectory(prefix="midline-bench-") as folder,
        place.database(Path(folder)) as engine,
    ):
        scene = place.Scene.prepare()
        lines = run(scene, times)
        report(lines, engine, times)
    return 0


def run(scene, times: int) -> list[Measured]:
    from apps.compliance import review
    from apps.notes import chart, facts

    compare, read = echoes.prepared()
    judged_facts = facts.of(chart.load(scene.note()))
    lines = [
        measure("SELECT 1", scene.select_one, times=times, batch=50, note="floor"),
        measure("empty view, full middleware", scene.empty_view, times=times, batch=10, note="floor"),
        measure(
            "rules alone: review of five blocks", lambda: review.review(judged_facts), times=times, batch=20
        ),
        measure("echoes: two texts against 300 notes", compare, times=times, batch=20, note="each once"),
        measure("echoes: 300 notes read", read, times=max(times // 4, 5), note="once a minute at most"),
        measure("editor page without the rules", scene.editor_without_rules, times=times, note="floor"),
        measure("editor page", scene.editor, times=times),
        measure("live save and check", scene.save, times=times, batch=2),
        measure("live save, nothing changed", scene.save_again, times=times, batch=2),
        measure("sign page", scene.sign_page, times=times),
        measure("signed note", scene.signed, times=times),
    ]
    if scene.has_pdf():
        for name, make in (
            ("PDF of the draft", scene.draft_pdf),
            ("PDF of the signed note", scene.signed_pdf),
        ):
            pages = scene.pages_of(make())
            lines.append(measure(name, make, times=max(times // 4, 5), pages=pages, note=f"{pages} pages"))
    return lines


def targets(lines: dict[str, Measured]) -> list[tuple[str, float, float, str]]:
    """(what, measured, target, unit): the first targets, from the experiments that chose the stack."""
    floor = lines["empty view, full middleware"].median
    save = lines["live save and check"]
    found = [
        ("live save and check, CPU", save.median, 3.5, "ms"),
        ("live save ÷ empty view", save.median / floor, 8.0, "×"),
        ("rules alone", lines[RULES].median * 1000, 100.0, "µs"),
    ]
    for name in ("PDF of the draft", "PDF of the signed note"):
        if name in lines:
            found.append((f"{name}, per page", lines[name].median / lines[name].pages, 170.0, "ms"))
    return found


def report(lines: list[Measured], engine: str, times: int) -> None:
    by_name = {line.name: line for line in lines}
    floor = by_name["empty view, full middleware"].median
    print(f"\n{engine}, {times} samples; CPU ms, normalised ({LOOP_MS} ms loop); wall as it was here\n")
    print(f"{'':38} {'median':>8} {'p95':>8} {'÷ empty':>8} {'wall':>8} {'SQL':>5}")
    for line in lines:
        print(
            f"{line.name:38} {line.median:8.2f} {line.p95:8.2f} {line.median / floor:7.1f}× "
            f"{line.wall_median:8.2f} {line.queries:5}  {line.note}"
        )
    print("\nFirst targets")
    compared = []
    for what, measured, target, unit in targets(by_name):
        met = measured <= target
        compared.append({"what": what, "measured": measured, "target": target, "unit": unit, "met": met})
        print(
            f"  {'met    ' if met else 'NOT MET'}  {what}: {measured:.1f} {unit} (target {target:g} {unit})"
        )
    file = ROOT / "var" / "bench.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(
        json.dumps(
            {"engine": engine, "lines": [asdict(line) for line in lines], "targets": compared}, indent=2
        )
    )
    print(f"\nWritten to {file.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
