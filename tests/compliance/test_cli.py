"""The command line: what a person reads, what a program reads, and the exit status."""

import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from apps.compliance import samples
from apps.compliance.cli import main
from apps.compliance.facts import Answer
from apps.compliance.moved import moved
from apps.compliance.note_json import dump, load
from apps.compliance.review import review
from apps.compliance.rules import CATALOGUE

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(capsys):
    def run(*arguments):
        status = main(arguments)
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture
def written(tmp_path):
    def written(facts, name="note.json"):
        path = tmp_path / name
        path.write_text(json.dumps(dump(facts)), encoding="utf-8")
        return str(path)

    return written


@pytest.fixture
def typed(monkeypatch):
    """What stands in standard input."""

    def typed(raw):
        raw = raw if isinstance(raw, bytes) else raw.encode()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))

    return typed


def narrow(text):
    return max(map(len, text.splitlines())) <= 80


class TestCheck:
    bad = samples.note(subjective="", blocks=(samples.block(response="", dosage=""), samples.other_block()))

    def test_a_good_note(self, run, written):
        status, out, err = run("check", written(samples.note()))
        assert status == 0
        assert "Nothing open." in out
        assert "3 units from 47 timed minutes" in out
        assert err == ""

    def test_a_stop(self, run, written):
        status, out, _ = run("check", written(self.bad))
        assert status == 2
        assert "STOP      NMR110  Response missing" in out
        assert "At: blocks.a.response" in out
        assert out.rstrip().endswith("1 stop, 1 warning, 1 advice.")
        assert narrow(out)

    @pytest.mark.parametrize(
        "facts",
        [
            samples.note(subjective=""),
            samples.note(total_minutes=60),
            samples.with_block(dosage=""),
        ],
    )
    def test_warnings_questions_and_advice_alone(self, run, written, facts):
        assert run("check", written(facts))[0] == 1

    def test_what_was_answered_is_not_open(self, run, written):
        facts = samples.note(total_minutes=60)
        [finding] = review(facts).findings
        facts = replace(facts, answers={finding.key: Answer("yes", "rest between sets")})
        status, out, _ = run("check", written(facts))
        assert status == 0
        assert "Answered: yes rest between sets" in out
        assert "Nothing open. 1 answered." in out

    def test_several_files_give_the_worst_status(self, run, written):
        good, bad = written(samples.note(), "good.json"), written(self.bad, "bad.json")
        status, out, _ = run("check", good, bad)
        assert status == 2
        assert "good.json" in out
        assert "bad.json" in out

    def test_standard_input(self, run, typed):
        typed(json.dumps(dump(samples.note())))
        assert run("check", "-")[0] == 0

    def test_standard_input_cannot_be_read_twice(self, run):
        assert run("check", "-", "-")[0] == 64

    def test_a_byte_order_mark_is_no_mistake(self, run, typed):
        typed(b"\xef\xbb\xbf" + json.dumps(dump(samples.note())).encode())
        assert run("check", "-")[0] == 0

    @pytest.mark.parametrize(
        ("raw", "said"),
        [
            (b'{"a": }', "-: line 1, column 7: This is not JSON"),
            (b'{\n  "a": 1,\n}', "-: line 3, column 1: This is not JSON"),
            (b"", "The file is empty"),
            (b'{\n "a": "\xff"}', "-: line 2, column 8: The file is not in UTF-8."),
            (b'{"plan": "", "plan": ""}', '-: The key "plan" stands twice in one object.'),
            (b"[" * 100_000, "nested too deep"),
            (b'{"total_minutes": ' + b"9" * 5000 + b"}", "A number is too long"),
            (b"[]", "-: the note: expected an object, found a list."),
            (b'{"date_of_service": "x"}', "-: date_of_service: expected a date such as 2026-11-16"),
        ],
    )
    def test_bad_data_is_said_with_its_place(self, run, typed, raw, said):
        typed(raw)
        status, out, err = run("check", "-")
        assert status == 65
        assert said in err
        assert out == ""

    def test_bad_data_for_a_machine(self, run, typed):
        typed(b'{"a": }')
        status, out, _ = run("check", "-", "--json")
        error = json.loads(out)["error"]
        assert status == 65
        assert (error["line"], error["column"]) == (1, 7)

    def test_one_bad_file_does_not_hide_the_others(self, run, written, tmp_path):
        (tmp_path / "broken.json").write_text("{", encoding="utf-8")
        status, out, err = run("check", str(tmp_path / "broken.json"), written(samples.note()))
        assert status == 65
        assert "Nothing open." in out
        assert "broken.json: line 1, column 2" in err

    @pytest.mark.parametrize("name", ["/no/such/note.json", "/", "a\0b"])
    def test_a_file_that_cannot_be_read(self, run, name):
        status, _, err = run("check", name)
        assert status == 64
        assert "cannot be read" in err

    def test_for_a_machine(self, run, written):
        status, out, _ = run("check", "--json", written(self.bad), written(samples.note(), "good.json"))
        first, second = map(json.loads, out.splitlines())
        assert status == first["status"] == 2
        assert second["status"] == 0
        finding = first["findings"][0]
        assert (finding["rule"], finding["severity"]) == ("NMR110", "blocker")
        assert finding["path"] == "blocks.a.response"
        assert {"message", "evidence", "fix", "citation", "applies_from", "applies_until"} <= set(finding)
        assert finding["citation"]["reference"]
        assert first["units"]["total_units"] == 3

    def test_a_note_cannot_steer_the_terminal(self, run, written):
        facts = samples.with_block(response="Tolerated well")
        facts = replace(facts, payer_name="Prairie\x1b[31m\x07Mutual \ud800")
        _, out, _ = run("check", written(facts))
        assert "\x1b" not in out
        assert "\x07" not in out

    def test_as_of_another_day(self, run, written):
        facts = samples.note(blocks=(samples.block(), samples.other_block(modifiers=("GP", "CQ"))))
        assert run("check", written(facts))[0] == 1
        status, out, _ = run("check", written(facts), "--as-of", "2019-06-03")
        assert status == 0
        assert "2019-06-03" in out


