"""Which minutes of a note count, by whose method, and what is said about it."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from apps.compliance import units
from apps.compliance.facts import BlockFacts, DayBlock
from apps.compliance.samples import block, note, other_block


def of(*blocks, **changes):
    return units.of(note(blocks=blocks, **changes))


def test_minutes_are_added_per_code_before_anything_is_divided():
    review = of(block(minutes_therapist=10), block(id="c", minutes_therapist=5))
    assert review.allocation.units == {"97112": 1}
    assert review.summary == "1 unit from 15 timed minutes"


def test_assistant_and_joint_minutes_are_minutes_too():
    review = of(block(minutes_therapist=8, minutes_assistant=8, minutes_together=7))
    assert review.timed_minutes == 23


def test_the_days_other_notes_are_counted_in_and_shown():
    review = of(block(minutes_therapist=10), same_day=(DayBlock("n2", "97112", minutes_therapist=20),))
    assert review.allocation.units == {"97112": 2}
    assert review.minutes_elsewhere == {"97112": 20}
    assert (review.timed_minutes, review.timed_minutes_here) == (30, 10)
    assert "Minutes of the day's other notes are counted in: 97112 20." in review.working


def test_minutes_that_were_not_one_on_one_are_left_out_and_said():
    review = of(block(), other_block(one_on_one=False))
    assert review.timed_minutes == 24
    assert "97110: 23 minutes not one-on-one, not counted." in review.working


def test_an_untimed_code_is_one_however_often_it_is_charted():
    hot_pack = other_block(code="97010", minutes_therapist=None)
    review = of(block(), hot_pack, other_block(id="c", code="97010"))
    assert [(line.code, line.units) for line in review.untimed] == [("97010", 1)]
    assert review.timed_minutes == 24


def test_a_code_timed_in_its_own_way_is_neither_counted_nor_untimed():
    review = of(other_block(code="97129"))
    assert review.timed_minutes == 0
    assert review.untimed == ()
    assert "97129 is timed in its own way and is not counted here." in review.working


def test_a_code_that_is_not_known_is_not_counted():
    review = of(other_block(code="97119"))
    assert review.timed_minutes == 0
    assert review.working[0] == "97119 is not in the table of codes, so it is not counted."


def test_the_payers_method_is_used():
    assert units.of(note()).allocation.method == "cms"
    assert units.of(note(payer="commercial_ama")).allocation.units == {"97112": 2, "97110": 2}


def test_highmark_changed_its_method_in_2016():
    assert units.of(note(payer="highmark")).method == "cms"
    assert units.of(note(payer="highmark", date_of_service=date(2016, 3, 1))).method is None


def test_with_the_method_unknown_both_are_shown_and_none_is_picked():
    review = units.of(note(payer="other", payer_name="Prairie Mutual"))
    assert review.allocation is None
    assert [a.method for a in review.alternatives] == ["cms", "ama"]
    assert [a.total_units for a in review.alternatives] == [3, 4]
    assert review.question == "How does Prairie Mutual count units: by the CMS or by the AMA method?"
    assert review.summary == "47 timed minutes; units depend on the payer's method"


def test_no_question_where_both_methods_say_the_same():
    review = of(block(), payer="other")
    assert review.question == ""
    assert review.method is None
    assert review.allocation.units == {"97112": 2}
    assert review.alternatives == ()


def test_the_authors_word_counts_where_the_method_is_unknown_and_only_there():
    assert units.of(note(payer="other", method_choice="ama")).allocation.total_units == 4
    assert units.of(note(payer="medicare_b", method_choice="ama")).allocation.total_units == 3


def test_a_tie_is_asked_about_until_it_is_settled():
    tied = block(minutes_therapist=20), other_block(minutes_therapist=20)
    assert of(*tied).question == "Equal remainders: which of 97110 and 97112 has the unit?"
    settled = of(*tied, unit_choice=("97112",))
    assert settled.question == ""
    assert settled.allocation.units == {"97112": 2, "97110": 1}


def test_a_note_without_timed_minutes():
    review = of()
    assert review.summary == "No timed minutes charted"
    assert review.question == ""


def test_a_draft_may_hold_anything():
    review = of(block(minutes_therapist=-5), BlockFacts(id="x", code=""), payer="no such payer")
    assert review.timed_minutes == 0


@given(
    st.permutations(
        [block(), other_block(), block(id="c", minutes_therapist=8), other_block(id="d", code="97530")]
    )
)
def test_the_order_of_the_blocks_does_not_change_the_units(blocks):
    review = units.of(note(blocks=tuple(blocks)))
    assert review.allocation == units.of(note(blocks=tuple(sorted(blocks, key=lambda b: b.id)))).allocation
