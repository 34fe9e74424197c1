"""Say in plain words whether the record is what was signed.

Exits with 0 when it is, 1 when entries or working copies were changed or are missing, and 2 when it could not
be told, or something that should protect it is not there.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

from django.core.management.base import BaseCommand

from apps.ledger import places, verifications
from apps.ledger.verify import LEVELS, Chain, Report, Verdict, verify

SENTENCES = {
    Verdict.INTACT: "INTACT. The record is what was signed.",
    Verdict.REDACTED: "INTACT, with redactions that the record itself tells of.",
    Verdict.CONFIGURATION: "NO CHANGE FOUND, BUT SOMETHING IS NOT SET UP: see below.",
    Verdict.TRUNCATED: "TRUNCATED. A part of the record's end is missing.",
    Verdict.TAMPERED: "TAMPERED. The record is not what was signed.",
}


class Command(BaseCommand):
    help = "Verify the signed record: hashes, links, working copies, outside witness, guards, audit seals."
    requires_system_checks = ()  # a missing trigger is a finding of this command, not a reason not to run

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--clinic", type=UUID, help="Only this clinic's record.")
        parser.add_argument(
            "--checkpoint",
            type=Path,
            action="append",
            metavar="FILE",
            help="A file of checkpoints; may be given more than once. Default: LEDGER_CHECKPOINT_FILE.",
        )
        parser.add_argument("--key", default="", help="The id of the only key that may begin such a file.")
        parser.add_argument("--database", default="default", help="Which of the configured databases.")
        parser.add_argument(
            "--levels", default="123456", help="Which levels, such as 1245: " + ", ".join(map(str, LEVELS))
        )
        parser.add_argument(
            "--keep", action="store_true", help="Store what it came to, for the supervisors' page."
        )
        parser.add_argument("--json", action="store_true", help="For machines.")

    def handle(self, *args, **options):
        place = places.checkpoint_file()
        started = time.monotonic()
        report = verify(
            clinic=str(options["clinic"] or ""),
            checkpoints=options["checkpoint"] or ([place] if place else []),
            first_key=options["key"],
            levels=[level for level in LEVELS if str(level) in options["levels"]],
            using=options["database"],
        )
        if options["keep"]:
            verifications.keep(report, milliseconds=round((time.monotonic() - started) * 1000))
        self.stdout.write(json.dumps(as_data(report), indent=1) if options["json"] else as_words(report))
        if report.exit_status:
            sys.exit(report.exit_status)


def as_data(report: Report) -> dict:
    return {
        "at": report.at,
        "verdict": report.verdict,
        "exit_status": report.exit_status,
        "levels": [LEVELS[level] for level in report.levels],
        "clinics": [
            {
                "clinic": chain.clinic,
                "entries": chain.entries,
                "last": {"seq": chain.seq, "hash": chain.hash},
                "redacted": chain.redacted,
                "working_copies": chain.compared,
                "checkpoint": chain.checkpoint and chain.checkpoint.line(),
                "unwitnessed": chain.unwitnessed,
                "unlisted": chain.more,
            }
            for chain in report.chains
        ],
        "findings": [{**asdict(found), "level": LEVELS[found.level]} for found in report.all_findings],
    }


def as_words(report: Report) -> str:
    lines = [SENTENCES[report.verdict], ""]
    for chain in report.chains:
        lines += [f"Clinic {chain.clinic}", *(f"  {line}" for line in _about(chain, report.levels))]
    lines += [f"{found.verdict.upper()}: {found.words}" for found in report.findings]
    lines += ["", f"Verified at {report.at}: {', '.join(LEVELS[level] for level in report.levels)}."]
    return "\n".join(lines)


def _about(chain: Chain, levels: tuple[int, ...]):
    compared = (
        f", {chain.compared} signed documents compared with their working copies" if 3 in levels else ""
    )
    yield f"{chain.entries} entries{compared}"
    if point := chain.checkpoint:
        yield f"checkpoint {point.number} of {point.at} witnesses it up to entry {point.seq}"
    if chain.unwitnessed and 4 in levels:
        yield f"{chain.unwitnessed} entries have no outside witness yet"
    for found in chain.findings:
        yield f"{found.verdict.upper()}: {found.words}"
    if chain.more:
        yield f"and {chain.more} findings more"