def test_moving_a_note_moves_every_date_and_nothing_else():
    facts = samples.note()
    before = moved(facts, date(2019, 11, 17))
    assert before.date_of_service == date(2019, 11, 17)
    assert facts.date_of_service - facts.plan_of_care.starts_on == (
        before.date_of_service - before.plan_of_care.starts_on
    )
    assert before.author.licence_expires_on.year == 2020
    assert before.blocks == facts.blocks
    assert moved(before, facts.date_of_service) == facts
    assert moved(facts, facts.date_of_service) is facts
    assert moved(facts, date.max).author.licence_expires_on == date.max


class TestUnits:
    def of(self, run, *arguments):
        status, out, _ = run("units", *arguments, "--json")
        assert status == 0
        return json.loads(out)

    def test_as_the_issue_has_it(self, run):
        found = self.of(run, "97112=24", "97110=23", "--method", "cms")
        assert found["method"] == "cms"
        assert found["timed_minutes"] == 47
        assert found["total_units"] == 3
        assert found["units"] == {"97112": 2, "97110": 1}
        assert found["tie"] is None
        assert found["working"][0].endswith("97112 24 + 97110 23 = 47.")

    @pytest.mark.parametrize(
        ("minutes", "cms", "ama"),
        [
            (("97112=24", "97110=23"), 3, 4),
            (("97112=20", "97110=20"), 3, 2),
            (("97110=33", "97140=7"), 3, 2),
            (("97112=20", "97110=18"), 3, 2),
            (("97112=8", "97110=8", "97140=8"), 2, 3),
            (("97112=7", "97110=7", "97140=7"), 1, 0),
        ],
    )
    def test_both_methods(self, run, minutes, cms, ama):
        assert self.of(run, *minutes, "--method", "cms")["total_units"] == cms
        assert self.of(run, *minutes, "--method", "ama")["total_units"] == ama

    def test_a_tie_is_the_clinicians(self, run):
        found = self.of(run, "97112=20", "97110=20", "--method", "cms")
        assert found["tie"] == {"codes": ["97110", "97112"], "units": 1}
        assert found["units"] == {"97110": 1, "97112": 1}
        found = self.of(run, "97112=20", "97110=20", "--method", "cms", "--choose", "97112")
        assert found["tie"] is None
        assert found["units"] == {"97110": 1, "97112": 2}

    @pytest.mark.parametrize("choice", ["97140", "97110 97112"])
    def test_a_choice_must_fit_the_tie(self, run, choice):
        chosen = [word for code in choice.split() for word in ("--choose", code)]
        assert run("units", "97112=20", "97110=20", "--method", "cms", *chosen)[0] == 64

    def test_untimed_codes_are_apart(self, run):
        found = self.of(run, "97112=24", "G0283=30", "--method", "cms")
        assert found["units"] == {"97112": 2}
        assert found["untimed"] == {"G0283": 1}
        assert found["timed_minutes"] == 24

    def test_assistants_and_minutes_together(self, run):
        found = self.of(run, "97110=13+23PTA", "97112=15both", "--method", "cms")
        assert found["units"] == {"97110": 2, "97112": 1}
        [share] = found["assistants"]
        assert (share["code"], share["modifier"]) == ("97110", "CQ")
        assert (share["units_with"], share["units_without"], share["units_open"]) == (1, 1, 0)
        assert share["working"]

    def test_an_occupational_therapy_assistant(self, run):
        found = self.of(run, "97112=24ota", "--payer", "medicare_b", "--date", "2026-11-16")
        assert found["assistants"][0]["modifier"] == "CO"

    def test_a_payer_and_a_day(self, run):
        found = self.of(run, "97112=24", "97110=23", "--payer", "highmark", "--date", "2026-11-16")
        assert found["method"] == "cms"
        found = self.of(run, "97112=24", "97110=23", "--payer", "highmark", "--date", "2016-03-01")
        assert found["method"] is None

    def test_an_unknown_method_shows_both_and_asks(self, run):
        for asked in (("--payer", "aetna", "--date", "2026-11-16"), ()):
            found = self.of(run, "97112=24", "97110=23", *asked)
            assert found["total_units"] is None
            assert found["units"] == {}
            assert [one["total_units"] for one in found["alternatives"]] == [3, 4]
            assert found["questions"][0].endswith("by the CMS or by the AMA method?")

    def test_for_a_person(self, run):
        status, out, _ = run("units", "97112=24", "97110=13+23PTA", "97129=20", "G0283=30", "--method", "cms")
        assert status == 0
        assert narrow(out)
        assert "4 units from 60 timed minutes" in out
        assert "Assistant, 97110: 1 unit with CQ, 1 unit without" in out
        assert "97129 is timed in its own way and is not counted here." in out

    def test_a_question_is_printed(self, run):
        _, out, _ = run("units", "97112=24", "97110=23", "--payer", "aetna", "--date", "2026-11-16")
        assert "? How does Aetna count units" in out
        assert out.count("timed minutes\n") == 2

    def test_a_code_given_twice_is_added(self, run):
        assert self.of(run, "97112=10", "97112=14", "--method", "cms")["timed_minutes"] == 24

    @pytest.mark.parametrize(
        "arguments",
        [
            ("97112",),
            ("97112=",),
            ("97112=x",),
            ("97112=1_5",),
            ("97112=١٥",),
            ("97112=-5",),
            ("97112=24.5",),
            ("97112=24ABC",),
            ("97112=9999",),
            ("97119=24",),
            ("=24",),
            ("97112=10PTA", "97110=10OTA"),
            ("97112=24", "--method", "xyz"),
            ("97112=24", "--payer", "nobody", "--date", "2026-11-16"),
            ("97112=24", "--payer", "medicare_b"),
            ("97112=24", "--payer", "medicare_b", "--date", "11/16/2026"),
            ("97112=24", "--payer", "medicare_b", "--method", "cms", "--date", "2026-11-16"),
            (),
        ],
    )
    def test_what_is_not_understood(self, run, arguments):
        status, out, err = run("units", *arguments)
        assert status == 64
        assert out == ""
        assert err.strip()
        assert "Traceback" not in err


