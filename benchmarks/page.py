"""docs/bench.md: the measured times in words, drawn up from docs/bench.json. Pure."""

from __future__ import annotations

from typing import Any

from .chart import NAMES

OPENING = """\
# How long a page takes

`make bench` draws this up from [bench.json](bench.json), which has all of it. It grows a clinic of 10,000
signed notes in a database of its own, on SQLite and on a PostgreSQL made for this, serves it by two
workers, and asks over HTTP from another process of the same machine: each page by one client, then by
eight, some seconds each. `make bench BENCH="--sizes 100000"` does so with ten times as many. A clinic that
took long to grow is kept and measured again:

    DATABASE_URL=sqlite:////big/one.sqlite3 .venv/bin/python -m benchmarks.clinic 1000000 --witness /big/seen
    .venv/bin/python -m benchmarks.by_size --in sqlite:////big/one.sqlite3 --witness /big/seen

Eight clients at once are more than two workers and the clients themselves have cores for here, so there every
request waits for others; its times say how a full house degrades. The review desk ranks everything that waits
in the clinic, at most 200 notes, keeps their order for twenty seconds while none of them changes, and reads
the words of those alone that are new in it or were changed: who is first to open it after a start waits for
all of them, two or three milliseconds each. One page of it is asked for, with twenty-five notes of the 320
that wait in the clinic of 1,000,000 notes; in that of 10,000 a single one waits, so drafts are sent for
review there until the page is as long. A search is asked for a name that is begun, borne by seventy-nine
people in the smallest clinic: it counts up to 100 of them and shows twenty-five. The plans are those of every
query of a page; a table of few rows is read whole by PostgreSQL because that is quicker. What a clinic costs
in disk, and a therapist in processor time, is in [sizing.md](sizing.md).

![A row for each page: a dot for the median, a line to the 95th percentile](bench.svg)
"""

FLOOR = "empty view"

TABLE = """\
| Page | Queries | Median | p95 | p99 | a second | 8 clients: median | p95 | p99 | a second |
|---|---|---|---|---|---|---|---|---|---|
"""


def written(results: dict[str, dict[str, Any]]) -> str:
    parts = [OPENING]
    for key in sorted(results, key=_order):
        parts.append(_section(results[key]))
    parts += [_growth(results), ""]
    return "\n".join(part for part in parts if part)


def _order(key: str) -> tuple[int, str]:
    database, size = key.split()
    return int(size), database


def _section(line: dict[str, Any]) -> str:
    floors = ", ".join(f"{name} {value} ms" for name, value in line["floors"].items())
    rows = "".join(
        f"| {name} | {page['queries']} | {_cells(page['alone'])} | {_cells(page['together'])} |\n"
        for name, page in line["pages"].items()
    )
    memory = " and ".join(map(str, line["memory_mb_of_each_worker"]))
    return (
        f"\n## {NAMES[line['database']]}, {line['notes']:,} notes\n\n"
        f"Milliseconds. Measured on {line['on']} on {line['machine']}; cores that others used just before: "
        f"{line['cores_busy_before']}. Floors of the same minute: {floors}. Memory of the two workers "
        f"afterwards: {memory} MB.{_grown(line)}{_plans(line)}\n\n{TABLE}{rows}"
    )


def _plans(line: dict[str, Any]) -> str:
    """What the plans say of the queries of every page."""
    found = {name: page["read_whole"] for name, page in line["pages"].items() if page.get("read_whole")}
    if not found:
        return " By the plans of its queries no page reads a table that grows from end to end."
    named = "; ".join(f"{name}: {', '.join(tables)}" for name, tables in found.items())
    return f" Tables that grow and that a page reads from end to end: {named}."


def _grown(line: dict[str, Any]) -> str:
    if not (made := line.get("grown")):
        return ""
    return (
        f" The clinic: {made['patients']:,} patients, {made['therapists']} therapists, {made['weeks']} weeks "
        f"and {made['entries']:,} entries of the record, poured at {made['notes_a_second']:,} notes a second "
        f"in {made['seconds_poured']:,.0f} s, and verified in {made['seconds_verified']:,.0f} s."
    )


def _cells(times: dict[str, Any]) -> str:
    return " | ".join(
        f"{times[name]:.0f}" if times[name] >= 100 else f"{times[name]:.1f}"
        for name in ("median", "p95", "p99", "a_second")
    )


def _growth(results: dict[str, dict[str, Any]]) -> str:
    """What ten times as many notes cost: the p95 of one client, beside that of the smallest clinic."""
    parts = []
    for database, name in NAMES.items():
        sizes = sorted(int(key.split()[1]) for key in results if key.startswith(f"{database} "))
        if len(sizes) < 2:
            continue
        small = results[f"{database} {sizes[0]}"]["pages"]
        heads = " | ".join(f"{size:,}" for size in sizes)
        parts.append(
            f"\n{name}: p95 of one client by notes. The last column takes out by how much an empty view was "
            f"slower in the one run than in the other.\n\n| Page | {heads} | largest ÷ smallest "
            f"| beside the empty view |"
        )
        parts.append("|---" * (len(sizes) + 3) + "|")
        largest = results[f"{database} {sizes[-1]}"]["pages"]
        floor = largest[FLOOR]["alone"]["p95"] / small[FLOOR]["alone"]["p95"] if FLOOR in small else 1
        for page in small:
            p95 = [results[f"{database} {size}"]["pages"][page]["alone"]["p95"] for size in sizes]
            cells = " | ".join(f"{value:.1f}" for value in p95)
            grew = p95[-1] / p95[0]
            parts.append(f"| {page} | {cells} | {grew:.2f} | {grew / floor:.2f} |")
    return "\n".join(["\n## By size", *parts]) if parts else ""
