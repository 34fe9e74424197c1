"""How long a list of ten thousand patients takes, and finding somebody among a hundred thousand.

    .venv/bin/python -m benchmarks.patients                              SQLite, in a temporary file
    DATABASE_URL=postgres://… .venv/bin/python -m benchmarks.patients    PostgreSQL, in one made for this
    … bring, … find                                                      one of both alone

Wall clock and CPU time of this machine, which is what somebody waits. Nothing here fails because of time.
Names are drawn from made-up syllables with the long tail that names have: many few, few many.
"""

from __future__ import annotations

import datetime as dt
import io
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import place

ROWS, CHARTS = 10_000, 100_000
SYLLABLES = [
    "an",
    "ber",
    "cor",
    "del",
    "er",
    "fal",
    "gar",
    "hol",
    "is",
    "jo",
    "kar",
    "lin",
    "mar",
    "nor",
    "os",
    "pel",
    "quin",
    "ros",
    "san",
    "tor",
    "ul",
    "ver",
    "wil",
    "yan",
    "zim",
    "bel",
    "dra",
    "mon",
    "ten",
    "vas",
    "lor",
    "min",
    "dor",
    "hal",
    "gro",
    "sten",
    "ley",
    "son",
    "man",
    "ez",
    "ski",
    "ova",
]


def name(rng: random.Random, kinds: int) -> str:
    """A name out of `kinds` many: the first ones are borne by many."""
    drawn = random.Random(int(kinds * rng.random() ** 3))
    return "".join(drawn.choice(SYLLABLES) for _ in range(drawn.randint(2, 4))).capitalize()


def day(rng: random.Random) -> dt.date:
    return dt.date(1925, 1, 1) + dt.timedelta(days=rng.randrange(32_000))


def timed(words: str, call: Callable[[], Any]) -> Any:
    wall, cpu = time.perf_counter(), time.process_time()
    answer = call()
    print(f"{words:<62} {time.perf_counter() - wall:8.2f} s  ({time.process_time() - cpu:.2f} s of CPU)")
    return answer


def often(words: str, call: Callable[[str], Any], asked: list[str]) -> None:
    call(asked[0])
    times = []
    for text in asked:
        start = time.perf_counter()
        call(text)
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    last = times[int(len(times) * 0.95) - 1]
    print(f"{words:<62} {statistics.median(times):8.1f} ms  (95 %: {last:.1f} ms, {len(times)} asked)")


def bring_in(clinic) -> None:
    from apps.intake import actions, work

    rng = random.Random(1)
    lines = ["Last name,First name,DOB,Sex,MRN,Phone"]
    for number in range(ROWS):
        born = "x" if number % 100 == 7 else f"{day(rng):%m/%d/%Y}"
        lines.append(f"{name(rng, 30_000)},{name(rng, 5_000)},{born},F,IN-{number},555-{number:04}")
    data = "\n".join(lines).encode()
    by = clinic.rae
    made = timed(
        f"read a file of {ROWS:,} rows",
        lambda: actions.begin(clinic=clinic.riverside, file=io.BytesIO(data), by=by),
    )
    actions.choose_columns(made=made, chosen=made.columns, by=by)
    id = str(made.pk)
    timed("check every row (dry run)", lambda: work.work.func(id))
    actions.answer(made=made, answers={}, for_the_others="new", by=by)
    actions.carry_out(made=made, by=by)
    timed("add them", lambda: work.work.func(id))
    made.refresh_from_db()
    print("   ", made.counts)
    actions.undo(made=made, by=by)
    timed("undo all of it", lambda: work.work.func(id))


def fill(clinic) -> list[Any]:
    from apps.patients.models import Patient

    rng = random.Random(2)
    rows = [
        Patient(
            clinic=clinic.riverside,
            mrn=f"B{number:06}",
            family_name=name(rng, 30_000),
            given_name=name(rng, 5_000),
            born_on=day(rng),
            sex="F",
        )
        for number in range(CHARTS)
    ]
    Patient.objects.bulk_create(rows, batch_size=2_000)
    return rows


def find(clinic) -> None:
    from django.db import connection

    from apps.patients import search
    from apps.patients.access import patients_visible_to

    rng = random.Random(3)
    rows = timed(f"{CHARTS:,} charts put there", lambda: fill(clinic))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    some = [rng.choice(rows) for _ in range(60)]

    def palette(text: str) -> None:
        visible = patients_visible_to(clinic.tess).filter(clinic=clinic.riverside)
        search.nearest(visible, text, clinic=clinic.riverside, most=8)

    def slip(text: str) -> str:
        at = rng.randrange(1, len(text) - 1)
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]

    often("find by the start of a family name", palette, [row.family_name[:4] for row in some])
    often("find by family and given name", palette, [f"{row.family_name} {row.given_name}" for row in some])
    often("find by MRN", palette, [row.mrn for row in some])
    often("find by date of birth", palette, [f"{row.born_on:%m/%d/%Y}" for row in some])
    often("find by both names, two letters changed places", palette, [
        f"{slip(row.family_name)} {row.given_name}" for row in some
    ])  # fmt: skip
    often("find nobody", palette, ["zzqqxxy", "wwwwkkkk", "xyxyxyxy"] * 5)


def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="midline-bench-") as folder,
        place.database(Path(folder)) as engine,
    ):
        from django.conf import settings
        from django.core.management import call_command

        from apps.demo import world

        settings.MEDIA_ROOT = Path(folder)
        call_command("migrate", verbosity=0)
        clinic = world.build()
        print(engine)
        if "find" not in sys.argv:
            bring_in(clinic)
        if "bring" not in sys.argv:
            find(clinic)


if __name__ == "__main__":
    main()
