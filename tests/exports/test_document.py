"""What a payload becomes when it is read: fixed labels, formats, and words for what was not recorded."""

import pytest

from apps.ledger.models import LedgerEntry
from apps.ledger.signatures import clock_time
from apps.notes.document import document_of

from . import sample

pytestmark = pytest.mark.sqlite  # of payloads alone


def entry(seq=2841):
    return LedgerEntry(seq=seq, hash="9f3c51d088ae27b4" + "0" * 48, recorded_at="2026-11-20T20:32:08Z")


def facts_of(document):
    return {fact.label: fact.lines for fact in document.facts}


def block_of(**values):
    payload = sample.short()
    payload["blocks"] = [sample.block(**values)]
    return document_of(payload).blocks[0]


def rows_of(block):
    return {row.label: row for row in (*block.opening, *block.rows, *block.more)}


def test_a_payload_without_a_signature_is_a_draft():
    assert document_of(sample.short(signed=False)).is_draft
    assert not document_of(sample.short()).is_draft


def test_another_schema_is_refused():
    with pytest.raises(ValueError, match="another schema"):
        document_of(sample.short() | {"schema": "midline/treatment-note/2"})


def test_the_file_name_says_nothing_about_the_patient():
    assert document_of(sample.short(), entry()).file_name == "note-0f7c1c52-2841.pdf"
    assert document_of(sample.short(signed=False)).file_name == "draft-0f7c1c52.pdf"


def test_the_signature_shows_local_time_with_its_zone_and_utc():
    signature = document_of(sample.short()).signature
    assert signature.local_time == "11/20/2026 2:32:08 PM CST"
    assert signature.utc_time == "20:32:08 UTC"
    assert signature.licence == "IL licence 070.018442, expires 09/30/2028"


def test_the_utc_date_is_said_when_it_is_another_day():
    payload = sample.short()
    payload["signature"]["signed_at"] = "2026-07-04T02:00:00Z"
    signature = document_of(payload).signature
    assert signature.local_time == "07/03/2026 9:00:00 PM CDT"
    assert signature.utc_time == "07/04/2026 02:00:00 UTC"


def test_what_a_reviewer_looks_for_is_said_to_be_missing():
    block = document_of(sample.bare()).blocks[0]
    missing = [label for label, row in rows_of(block).items() if row.is_missing]
    assert missing == ["Deficit", "Task", "Response"]
    assert block.cues_missing
    assert block.facts == ("GP", "minutes not recorded", "one-on-one")


def test_what_is_empty_and_not_looked_for_is_left_out():
    assert set(rows_of(block_of(description="Step-ups"))) == {"What was done"}


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        ({"minutes_therapist": 24, "minutes": 24}, "24 min"),
        ({"minutes_assistant": 9, "minutes": 9}, "9 min by assistant"),
        ({"minutes_together": 9, "minutes": 9}, "9 min together"),
        (
            {"minutes_therapist": 15, "minutes_assistant": 8, "minutes": 23},
            "23 min (15 by therapist, 8 by assistant)",
        ),
        ({"minutes_therapist": 0, "minutes": 0}, "0 min"),
    ],
)
def test_minutes_say_by_whom_when_not_all_by_the_therapist(minutes, said):
    assert said in block_of(**minutes).facts


def test_a_timed_block_says_whether_it_was_one_on_one_and_an_untimed_one_that_it_is_untimed():
    assert "one-on-one" in block_of().facts
    assert "not one-on-one" in block_of(one_on_one=False).facts
    untimed = block_of(timed=False, code="G0283").facts
    assert "untimed" in untimed and "one-on-one" not in untimed


def test_units_stand_in_a_block_only_when_they_are_that_blocks_alone():
    payload = sample.short()
    assert "2 units" in document_of(payload).blocks[0].facts
    payload["units"]["lines"][0]["minutes_elsewhere"] = 8
    assert "2 units" not in document_of(payload).blocks[0].facts
    payload = sample.short()
    payload["blocks"].append(sample.block(code="97112", minutes=5))
    assert not [fact for block in document_of(payload).blocks[::2] for fact in block.facts if "unit" in fact]


def test_units_that_were_entered_differently_are_both_said():
    payload = sample.short()
    payload["blocks"][0]["units_billed"] = 1
    assert document_of(payload).blocks[0].facts[-2:] == ("2 units", "1 unit entered")


def test_the_list_of_people_gives_each_persons_part():
    assert facts_of(document_of(sample.short()))["Treated by"] == ("Dana Ortiz, PT, DPT",)
    assert facts_of(document_of(sample.long()))["Treated by"] == (
        "Dana Ortiz, PT, DPT (clinician)",
        "Priya Raman, PTA (assistant)",
        "Ben Lindqvist, student (student)",
    )


def test_a_visit_cut_short_says_so_and_why():
    assert "Cut short: Patient felt light-headed at 14:05" in facts_of(document_of(sample.long()))["Visit"]


def test_a_plan_that_is_not_certified_says_so():
    assert "Not certified" in facts_of(document_of(sample.long()))["Plan of care"]


def test_a_date_that_all_measures_share_stands_once():
    measures = document_of(sample.short()).measures
    assert (measures.baseline_on, measures.last_on) == ("09/19/2026", "11/12/2026")
    assert document_of(sample.long()).measures.baseline_on == ""


def test_only_answered_checks_and_those_that_hold_billing_print():
    payload = sample.short()
    finding = payload["review"]["findings"][0]
    payload["review"]["findings"] = [
        finding | {"reason": "", "severity": "advice"},
        finding | {"reason": "", "holds_billing": True},
        finding,
    ]
    assert len(document_of(payload).checks) == 2


def test_typed_words_come_out_exactly_as_they_went_in():
    typed = "  lower case start.\n\n\ttab, two  spaces\nlast line "
    payload = sample.with_text(typed)
    document = document_of(payload)
    assert document.subjective == document.assessment == typed
    assert document.blocks[0].cues[0].seen == typed
    assert rows_of(document.blocks[0])["Response"].words == typed


@pytest.mark.parametrize(
    ("recorded", "printed"),
    [
        ("00:05", "12:05 AM"),
        ("09:30", "9:30 AM"),
        ("12:00", "12:00 PM"),
        ("14:32:08", "2:32:08 PM"),
        (None, ""),
    ],
)
def test_a_time_of_day_prints_as_the_clinic_writes_it(recorded, printed):
    assert clock_time(recorded) == printed
