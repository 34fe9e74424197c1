"""Reference data: told, checked, and loaded only after it was said what changes."""

import pytest
from django.core.management import CommandError, call_command

from apps.notes import refdata
from apps.patients import diagnosis_table
from apps.patients.models import Diagnosis, DiagnosisCode


@pytest.fixture
def run(capsys):
    def runs(*arguments, **options):
        call_command("refdata", *map(str, arguments), **options)
        return capsys.readouterr().out

    return runs


@pytest.fixture
def small_release(monkeypatch, tmp_path):
    """Three lines pass for a whole release: what is tried is the reading, not seventy thousand rows."""
    monkeypatch.setattr(refdata, "FEWEST", 2)

    def write(*lines):
        file = tmp_path / "codes.txt"
        file.write_text("\n".join(lines))
        return file

    return write


@pytest.mark.sqlite
@pytest.mark.django_db
def test_each_table_says_of_when_it_is_and_where_it_came_from(run):
    told = run()
    for words in (
        "ICD-10-CM (icd10cm)",
        "NCCI pairs (ncci): of July 2024; checked 11/01/2026",
        "published until 09/30/2024: since then rules only ask",
        "KX threshold (kx): of 2026",
        "Payer policies (payers)",
    ):
        assert words in told


def test_a_newer_release_says_what_it_changes_before_it_does(clinic, run, small_release):
    gone = Diagnosis.objects.filter(
        patient__in=refdata.Note.objects.filter(status__in=refdata.OPEN).values("visit__patient"),
        ended_on=None,
    ).first()
    kept = (
        DiagnosisCode.objects.exclude(code=gone.code)
        .exclude(code__in=Diagnosis.objects.values("code"))
        .first()
    )
    file = small_release(f"{kept.code.replace('.', ''):7} {kept.words}", "A0012   A code made up for this")
    load = ("--load", "icd10cm", file, "--release", "2027-10")
    before = DiagnosisCode.objects.count()
    told = run(*load)
    assert "2 codes: 1 new," in told and f"{gone.code} is not in it; open notes" in told
    assert "Nothing was changed" in told and DiagnosisCode.objects.count() == before
    assert "Loaded release 2027-10." in run(*load, "--yes")
    assert DiagnosisCode.objects.get(code="A00.12").release == "2027-10"
    gone.refresh_from_db()
    assert gone.words  # what was recorded stays
    # Starting anew does not bring the shipped release back, and an older file is refused.
    assert diagnosis_table.load() == 0
    with pytest.raises(CommandError, match="newer than 2026-04"):
        run("--load", "icd10cm", file, "--release", "2026-04")


@pytest.mark.sqlite
def test_the_order_file_is_read_by_its_columns_and_headings_are_no_codes(small_release):
    def line(number, code, flag, words):
        return f"{number:05} {code:7} {flag} {words[:60]:60} {words}"

    file = small_release(
        line(1, "A00", 0, "Cholera"), line(2, "A000", 1, "Cholera, one"), line(3, "A001", 1, "Cholera, two")
    )
    assert refdata.read_codes(file) == [("A00.0", "Cholera, one"), ("A00.1", "Cholera, two")]


@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["A000 Cholera", "not a line"], "Line 2 of codes.txt"),
        (["A000 Cholera", "A000 Cholera"], "A000 stands twice"),
        (["A000 Cholera"], "has 1 billable codes"),
    ],
)
def test_a_file_that_is_no_whole_release_is_refused_as_a_whole(run, small_release, lines, words):
    with pytest.raises(CommandError, match=words):
        run("--load", "icd10cm", small_release(*lines), "--release", "2027-10", "--yes")


@pytest.mark.sqlite
@pytest.mark.django_db
def test_a_file_of_pairs_or_limits_is_compared_and_loaded_by_nobody(run, tmp_path):
    limits = tmp_path / "mue.csv"
    limits.write_text(
        '"Licence",,\nHCPCS/CPT Code,Practitioner Services MUE Values,MAI\n97112,5,3\n97110,6,3\n'
    )
    told = run("--compare", "mue", limits)
    assert "97112: 5 in the file, 4 here. Open notes with 97112: " in told and "97110" not in told
    assert "1 differ. Nothing was changed" in told
    pairs = tmp_path / "pairs.txt"
    rows = (
        ("97150", "97112", "", "20000101", "*", "1", "misuse"),
        ("97112", "97022", "", "20000101", "20250101", "1", "ended since"),
        ("97112", "36591", "", "20000101", "*", "0", "never"),
    )
    pairs.write_text("\n".join("\t".join(row) for row in rows))
    told = run("--compare", "ncci", pairs)
    assert "97112 with 97022: no pair in the file, indicator 1 here." in told and "1 differ." in told
    with pytest.raises(CommandError, match="no pair with 97112"):
        run("--compare", "ncci", limits)
