"""The arithmetic of units, against the published tables and examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.compliance.units import Tie, allocate, units_of

CODES = ("97110", "97112", "97116", "97140", "97530", "97035")

any_minutes = st.dictionaries(st.sampled_from(CODES), st.integers(0, 150), max_size=6)
any_method = st.sampled_from(("cms", "ama"))


@pytest.mark.parametrize(
    ("first", "last", "units"),
    [
        (0, 7, 0),
        (8, 22, 1),
        (23, 37, 2),
        (38, 52, 3),
        (53, 67, 4),
        (68, 82, 5),
        (83, 97, 6),
        (98, 112, 7),
        (113, 127, 8),
    ],
)
def test_every_minute_of_the_cms_table(first, last, units):
    for minutes in range(first, last + 1):
        assert units_of(minutes) == units
        assert allocate({"97112": minutes}, "cms").total_units == units
        assert allocate({"97112": minutes}, "ama").total_units == units


def test_cms_example_1_the_larger_remainder_has_the_third_unit():
    result = allocate({"97112": 24, "97110": 23}, "cms")
    assert result.total_units == 3
    assert result.units == {"97112": 2, "97110": 1}
    assert result.tie is None
    assert result.lines[0].note == "1 + 1 (larger remainder, 9)"


def test_cms_example_2_a_tie_is_the_clinicians():
    result = allocate({"97112": 20, "97110": 20}, "cms")
    assert result.total_units == 3
    assert result.units == {"97112": 1, "97110": 1}
    assert result.tie == Tie(("97110", "97112"), 1)


@pytest.mark.parametrize(("code", "other"), [("97112", "97110"), ("97110", "97112")])
def test_cms_example_2_either_way_but_never_three_of_one(code, other):
    result = allocate({"97112": 20, "97110": 20}, "cms", (code,))
    assert result.tie is None
    assert result.units == {code: 2, other: 1}


def test_cms_example_3_seven_minutes_earn_the_unit_by_their_remainder():
    result = allocate({"97110": 33, "97140": 7}, "cms")
    assert result.units == {"97110": 2, "97140": 1}
    assert result.tie is None


def test_cms_example_4_a_service_is_documented_and_not_billed():
    result = allocate({"97110": 18, "97140": 13, "97116": 10, "97035": 8}, "cms")
    assert result.total_units == 3
    assert result.units == {"97110": 1, "97140": 1, "97116": 1, "97035": 0}
    assert result.lines[-1].note == "documented, not billed"


def test_cms_example_5_three_times_seven_is_one_unit_of_the_clinicians_choice():
    minutes = {"97112": 7, "97110": 7, "97140": 7}
    result = allocate(minutes, "cms")
    assert result.total_units == 1
    assert result.tie == Tie(("97110", "97112", "97140"), 1)
    assert allocate(minutes, "cms", ("97140",)).units == {"97112": 0, "97110": 0, "97140": 1}


@pytest.mark.parametrize(
    ("minutes", "cms", "ama"),
    [
        ({"97112": 24, "97110": 23}, {"97112": 2, "97110": 1}, {"97112": 2, "97110": 2}),
        ({"97112": 20, "97110": 20}, 3, {"97112": 1, "97110": 1}),
        ({"97110": 33, "97140": 7}, {"97110": 2, "97140": 1}, {"97110": 2, "97140": 0}),
        ({"97112": 20, "97110": 18}, {"97112": 2, "97110": 1}, {"97112": 1, "97110": 1}),
        ({"97112": 8, "97110": 8, "97140": 8}, 2, {"97112": 1, "97110": 1, "97140": 1}),
        ({"97112": 10, "97110": 10}, 1, {"97112": 1, "97110": 1}),
        ({"97112": 7, "97110": 7, "97140": 7}, 1, {"97112": 0, "97110": 0, "97140": 0}),
    ],
)
def test_the_two_methods_side_by_side(minutes, cms, ama):
    """Domain notes §1.3. A number means that the visit is a tie of that many units."""
    by_cms, by_ama = allocate(minutes, "cms"), allocate(minutes, "ama")
    if isinstance(cms, int):
        assert by_cms.tie
        assert by_cms.total_units == cms
    else:
        assert by_cms.tie is None
        assert by_cms.units == cms
    assert by_ama.units == ama
    assert by_ama.tie is None


def test_two_short_services_make_one_unit_for_the_longer():
    assert allocate({"97112": 5, "97110": 4}, "cms").units == {"97112": 1, "97110": 0}


def test_a_choice_that_no_longer_fits_leaves_the_tie_open():
    tied = {"97112": 20, "97110": 20}
    assert allocate(tied, "cms", ("97140",)).tie
    assert allocate(tied, "cms", ("97112", "97110")).tie
    assert allocate(tied, "cms", ("97112", "97140")).tie
    assert allocate({"97112": 24, "97110": 23}, "cms", ("97110",)).units == {"97112": 2, "97110": 1}


def test_two_tied_units_among_three_codes():
    minutes = {"97112": 8, "97110": 8, "97140": 8}
    assert allocate(minutes, "cms").tie == Tie(("97110", "97112", "97140"), 2)
    assert allocate(minutes, "cms", ("97140", "97112")).units == {"97110": 0, "97112": 1, "97140": 1}


def test_no_minutes_and_no_codes_are_no_units():
    for method in ("cms", "ama"):
        assert allocate({}, method).total_units == 0
        assert allocate({}, method).working == ("No timed minutes are charted.",)
        assert allocate({"97112": 0}, method).units == {"97112": 0}


def test_refuses_what_cannot_be():
    with pytest.raises(ValueError, match="negative"):
        allocate({"97112": -1}, "cms")
    with pytest.raises(ValueError, match="method"):
        allocate({"97112": 8}, "best")


def test_the_working_is_plain_and_complete():
    assert allocate({"97112": 24, "97110": 23}, "cms").working == (
        "The minutes of all timed codes are added: 97112 24 + 97110 23 = 47.",
        "47 timed minutes in the CMS table: 3 units.",
        "Full 15-minute portions come first: 97112 1, 97110 1.",
        "1 unit goes by the size of what remains: 97112 (9).",
    )


def test_the_summary_counts_in_words():
    assert allocate({"97112": 24, "97110": 23}, "cms").summary == "3 units from 47 timed minutes"
    assert allocate({"97112": 1}, "cms").summary == "0 units from 1 timed minute"


@given(any_minutes, any_method)
def test_units_add_up_to_the_total(minutes, method):
    result = allocate(minutes, method)
    tied = result.tie.units if result.tie else 0
    assert sum(result.units.values()) + tied == result.total_units
    assert result.timed_minutes == sum(minutes.values())
    if method == "cms":
        assert result.total_units == units_of(sum(minutes.values()))


@given(any_minutes, any_method)
def test_each_code_has_its_full_portions_or_one_more(minutes, method):
    result = allocate(minutes, method)
    for line in result.lines:
        assert line.units - line.minutes // 15 in (0, 1)
        assert line.full == line.minutes // 15
        assert line.extra == (line.units > line.full)
        assert not line.extra or line.remainder > 0


@given(any_minutes, any_method, st.sampled_from(CODES), st.integers(1, 40))
def test_more_minutes_never_lower_the_total(minutes, method, code, more):
    longer = {**minutes, code: minutes.get(code, 0) + more}
    assert allocate(longer, method).total_units >= allocate(minutes, method).total_units


@given(any_minutes, any_method, st.randoms(use_true_random=False))
def test_the_order_of_the_blocks_does_not_matter(minutes, method, random):
    shuffled = list(minutes.items())
    random.shuffle(shuffled)
    assert allocate(dict(shuffled), method) == allocate(minutes, method)


@given(any_minutes)
def test_an_extra_unit_never_goes_past_a_larger_remainder(minutes):
    lines = allocate(minutes, "cms").lines
    with_extra = [line.remainder for line in lines if line.extra]
    without = [line.remainder for line in lines if not line.extra]
    assert not with_extra or not without or min(with_extra) > max(without)


@given(any_minutes)
def test_a_tie_is_a_real_choice_among_equals(minutes):
    result = allocate(minutes, "cms")
    if result.tie:
        remainders = {line.remainder for line in result.lines if line.code in result.tie.codes}
        assert len(remainders) == 1
        assert 0 < result.tie.units < len(result.tie.codes)


@given(any_minutes, st.lists(st.sampled_from(CODES), max_size=3))
def test_a_choice_settles_a_tie_and_changes_nothing_else(minutes, choice):
    before, after = allocate(minutes, "cms"), allocate(minutes, "cms", choice)
    assert after.total_units == before.total_units
    if before.tie is None or after.tie is not None:
        assert after.units == before.units
    else:
        assert sum(after.units.values()) == after.total_units
        assert {c for c in after.units if after.units[c] > before.units[c]} == set(choice)


@given(any_minutes)
def test_lines_run_from_most_minutes_to_fewest(minutes):
    order = [(-line.minutes, line.code) for line in allocate(minutes, "cms").lines]
    assert order == sorted(order)
