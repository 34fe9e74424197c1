"""Make apps/patients/data/ anew from the installed release of simple-icd-10-cm (a package of the test group).

Run by hand when a release comes out, and commit what it writes. The package is only
imported here: it takes seconds and 180 MB, which no web process should spend.
"""

from __future__ import annotations

import gzip
import hashlib
import io

from django.core.management.base import BaseCommand, CommandError

from apps.patients.diagnosis_table import FOLDER

SOURCE = """\
# Where the table of diagnosis codes comes from. Written by manage.py build_diagnosis_codes.
release = "{release}"
file = "{file}"
sha256 = "{digest}"
codes = {count}
source = "ICD-10-CM tabular list, {title}, National Center for Health Statistics (CDC); billable codes only"
retrieved_from = "the Python package simple-icd-10-cm {version}, which contains it unchanged"
retrieved_on = {retrieved_on}
licence = "A work of the United States government, in the public domain"
"""


class Command(BaseCommand):
    help = "Make the shipped table of diagnosis codes anew from simple-icd-10-cm."

    def add_arguments(self, parser):
        parser.add_argument("--release", required=True, help="The month of the release, such as 2026-04.")
        parser.add_argument("--title", required=True, help='Its name, such as "April 1, 2026 update".')
        parser.add_argument(
            "--retrieved-on", required=True, help="The day the package was fetched: YYYY-MM-DD."
        )

    def handle(self, *args, **options):
        try:
            from importlib.metadata import version

            import simple_icd_10_cm as icd
        except ImportError as error:
            raise CommandError("Install the test requirements first: requirements/test.txt") from error
        # A set: the package lists some codes twice.
        codes = {code for code in icd.get_all_codes(True) if icd.is_category_or_subcategory(code)}
        rows = sorted((code, icd.get_description(code)) for code in codes if icd.is_leaf(code))
        text = "".join(f"{code}\t{words}\n" for code, words in rows).encode()
        packed = io.BytesIO()
        # No time inside: the same codes give the same bytes.
        with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0, filename="", compresslevel=9) as file:
            file.write(text)
        name = f"icd10cm-{options['release']}.tsv.gz"
        (FOLDER / name).write_bytes(packed.getvalue())
        (FOLDER / "source.toml").write_text(
            SOURCE.format(
                release=options["release"],
                file=name,
                digest=hashlib.sha256(packed.getvalue()).hexdigest(),
                count=len(rows),
                title=options["title"],
                version=version("simple-icd-10-cm"),
                retrieved_on=options["retrieved_on"],
            )
        )
        self.stdout.write(f"{len(rows)} codes in {name}")
