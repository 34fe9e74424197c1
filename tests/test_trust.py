"""The checks of `make trust` cannot pass by doing nothing. What they find is theirs: benchmarks/trust."""

import json

import pytest

from benchmarks.trust import Counted, __main__, elsewhere, quoted


def test_a_check_that_broke_nothing_does_not_pass():
    assert not Counted().held
    assert not Counted(faults=1, problems=["One was lost."]).held
    assert Counted(faults=1).held


@pytest.mark.parametrize(
    ("said", "held", "problem"),
    [
        ({"faults": 0, "figures": {}, "problems": []}, False, "Nothing was broken"),
        ({"faults": 3, "figures": {"lost": 0}, "problems": []}, True, ""),
        (None, False, "ended with status 1"),
    ],
)
def test_the_report_says_what_held_and_never_more(monkeypatch, tmp_path, said, held, problem):
    answer = type("Done", (), {"returncode": int(said is None), "stdout": json.dumps(said)})
    monkeypatch.setattr(__main__.subprocess, "run", lambda *_, **__: answer)
    result = __main__.run("R4", "sqlite", "", "", 5, 1)
    assert result["held"] is held and problem in " ".join(result["problems"])
    monkeypatch.setattr(__main__, "REPORT", tmp_path / "trust.json")
    monkeypatch.setattr(quoted, "PAGES", ())
    __main__.keep([result])
    __main__.keep([{**result, "database": "postgresql"}])
    kept = json.loads((tmp_path / "trust.json").read_text())["results"]
    assert list(kept) == ["R4 postgresql", "R4 sqlite"] and kept["R4 sqlite"]["held"] is held


@pytest.mark.parametrize(
    ("said", "status", "faults", "held"),
    [
        ("....\n44 passed in 3.2s", 0, 44, True),
        (
            "9 runs; injected: 9 × back\n20 ended with the server's text = the typed text, 0 did not",
            0,
            20,
            True,
        ),
        ("sqlite: 308,647 rows dumped, restored and verified in 162 s.", 0, 308647, True),
        ("done", 0, 0, False),
        ("3 failed, 41 passed in 3.2s", 1, 41, False),
        ("no tests ran in 0.1s", 5, 0, False),
    ],
)
def test_a_check_that_is_tried_elsewhere_counts_what_was_tried_and_fails_with_it(said, status, faults, held):
    counted = elsewhere.read(["-m", "pytest"], status, said)
    assert (counted.faults, counted.held) == (faults, held)


@pytest.mark.sqlite
def test_the_pages_quote_what_was_measured_and_nothing_else():
    results = json.loads(__main__.REPORT.read_text())["results"]
    told = quoted.table(results)
    quoting = [page.read_text() for page in quoted.PAGES if "<!-- trust -->" in page.read_text()]
    assert quoting and all(quoted.PLACE.findall(page) == [told] for page in quoting)
    another = {**results, "R3 sqlite": {**results["R3 sqlite"], "held": False, "rounds": 1}}
    assert "DID NOT HOLD, rounds 1" in quoted.table(another) != told
