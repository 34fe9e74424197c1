"""CQ and CO: which units an assistant's minutes mark, and what the charted modifiers say to that."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.compliance import assistants, units
from apps.compliance.assistants import Given
from apps.compliance.facts import DayBlock
from apps.compliance.review import review
from apps.compliance.samples import author, block, note, other_block
from apps.compliance.timeline import table

DAY = date(2026, 11, 16)


def share_of(code="97110", day=DAY, method="cms", **minutes):
    """The share of one code. Other codes are the therapist's: `c97140=30`."""
    given_by = {name[1:]: Given(therapist=m) for name, m in minutes.items() if name.startswith("c")}
    given_by[code] = Given(*(minutes.get(who, 0) for who in ("therapist", "assistant", "together")))
    allocation = units.allocate({c: g.total for c, g in given_by.items()}, method)
    [share] = units.shares(given_by, allocation, (), "CQ", day)
    return share


def split(**minutes):
    share = share_of(**minutes)
    return share.units_with, share.units_without, share.units_open


class TestOneCode:
    @pytest.mark.parametrize(
        ("minutes", "expected"),
        [
            # CMS's example: 23 by the PTA and 13 by the PT are 2 units, beside 30 minutes of 97140.
            ({"assistant": 23, "therapist": 13, "c97140": 30}, (1, 1, 0)),
            # One unit: 10 by the PTA and 5 by the PT.
            ({"assistant": 10, "therapist": 5}, (1, 0, 0)),
            ({"assistant": 5, "therapist": 10}, (0, 1, 0)),
            # Whole units by one person.
            ({"assistant": 30, "therapist": 15}, (2, 1, 0)),
            ({"assistant": 45}, (3, 0, 0)),
            # Three units: a full one each, and 7 with 8 left.
            ({"assistant": 23, "therapist": 22}, (2, 1, 0)),
            ({"assistant": 22, "therapist": 23}, (1, 2, 0)),
            # One unit left, exactly 8 and exactly 7 by the therapist alone.
            ({"assistant": 14, "therapist": 8}, (0, 1, 0)),
            ({"assistant": 14, "therapist": 7}, (1, 0, 0)),
            # The smallest share: 1 of 8 minutes is 12.5 %.
            ({"assistant": 1, "therapist": 7}, (1, 0, 0)),
            # A full unit, and what is left comes to none: the assistant's minutes mark nothing.
            ({"assistant": 5, "therapist": 15}, (0, 1, 0)),
            ({"assistant": 15, "therapist": 5}, (1, 0, 0)),
            # Together counts as the therapist's.
            ({"assistant": 5, "together": 10}, (0, 1, 0)),
            ({"assistant": 10, "together": 4, "therapist": 4}, (0, 1, 0)),
            ({"assistant": 15, "together": 15}, (1, 1, 0)),
        ],
    )
    def test_scenarios(self, minutes, expected):
        assert split(**minutes) == expected
        assert share_of(**minutes).question == ""

    @pytest.mark.parametrize(("therapist", "assistant"), [(12, 12), (14, 14), (10, 14), (14, 10)])
    def test_two_units_left_and_nine_to_fourteen_minutes_each(self, therapist, assistant):
        share = share_of(therapist=therapist, assistant=assistant)
        assert (share.units_with, share.units_without, share.units_open) == (1, 1, 0)
        assert share.question == ""

    @pytest.mark.parametrize(("therapist", "assistant"), [(9, 14), (12, 11), (14, 9)])
    def test_at_twenty_three_minutes_sources_differ_and_it_says_so(self, therapist, assistant):
        share = share_of(therapist=therapist, assistant=assistant)
        assert (share.units_with, share.units_without) == (1, 1)
        assert share.question == (
            "97110: sources differ on 23 minutes that two persons shared. "
            "Is one unit billed with CQ and one without?"
        )
        assert "24 to 28" in share.working[-1]
        assert "23 to 28" in share.working[-1]

    def test_twenty_three_minutes_with_a_full_unit_before_them(self):
        share = share_of(therapist=27, assistant=11)
        assert (share.units_with, share.units_without) == (1, 2)
        assert share.question

    def test_twenty_three_minutes_that_are_not_shared_evenly_are_no_doubt(self):
        # 15 by the therapist are a unit of theirs; one unit is left, and nobody doubts it.
        assert share_of(therapist=15, assistant=8).question == ""
        assert split(therapist=15, assistant=8) == (1, 1, 0)

    def test_two_units_left_in_a_way_no_source_speaks_of(self):
        share = share_of(therapist=8, assistant=14, c97112=4)
        assert (share.units_with, share.units_without, share.units_open) == (0, 0, 2)
        assert share.question.endswith("Are they billed with CQ or without?")
        assert share.choices == ("with", "without")
        assert share.summary == "2 units to be settled"

    def test_before_2022_eight_minutes_by_the_therapist_are_a_question(self):
        share = share_of(therapist=10, assistant=5, day=date(2021, 12, 31))
        assert share.units_open == 1
        assert "before 2022" in share.working[-1]
        assert split(therapist=10, assistant=5, day=date(2022, 1, 1)) == (0, 1, 0)

    def test_before_2022_the_rest_stands(self):
        assert split(therapist=15, assistant=15, day=date(2021, 12, 31)) == (1, 1, 0)
        assert split(therapist=5, assistant=10, day=date(2021, 12, 31)) == (1, 0, 0)

    def test_a_code_that_is_not_billed_has_no_share(self):
        given_by = {"97110": Given(therapist=30), "97112": Given(assistant=7)}
        allocation = units.allocate({"97110": 30, "97112": 7}, "cms")
        assert units.shares(given_by, allocation, (), "CQ", DAY) == ()

    def test_a_tied_unit_is_left_out_and_said(self):
        share = share_of(assistant=20, c97112=20)
        assert (share.units_with, share.units_without, share.units_open) == (1, 0, 0)
        assert share.working[-1] == "The tied unit is not in it."

    def test_by_the_other_method(self):
        assert split(assistant=23, therapist=13, method="ama") == (1, 1, 0)

    def test_the_working_can_be_read(self):
        share = share_of(assistant=23, therapist=3, together=10)
        assert share.working == (
            "97110: 2 units; therapist 13, assistant 23 minutes.",
            "Given together counts as the therapist's: 3 + 10 = 13.",
            "Units of full 15 minutes by one person: assistant 1.",
            "1 unit left, from therapist 13, assistant 8 minutes.",
            "The therapist alone has 8 minutes of it: without CQ.",
        )
        assert share.summary == "1 unit with CQ, 1 unit without"


