"""Facts as JSON: nothing is lost, nothing is guessed, and what is wrong is said with its place."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import NoneType
from typing import Literal, get_args, get_origin, get_type_hints

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.compliance import note_json, samples
from apps.compliance.facts import Answer, BlockFacts, NoteFacts
from apps.compliance.note_json import WrongNote, dump, load
from apps.compliance.review import review
from apps.compliance.rules import CATALOGUE

ROOT = Path(__file__).parents[2]

PLAIN = {
    str: st.text(max_size=20),
    int: st.integers(),
    bool: st.booleans(),
    date: st.dates(),
    time: st.times(),
    datetime: st.datetimes(timezones=st.timezones()),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False, places=3),
}


def anything(kind):
    """A strategy for a type: the test has its own reading of the dataclasses."""
    if kind in PLAIN:
        return PLAIN[kind]
    of = get_args(kind)
    if NoneType in of:
        return st.none() | anything(next(one for one in of if one is not NoneType))
    if get_origin(kind) is tuple and of[-1] is not Ellipsis:
        return st.tuples(*map(anything, of))
    if get_origin(kind) is tuple:
        return st.lists(anything(of[0]), max_size=2).map(tuple)
    if get_origin(kind) is Literal:
        return st.sampled_from(of)
    if get_origin(kind) is frozenset:
        return st.frozensets(anything(of[0]), max_size=3)
    if get_origin(kind) in (Mapping, dict):
        return st.dictionaries(st.text(max_size=10), anything(of[1]), max_size=2)
    assert is_dataclass(kind), kind
    hints = get_type_hints(kind)
    return st.fixed_dictionaries({one.name: anything(hints[one.name]) for one in fields(kind)}).map(
        lambda given: kind(**given)
    )


def plain(value):
    if isinstance(value, dict):
        return all(type(key) is str and plain(one) for key, one in value.items())
    if isinstance(value, list):
        return all(map(plain, value))
    return value is None or type(value) in (str, int, bool)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(anything(NoteFacts))
def test_nothing_is_lost_on_the_way_there_and_back(facts):
    written = dump(facts)
    assert plain(written)
    assert load(json.loads(json.dumps(written))) == facts


EXAMPLES = [
    pytest.param(example.facts, id=f"{rule.code}: {example.says}")
    for rule in CATALOGUE
    for example in (*rule.passes, *rule.fails)
]


@pytest.mark.parametrize("facts", EXAMPLES)
def test_every_example_of_every_rule_comes_back_and_is_judged_alike(facts):
    back = load(json.loads(rfc8785.dumps(dump(facts))))
    assert back == facts
    assert review(back).findings == review(facts).findings


def test_every_field_is_written_so_that_a_note_stands_alone():
    written = dump(NoteFacts(date(2026, 11, 16), blocks=(BlockFacts("a", "97112"),)))
    assert set(written) == {one.name for one in fields(NoteFacts)}
    assert set(written["blocks"][0]) == {one.name for one in fields(BlockFacts)}


def test_how_values_are_written():
    facts = samples.note(
        starts_at=time(9, 5),
        ends_at=time(9, 50, 30),
        measures=(samples.measure(value=Decimal("0.830")),),
        answers={"NMR114:blocks.a.response:00": Answer("yes", "seen")},
    )
    written = dump(facts)
    assert written["date_of_service"] == "2026-11-16"
    assert (written["starts_at"], written["ends_at"]) == ("09:05", "09:50:30")
    assert written["measures"][0]["value"] == "0.830"
    assert written["answers"] == {"NMR114:blocks.a.response:00": {"value": "yes", "reason": "seen"}}
    assert written["diagnoses"] == ["I69.351"]


def test_a_missing_key_takes_its_default_so_old_notes_load_under_newer_code():
    assert load({"date_of_service": "2026-11-16"}) == NoteFacts(date(2026, 11, 16))
    assert load({"date_of_service": "2026-11-16", "blocks": [{"id": "a", "code": "97112"}]}).blocks == (
        BlockFacts("a", "97112"),
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([], "the note: expected an object, found a list."),
        ({}, "date_of_service: expected a date such as 2026-11-16, found nothing."),
        ({"date_of_service": 20261116}, "expected a date such as 2026-11-16, found a whole number."),
        ({"date_of_service": "11/16/2026"}, "expected a date such as 2026-11-16, found another text."),
        ({"date_of_service": "2026-02-30"}, "expected a date such as 2026-11-16, found another text."),
        ({"date_of_service": "٢٠٢٦-11-16"}, "expected a date such as 2026-11-16, found another text."),
        (
            {"starts_at": "9:30"},
            "expected a time of day such as 09:30 or null, found another text.",
        ),
        ({"starts_at": "24:00"}, "starts_at: expected a time of day such as 09:30 or null"),
        ({"total_minutes": "47"}, "total_minutes: expected a whole number or null, found a text."),
        ({"total_minutes": 47.5}, "total_minutes: expected a whole number or null, found a number with"),
        ({"total_minutes": True}, "total_minutes: expected a whole number or null, found true."),
        ({"is_cut_short": None}, "is_cut_short: expected true or false, found null."),
        ({"blocks": {}}, "blocks: expected a list, found an object."),
        ({"blocks": [{"id": "a"}]}, "blocks[0].code: expected a text, found nothing."),
        (
            {"blocks": [{"id": "a", "code": "97112", "cues": [{}, {"kind": 1}]}]},
            "blocks[0].cues[1].kind: expected a text, found a whole number.",
        ),
        ({"measures": [{"id": "m", "key": "berg", "value": "1_5"}]}, "measures[0].value: expected a number"),
        ({"measures": [{"id": "m", "key": "berg", "value": "٤٤"}]}, "measures[0].value: expected a number"),
        ({"answers": {"k": 1}}, 'answers["k"]: expected an object, found a whole number.'),
        ({"plan_of_care": []}, "plan_of_care: expected an object or null, found a list."),
        ({"blokcs": []}, "blokcs: there is no such key; blocks is one."),
    ],
)
def test_what_is_wrong_is_said_with_its_place(wrong, said):
    if isinstance(wrong, dict) and wrong:
        wrong = {"date_of_service": "2026-11-16", **wrong}
    with pytest.raises(WrongNote) as caught:
        load(wrong)
    assert said in str(caught.value)


def test_everything_wrong_is_said_at_once():
    with pytest.raises(WrongNote) as caught:
        load({"date_of_service": 1, "total_minutes": "x", "blocks": [{"id": 1}]})
    assert [problem.path for problem in caught.value.problems] == [
        "date_of_service",
        "total_minutes",
        "blocks[0].id",
        "blocks[0].code",
    ]


def test_a_message_never_repeats_a_value():
    with pytest.raises(WrongNote) as caught:
        load({"date_of_service": "Ada Example", "total_minutes": "Ada Example"})
    assert "Ada" not in str(caught.value)


def test_a_key_of_newer_code_can_be_tolerated():
    newer = {"date_of_service": "2026-11-16", "moon": 1, "author": {"name": "Tess", "star": "x"}}
    assert load(newer, strict=False).author.name == "Tess"
    with pytest.raises(WrongNote) as caught:
        load(newer)
    assert [problem.path for problem in caught.value.problems] == ["moon", "author.star"]


@pytest.mark.parametrize("written", ["44.5", 44.5, Decimal("44.5")])
def test_a_number_may_be_written_as_text_or_as_it_is(written):
    note = {"date_of_service": "2026-11-16", "measures": [{"id": "m", "key": "x", "value": written}]}
    assert load(note).measures[0].value == Decimal("44.5")


def test_an_editor_may_leave_its_schema_in_the_note():
    assert load({"$schema": "note.schema.json", "date_of_service": "2026-11-16"})


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    day: date


@dataclass(frozen=True)
class Everything:
    """What facts.py may come to hold."""

    days: tuple[date, ...] = ()
    pair: tuple[str, int] = ("a", 1)
    by_name: Mapping[str, Inner] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()
    method: Literal["cms", "ama"] = "cms"
    colour: Colour = Colour.RED
    at: datetime | None = None
    lists: dict[str, tuple[int, ...]] = field(default_factory=dict)


class TestAnyField:
    """A field that is added to facts.py needs no change here."""

    codec = note_json._codec(Everything)

    def test_there_and_back(self):
        value = Everything(
            days=(date(2026, 1, 2),),
            pair=("b", 2),
            by_name={"x": Inner(date(2026, 1, 3))},
            keys=frozenset("ba"),
            at=datetime.fromisoformat("2026-01-02T03:04:05+00:00"),
            lists={"y": (1, 2)},
        )
        written = json.loads(json.dumps(self.codec.write(value)))
        assert written["keys"] == ["a", "b"]
        assert self.codec.read(written, True) == value

    @pytest.mark.parametrize("wrong", [{"pair": ["a"]}, {"method": "x"}, {"colour": 1}, {"pair": ["a", "b"]}])
    def test_wrong(self, wrong):
        with pytest.raises(note_json._Wrong):
            self.codec.read(wrong, True)

    def test_what_cannot_be_told_apart_is_refused_when_the_code_is_loaded(self):
        with pytest.raises(TypeError, match="apart"):
            note_json._codec(str | int)
        with pytest.raises(TypeError, match="cannot store"):
            note_json._codec(bytes)


class TestSchema:
    made = note_json.schema()

    def test_the_file_is_fresh(self):
        stored = json.loads((ROOT / "docs/note.schema.json").read_text(encoding="utf-8"))
        assert stored == self.made, "run: python -m apps.compliance schema > docs/note.schema.json"

    def test_every_field_is_described(self):
        parts = [self.made, *self.made["$defs"].values()]
        assert len(parts) >= 8
        for part in parts:
            assert part["description"]
            assert part["additionalProperties"] is False
            for shown in part["properties"].values():
                assert shown.get("title") or shown.get("description")

    def test_comments_in_the_code_become_descriptions(self):
        cue = self.made["$defs"]["CueFacts"]["properties"]["error"]
        assert cue["description"] == "the error it addressed"

    def test_what_is_required(self):
        assert self.made["required"] == ["date_of_service"]
        assert self.made["$defs"]["BlockFacts"]["required"] == ["id", "code"]

    def test_references_have_their_target(self):
        text = json.dumps(self.made)
        for name in {part.split('"')[0] for part in text.split('"#/$defs/')[1:]}:
            assert name in self.made["$defs"]

    def test_a_default_in_the_schema_is_the_default_of_the_code(self):
        for one in fields(BlockFacts):
            if one.default is not MISSING and one.default != ():
                shown = self.made["$defs"]["BlockFacts"]["properties"][one.name]
                assert shown["default"] == one.default


def test_the_order_of_keys_is_that_of_the_fields():
    assert list(dump(samples.note())) == [one.name for one in fields(NoteFacts)]
    assert replace(samples.note()) == samples.note()