class TestCatalogue:
    def test_rules(self, run):
        status, out, _ = run("rules")
        assert status == 0
        assert narrow(out)
        for rule in CATALOGUE:
            assert rule.code in out

    def test_rules_for_a_machine(self, run):
        _, out, _ = run("rules", "--json")
        listed = json.loads(out)["rules"]
        assert [row["code"] for row in listed] == [rule.code for rule in CATALOGUE]
        assert all(row["why"] and row["citation"]["reference"] for row in listed)

    @pytest.mark.parametrize("asked", ["NMR104", "nmr104", "cue-not-described"])
    def test_explain(self, run, asked):
        status, out, _ = run("explain", asked)
        assert status == 0
        assert narrow(out)
        assert out.startswith("NMR104 cue-not-described")
        assert "The cue is where the skill shows." in out

    def test_every_rule_can_be_explained(self, run):
        for rule in CATALOGUE:
            status, out, _ = run("explain", rule.code)
            assert status == 0
            assert narrow(out)

    def test_explain_for_a_machine(self, run):
        assert json.loads(run("explain", "NMR104", "--json")[1])["name"] == "cue-not-described"

    def test_a_rule_that_does_not_exist(self, run):
        status, _, err = run("explain", "NMR999")
        assert status == 64
        assert "There is no rule NMR999" in err

    def test_schema(self, run):
        status, out, _ = run("schema")
        assert status == 0
        assert out == (ROOT / "docs/note.schema.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("arguments", [(), ("fly",), ("check",), ("explain",)])
def test_a_command_that_is_not_understood(run, arguments):
    status, _, err = run(*arguments)
    assert status == 64
    assert "--help" in err


def test_help_fits_a_terminal(capsys):
    for arguments in (["--help"], ["check", "--help"], ["units", "--help"]):
        with pytest.raises(SystemExit) as left:
            main(arguments)
        assert left.value.code == 0
        assert narrow(capsys.readouterr().out)


class TestAsAProgram:
    def python(self, *arguments, **more):
        return subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, **more
        )

    def test_it_runs(self):
        done = self.python("-m", "apps.compliance", "units", "97112=24", "--method", "cms")
        assert done.returncode == 0
        assert done.stdout.startswith("CMS method")

    def test_counting_units_waits_for_no_rule(self):
        """What keeps the start short: the rules, and Django, are not loaded for it."""
        done = self.python(
            "-c",
            "import sys; from apps.compliance.cli import main; main(['units', '97112=24']);"
            "print(sorted(m for m in sys.modules if m == 'apps.compliance.rules' or m.startswith('django')))",
        )
        assert done.stdout.endswith("[]\n")

    def test_a_note_from_a_pipe(self):
        done = self.python("-m", "apps.compliance", "check", "-", input=json.dumps(dump(samples.note())))
        assert done.returncode == 0


def test_the_guide_tells_the_truth(run, written, tmp_path):
    """The note of docs/compliance.md can be checked as it stands there."""
    guide = (ROOT / "docs/compliance.md").read_text(encoding="utf-8")
    example = guide.split("```json\n")[1].split("```")[0]
    facts = load(json.loads(example))
    assert facts.blocks[0].code == "97112"
    path = tmp_path / "n.json"
    path.write_text(example, encoding="utf-8")
    assert run("check", str(path))[0] in (0, 1)