class TestUntimed:
    @pytest.mark.parametrize(
        ("assistant", "total", "expected"),
        [(4, 40, (0, 1)), (5, 40, (1, 0)), (40, 40, (1, 0)), (1, 9, (1, 0))],
    )
    def test_over_ten_percent_of_the_service(self, assistant, total, expected):
        share = assistants.untimed("97150", Given(total - assistant, assistant), "CQ")
        assert (share.units_with, share.units_without) == expected

    def test_in_a_note(self):
        group = other_block(code="97150", minutes_therapist=20, minutes_assistant=10, one_on_one=False)
        [share] = units.of(note(blocks=(block(), group))).assistants
        assert share.summary == "1 unit with CQ"
        assert share.working == ("97150: assistant 10 of 30 minutes, 33.3 %, over 10 %: with CQ.",)


minutes_each = st.integers(0, 70)


@given(minutes_each, minutes_each, minutes_each, st.integers(0, 40), st.sampled_from(["cms", "ama"]))
def test_the_shares_add_up_to_the_units(therapist, assistant, together, other, method):
    given_by = {"97110": Given(therapist, assistant, together), "97112": Given(other)}
    allocation = units.allocate({c: g.total for c, g in given_by.items()}, method)
    for share in units.shares(given_by, allocation, (), "CQ", DAY):
        assert share.units_with + share.units_without + share.units_open == allocation.units[share.code]
        assert min(share.units_with, share.units_without, share.units_open) >= 0
        assert bool(share.question) == bool(share.choices)
        assert not share.units_open or share.question


@given(minutes_each, minutes_each)
def test_together_is_the_same_as_the_therapist_alone(therapist, assistant):
    def numbers(share):
        return share.units_with, share.units_without, share.units_open

    one = {"97110": Given(therapist, assistant)}
    other = {"97110": Given(0, assistant, therapist)}
    allocation = units.allocate({"97110": therapist + assistant}, "cms")
    assert [numbers(s) for s in units.shares(one, allocation, (), "CQ", DAY)] == [
        numbers(s) for s in units.shares(other, allocation, (), "CQ", DAY)
    ]


