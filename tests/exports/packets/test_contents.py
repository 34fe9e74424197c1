"""What a packet lacks, and the only remedy that each kind of gap allows. No database."""

import datetime as dt

import pytest

from apps.exports.packets import contents, slots
from apps.exports.packets.contents import Facts, Later, NoteFact, PaperFact, UploadFact, VisitFact
from apps.exports.packets.slots import Gap, Remedy

LETTER_ON = dt.date(2026, 11, 9)
DAY = dt.date(2026, 11, 2)
LIST = slots.list_on(LETTER_ON)


def facts(**known):
    dates = {"starts_on": dt.date(2026, 10, 1), "through_on": LETTER_ON}
    return Facts(today=dt.date(2026, 11, 20), letter_on=LETTER_ON, **{**dates, **known})


def note(**known):
    said = {"id": "n1", "visit": "v1", "on": DAY, "title": "Treatment note", "type": "treatment"}
    said |= {"discipline": "Physical therapy", "author": "Dana Ortiz, PT", "author_id": "u1"}
    return NoteFact(**{**said, **known})


def gaps(slot, **known):
    return [gap for gap in contents.index(facts(**known), LIST).gaps if gap.slot == slot]


def test_the_slots_stand_in_the_order_of_the_published_list():
    order = [slot.key for slot in LIST.slots]
    asked = ["cover", "index", "order", "evaluation", "plan", "certification", "progress", "treatment"]
    assert [key for key in order if key in asked] == asked
    assert order[-1] == "verification"
    assert LIST.source and LIST.text_verified


def test_a_missing_upload_can_be_uploaded():
    found = gaps("letter")
    assert [(gap.kind, gap.remedy) for gap in found] == [(Gap.MISSING, Remedy.UPLOAD)]


def test_an_unsigned_note_is_attested_to_by_its_author_and_nobody_signs_it_late():
    (found,) = gaps("treatment", notes=(note(),), visits=(VisitFact("v1", DAY, "Dana Ortiz, PT", "u1"),))
    assert (found.kind, found.remedy, found.who_id) == (Gap.UNSIGNED, Remedy.ATTEST, "u1")
    assert "A late signature is not added" in found.words


def test_an_unsigned_order_has_no_remedy_and_that_is_said_plainly():
    order = PaperFact("p1", "order", "Order or referral", DAY, "A. Physician, MD", None)
    (found,) = gaps("order", papers=(order,))
    assert (found.kind, found.remedy) == (Gap.UNSIGNED, Remedy.NONE)
    assert "disregarded" in found.words


def test_missing_content_can_only_be_explained():
    (found,) = gaps("treatment", visits=(VisitFact("v1", DAY, "Dana Ortiz, PT", "u1"),))
    assert (found.kind, found.remedy) == (Gap.MISSING, Remedy.EXPLAIN)


def test_an_attested_note_is_in_its_place_and_no_gap_any_more():
    known = {"notes": (note(attested_on=dt.date(2026, 11, 12), seq=9),)}
    index = contents.index(facts(**known), LIST)
    assert not [gap for gap in index.gaps if gap.kind == Gap.UNSIGNED]
    marks = [item.marks for item in index.items if item.source == "note"]
    assert marks == [("not signed; attested 11/12/2026",)]
    assert [item.slot for item in index.items if item.source == "attestation"] == ["attestations"]


def test_what_was_signed_or_added_after_the_letter_says_so():
    added = Later("addendum", "addendum", dt.date(2026, 11, 11), "Dana Ortiz, PT")
    one = note(signed_on=DAY, seq=3, later=(added,))
    two = note(id="n2", visit="v2", signed_on=dt.date(2026, 11, 10), seq=4)
    index = contents.index(facts(notes=(one, two)), LIST)
    marks = {item.ref: " ".join(item.marks) for item in index.items if item.source == "note"}
    assert "written after the records request of 11/09/2026" in marks["n1"]
    assert "after the records request of 11/09/2026" in marks["n2"]
    assert [gap.ref for gap in index.of(Gap.LATE)] == ["n1", "n2"]


def test_a_day_after_the_letter_that_was_signed_at_once_is_not_late():
    on = dt.date(2026, 11, 12)
    known = {"through_on": on, "notes": (note(on=on, signed_on=on, seq=3),)}
    assert not [gap for gap in contents.index(facts(**known), LIST).gaps if gap.kind == Gap.LATE]


def test_a_report_that_was_due_and_not_written_cannot_be_written_for_then():
    late = [
        note(
            id=f"n{n}",
            visit=f"v{n}",
            on=DAY + dt.timedelta(days=n),
            signed_on=DAY,
            seq=n,
            since_report=10 + n,
            report_every=10,
        )
        for n in (1, 2)
    ]
    found = gaps("progress", notes=tuple(late))
    assert [(gap.kind, gap.remedy) for gap in found] == [(Gap.MISSING, Remedy.EXPLAIN)]


def test_a_changed_file_is_named_and_left_out():
    upload = UploadFact("d1", "abn", "Advance beneficiary notice (ABN)", DAY, "", "0" * 64, is_whole=False)
    (found,) = gaps("abn", uploads=(upload,))
    assert (found.kind, found.remedy) == (Gap.CONFLICT, Remedy.NONE)


def test_gaps_come_missing_first_then_unsigned_late_and_conflicting():
    one = note(signed_on=dt.date(2026, 11, 10), seq=3, total_minutes=10, timed_minutes=20)
    kinds = [gap.kind for gap in contents.index(facts(notes=(one, note(id="n2", visit="v2"))), LIST).gaps]
    assert kinds == sorted(kinds, key=list(Gap).index)
    assert {Gap.MISSING, Gap.UNSIGNED, Gap.LATE} <= set(kinds)


@pytest.mark.parametrize(
    ("today", "left", "tone"),
    [("2026-11-20", 34, "ok"), ("2026-12-20", 4, "warn"), ("2026-12-25", -1, "stop")],
)
def test_forty_five_days_are_counted_from_the_letter(today, left, tone):
    clock = contents.clock_of(slots.letter_kind("mac_prepay"), LETTER_ON, None, dt.date.fromisoformat(today))
    assert (clock.due_on, clock.days_left, clock.tone) == (dt.date(2026, 12, 24), left, tone)


def test_the_date_in_the_letter_counts_before_the_list_and_an_unknown_kind_counts_nothing():
    said = contents.clock_of(slots.letter_kind("upic"), LETTER_ON, dt.date(2026, 11, 30), LETTER_ON)
    assert said.due_on == dt.date(2026, 11, 30)
    assert contents.clock_of(slots.letter_kind("payer"), LETTER_ON, None, LETTER_ON).due_on is None
