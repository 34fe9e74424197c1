"""Which tables come from outside, of when they are, and what a newer file of their publisher changes."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.audit.refused import Refused
from apps.notes import refdata
from apps.patients import diagnosis_codes, diagnosis_table


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--load", choices=["icd10cm"], help="Load FILE in place of the table.")
        parser.add_argument(
            "--compare", choices=sorted(refdata.COMPARED), help="Compare FILE with the table at hand."
        )
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="The publisher's own file.")
        parser.add_argument("--release", help="With --load: the month it counts from, such as 2026-10.")
        parser.add_argument("--yes", action="store_true", help="With --load: do it, and not only say it.")

    def handle(self, *args, load, compare, file, release, yes, **options):
        if load and compare:
            raise CommandError("Either --load or --compare.")
        if (load or compare) and file is None:
            raise CommandError("Name the file.")
        try:
            if load:
                self.load(file, release, yes)
            elif compare:
                self.compare(compare, file)
            else:
                self.show()
        except Refused as refusal:
            raise CommandError(f"Nothing was changed. {refusal}") from refusal

    def show(self):
        today = timezone.localdate()
        for one in refdata.tables():
            checked = f"checked {one.checked_on:%m/%d/%Y}" if one.checked_on else "no day of checking known"
            self.stdout.write(f"{one.label} ({one.key}): {one.version}; {checked}")
            self.stdout.write(f"    source: {one.source or 'none'}")
            if one.through and one.through < today:
                self.stdout.write(f"    published until {one.through:%m/%d/%Y}: since then rules only ask")
            self.stdout.write(f"    a newer file {one.newer}")

    def load(self, file: Path, release: str | None, yes: bool):
        if not release or not re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", release, re.ASCII):
            raise CommandError("Say from which month it counts: --release 2026-10")
        at_hand = diagnosis_codes.release()
        if release < at_hand:
            raise CommandError(f"Release {at_hand} is loaded, which is newer than {release}.")
        found = refdata.read_codes(file)
        change = refdata.what_changes(found)
        self.stdout.write(
            f"{len(found):,} codes: {change.added:,} new, {change.gone:,} gone, {change.reworded:,} reworded."
        )
        for code, number in change.open_notes:
            self.stdout.write(f"{code} is not in it; open notes of patients with it: {number}.")
        if not change.open_notes:
            self.stdout.write("Every current diagnosis of patients with an open note is in it.")
        self.stdout.write("Recorded diagnoses keep their code and words. Signed notes stay as they are.")
        if not yes:
            self.stdout.write("Nothing was changed. Say --yes to load it.")
            return
        diagnosis_table.replace(found, release)
        self.stdout.write(f"Loaded release {release}.")

    def compare(self, key: str, file: Path):
        lines = refdata.compare(key, file, timezone.localdate())
        for line in lines:
            self.stdout.write(line)
        self.stdout.write(
            f"{len(lines)} differ. Nothing was changed: this table comes with a release of Midline."
            if lines
            else "For the codes that a note can hold, the file says what is at hand."
        )