@given(minutes_each, minutes_each, st.integers(0, 40))
def test_the_working_never_says_how_far_a_unit_is(therapist, assistant, other):
    given_by = {"97110": Given(therapist, assistant), "97112": Given(other)}
    allocation = units.allocate({c: g.total for c, g in given_by.items()}, "cms")
    for share in units.shares(given_by, allocation, (), "CQ", DAY):
        said = " ".join([*share.working, share.question, share.summary])
        known = {therapist, assistant, therapist % 15, assistant % 15, 97110, 8, 9, 14, 15, 10, 23, 24, 28}
        known |= {therapist // 15, assistant // 15, 1, 2, allocation.units["97110"]}
        known |= {share.units_with, share.units_without, share.units_open}
        for number in re.findall(r"\d+(?! ?%|\.\d)", re.sub(r"[\d.]+ %", "", said)):
            assert int(number) in known, said
        assert not re.search(r"missing|short|until|more min|next unit|another", said), said


class TestWhoWantsIt:
    shared = other_block(minutes_therapist=None, minutes_assistant=23)

    def assistants_of(self, **changes):
        return units.of(note(blocks=(block(), self.shared), **changes)).assistants

    def test_medicare_and_tricare_since_2020(self):
        for payer in ("medicare_b", "tricare"):
            assert [s.summary for s in self.assistants_of(payer=payer)] == ["1 unit with CQ"]
        assert self.assistants_of(date_of_service=date(2020, 1, 1))
        assert not self.assistants_of(date_of_service=date(2019, 12, 31))

    @pytest.mark.parametrize("payer", ["aetna", "highmark", "self_pay", "medicaid", "", "no such payer"])
    def test_of_others_it_is_not_known(self, payer):
        assert self.assistants_of(payer=payer) == ()

    def test_the_modifier_is_the_disciplines(self):
        assert self.assistants_of(discipline="OT")[0].modifier == "CO"

    def test_without_an_assistant_there_is_nothing_to_say(self):
        assert units.of(note()).assistants == ()

    def test_minutes_of_the_days_other_notes_are_counted_in(self):
        earlier = DayBlock("n2", "97112", minutes_assistant=21)
        [share] = units.of(note(blocks=(block(minutes_therapist=9),), same_day=(earlier,))).assistants
        assert share.summary == "1 unit with CQ, 1 unit without"

    def test_what_is_paid_is_told_nowhere(self):
        [share] = self.assistants_of()
        assert "85" not in " ".join(share.working)

    def test_every_row_has_its_source(self):
        data = table("assistants")
        rows = [
            *data["final_unit"],
            *(r for rows in data["modifier"].values() for r in rows),
        ]
        for row in rows:
            assert row["source"]
            assert row["text_verified"] == ("verified_on" in row)
        assert set(data["modifier"]) == assistants.PAYERS
        assert min(r["from"] for rows in data["modifier"].values() for r in rows) == assistants.FIRST_DAY


class TestFindings:
    def found(self, *blocks, **changes):
        facts = note(blocks=blocks, total_minutes=sum(b.minutes for b in blocks), **changes)
        return [f.code for f in review(facts).findings if f.code.startswith("COD42")]

    def test_two_blocks_of_a_code_one_with_and_one_without(self):
        own = other_block(minutes_therapist=15)
        assistants_own = other_block(
            id="c", minutes_therapist=None, minutes_assistant=15, modifiers=("GP", "CQ")
        )
        assert self.found(own, assistants_own) == []
        assert self.found(own, replace(assistants_own, modifiers=("GP",))) == ["COD420"]

    def test_a_defensible_note_of_an_assistant_draws_nothing(self):
        facts = note(
            author=author(credential="PTA"),
            blocks=(
                block(minutes_therapist=None, minutes_assistant=24, modifiers=("GP", "CQ")),
                other_block(minutes_therapist=None, minutes_assistant=23, modifiers=("GP", "CQ")),
            ),
        )
        assert [f.code for f in review(facts).findings if f.code.startswith("COD42")] == []

    def test_it_holds_the_claim_and_not_the_signature(self):
        facts = note(blocks=(block(), other_block(modifiers=("GP", "CQ"))))
        result = review(facts)
        assert result.blockers == ()
        assert result.holds_billing

    def test_another_payer_is_not_asked(self):
        shared = other_block(minutes_therapist=None, minutes_assistant=23)
        assert self.found(block(), shared, payer="aetna") == []

    def test_codes_tied_are_not_judged_before_the_tie_is_settled(self):
        one = other_block(minutes_therapist=None, minutes_assistant=8, modifiers=("GP", "CQ"))
        assert self.found(block(minutes_therapist=8), one) == []

    def test_minutes_of_another_note_do_not_ask_for_a_modifier_in_this_one(self):
        earlier = DayBlock("n2", "97112", minutes_assistant=30)
        assert self.found(block(), same_day=(earlier,)) == []
