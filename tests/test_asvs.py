"""docs/asvs.csv says where Midline stands beside OWASP ASVS 5.0; a test has to say what it calls met."""

import ast
import csv
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROWS = list(csv.DictReader((ROOT / "docs" / "asvs.csv").read_text().splitlines()))
NAMED_FROM_LEVEL_3 = {"1.2.10", "3.4.7", "3.4.8", "6.3.8", "7.5.3", "8.3.2", "15.4.2"}


@cache
def collected_in(file):
    path = ROOT / file
    if not (path.is_file() and path.name.startswith("test_") and path.is_relative_to(ROOT / "tests")):
        return set()
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def is_collected(evidence):
    file, _, name = evidence.partition("::")
    return name.split("[")[0] in collected_in(file)


@pytest.mark.parametrize("row", [row for row in ROWS if row["status"] == "met"], ids=lambda row: row["id"])
def test_what_is_called_met_names_a_test_that_is_collected(row):
    assert is_collected(row["evidence"]), row["evidence"]


def test_a_test_that_is_not_there_is_no_evidence():
    assert not is_collected("tests/test_asvs.py::test_nothing_of_the_kind")
    assert not is_collected("apps/accounts/limits.py::Attempt")
    assert not is_collected("we believe so")


def test_every_row_says_what_it_is_and_why():
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    assert {row["id"] for row in ROWS} >= NAMED_FROM_LEVEL_3
    # 70 of level 1, 183 of level 2 (counted in the published list), and those named from level 3.
    assert len(ROWS) == 70 + 183 + len(NAMED_FROM_LEVEL_3)
    for row in ROWS:
        assert row["status"] in ("met", "partly", "not met", "not applicable"), row
        assert row["evidence"] and re.fullmatch(r"[0-9]{1,2}\.[0-9]\.[0-9]{1,2}", row["id"]), row
        # The standard's own text stays where it is published.
        assert len(row["evidence"]) < 160 and "Verify" not in row["evidence"]
