"""Fill the empty database that DATABASE_URL names with a clinic of so many signed notes, and say how fast."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clinic", description=__doc__)
    parser.add_argument("notes", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--witness",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="for the key, the checkpoints and what was made",
    )
    parser.add_argument("--told", type=int, default=4, metavar="N", help="episodes of each pattern of days")
    asked = parser.parse_args()
    os.environ |= {"DEBUG": "on", "MIDLINE_DEMO": "on", "DJANGO_SETTINGS_MODULE": "config.settings"}
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from apps.backup import contents
    from apps.ledger import verify

    from . import FIGURES, told
    from .pour import grow

    settings.DEBUG = False  # it would keep every query
    if not contents.is_empty("default"):
        parser.error("There are people in this database already. Name an empty one.")
    call_command("migrate", verbosity=0)
    asked.witness.mkdir(parents=True, exist_ok=True)
    made = grow(asked.notes, seed=asked.seed, folder=asked.witness, hours=told.HOURS[: asked.told])
    print(
        f"{made.notes} signed notes about {made.patients} patients by {made.therapists} therapists over "
        f"{made.weeks} weeks; {made.entries} entries. {made.seconds_poured:.0f} s, of which "
        f"{made.seconds_witnessed:.0f} s sealing and witnessing: {made.notes_a_second:.0f} notes a second."
    )
    begun = time.monotonic()
    # Roles are set up by whoever serves from it: the guards' level is not asked.
    levels = [level for level in verify.LEVELS if level != 5]
    report = verify.verify(checkpoints=[asked.witness / "checkpoints.jsonl"], levels=levels)
    for found in report.all_findings[:10]:
        print(f"{found.verdict.upper()}: {found.words}")
    seconds = time.monotonic() - begun
    print(f"verify_ledger: {report.verdict.value}, in {seconds:.0f} s")
    figures = {"notes_a_second": round(made.notes_a_second), "seconds_verified": round(seconds, 1)}
    (asked.witness / FIGURES).write_text(json.dumps({**asdict(made), **figures}, indent=1) + "\n")
    return report.exit_status


if __name__ == "__main__":
    sys.exit(main())
