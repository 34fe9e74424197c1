"""The labelled corpus: fresh, large enough, and judged as it was when somebody last looked."""

import json

import pytest

from apps.compliance import note_json
from benchmarks import accuracy
from tests.compliance.corpus import write

CASES = list(write.cases())


@pytest.fixture(scope="module")
def result():
    return accuracy.measured()


def test_the_files_are_fresh():
    stored = [case for path in accuracy.CORPUS.glob("*.json") for case in json.loads(path.read_text("utf-8"))]
    key = lambda case: (case["kind"], case["name"])  # noqa: E731
    same = sorted(stored, key=key) == sorted(CASES, key=key)
    assert same, "run: python -m tests.compliance.corpus.write"


def test_it_is_large_and_varied_enough():
    assert len(CASES) >= 150
    assert len({case["name"] for case in CASES}) == len(CASES)
    codes = {block["code"] for case in CASES for block in case["note"]["blocks"]}
    assert len(codes) >= 8


def test_what_is_left_out_of_the_files_is_a_default():
    for case in CASES:
        facts = note_json.load(case["note"])
        assert note_json.load(note_json.dump(facts)) == facts


def test_no_defensible_or_tricky_note_is_stopped_or_asked_more_than_once(result):
    assert result.noisy == []


def test_found_as_when_somebody_last_looked(result):
    """A floor for regressions; better is welcome, and the labels are never changed to fit."""
    assert result.precision >= 0.98, result.differences
    assert result.recall >= 0.98, result.differences
