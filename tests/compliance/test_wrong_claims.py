"""Claims of trade articles that are wrong or too broad: each has a test that Midline does not repeat it.

The list is the domain notes' §7, one test for each row.
"""

import re
from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest

from apps.compliance import contractors, ncci, payers
from apps.compliance.facts import DayBlock
from apps.compliance.review import review
from apps.compliance.rules import CATALOGUE
from apps.compliance.samples import (
    author,
    block,
    measure,
    note,
    other_block,
    plan,
    timed_block,
    with_block,
    with_blocks,
)
from apps.compliance.units import allocate

FOLDER = Path(__file__).parents[2] / "apps/compliance"


def found(facts, kind=None):
    return {f.code for f in review(facts).findings if kind is None or f.kind == kind}


def everything_said():
    for rule in CATALOGUE:
        yield from (rule.title, rule.fix)
        for example in rule.fails:
            yield from (finding.message for finding in review(example.facts).findings)


@pytest.mark.parametrize("minutes", [8, 9, 10, 14])
def test_a_session_under_15_minutes_is_billable(minutes):
    result = review(with_blocks(block(minutes_therapist=minutes)))
    assert result.units.allocation.units == {"97112": 1}
    assert result.findings == ()


def test_20_and_18_are_three_units_by_cms_and_two_by_ama():
    assert allocate({"97112": 20, "97110": 18}, "cms").units == {"97112": 2, "97110": 1}
    assert allocate({"97112": 20, "97110": 18}, "ama").units == {"97112": 1, "97110": 1}


def test_24_and_23_depend_on_the_method():
    assert allocate({"97112": 24, "97110": 23}, "cms").units == {"97112": 2, "97110": 1}
    assert allocate({"97112": 24, "97110": 23}, "ama").units == {"97112": 2, "97110": 2}


@pytest.mark.parametrize("state", ["IL", "il", " MN", "WI"])
def test_illinois_is_not_noridians(state):
    assert contractors.for_state(state).name == "NGS"


def test_noridian_has_none_of_jurisdiction_6():
    assert {contractors.for_state(state).name for state in ("CA", "HI", "NV", "AK", "WA")} == {"Noridian"}
    assert contractors.for_state("XX") is None


@pytest.mark.parametrize("code", ["97110", "97116", "97140", "97530", "97535", "97032"])
def test_59_is_not_asked_for_beside_the_common_neighbours(code):
    facts = note(blocks=(block(), other_block(code=code)))
    assert not {"COD407", "COD409", "COD410"} & found(facts)
    marked = note(blocks=(block(modifiers=("GP", "59")), other_block(code=code)))
    assert "COD408" in found(marked)


def test_a_missing_gp_is_what_rejects_the_claim():
    assert "COD401" in found(with_block(modifiers=()))


def test_several_services_alone_are_no_reason_for_59():
    assert not any("multiple services" in text.lower() for text in everything_said())


@pytest.mark.parametrize("modifier", ["52", "22"])
def test_52_is_not_for_a_session_that_was_not_completed(modifier):
    short = note(
        is_cut_short=True, cut_short_reason="(why)", blocks=(block(minutes_therapist=10),), total_minutes=10
    )
    assert not found(short)
    assert "COD414" in found(with_block(modifiers=("GP", modifier)))


def test_there_are_no_therapy_caps():
    said = " ".join([*everything_said(), *(policy.note for policy in payers.all())]).lower()
    assert not re.search(r"\btherapy caps?\b", said)
    assert "COD412" not in found(note(payer="uhc_commercial", year_to_date=Decimal(99999)))


def test_group_and_one_on_one_do_not_depend_on_taste():
    apart = with_blocks(
        timed_block("97112", time(10), time(10, 24), modifiers=("GP", "59")),
        timed_block("97150", time(10, 24), time(10, 50), id="b"),
    )
    together = with_blocks(
        timed_block("97112", time(10), time(10, 24), modifiers=("GP", "59")),
        timed_block("97150", time(10), time(10, 24), id="b"),
    )
    assert not {"TIM211", "COD407", "COD411"} & found(apart)
    assert {"TIM211", "COD411"} <= found(together)


def test_the_sample_soap_note_of_an_article_is_not_ready():
    """Its elements: a task, minutes of the code, a plan. Nothing of the deficit, cues or response."""
    facts = note(
        subjective="(report)",
        assessment="Tolerated well",
        blocks=(
            block(
                deficit="",
                deficit_domains=(),
                limits="",
                cues=(),
                response="",
                dosage="",
                distinct="",
                goal=None,
            ),
        ),
        measures=(),
        total_minutes=None,
    )
    assert {"NMR101", "NMR104", "NMR110", "TIM202", "NOT508"} <= found(facts)


def test_gait_and_functional_movement_are_asked_about_unless_control_is_the_purpose():
    plain = with_block(deficit="Walks slowly", deficit_domains=(), activity="Gait training 200 ft")
    control = with_block(
        deficit="Poor timing of the left step", deficit_domains=(), activity="Gait training 200 ft"
    )
    assert "NMR121" in found(plain, "ask")
    assert "NMR121" not in found(control)


def test_stimulation_is_not_charged_beside_97112_for_the_same_minutes():
    facts = with_blocks(
        timed_block("97112", time(10), time(10, 24)), timed_block("97032", time(10), time(10, 24), id="b")
    )
    assert "TIM205" in found(facts)


def test_taping_counts_by_intent_and_some_payers_exclude_it():
    taping = block(activity="Kinesio taping of the scapula for feedback on position")
    assert not {"PAY903", "NMR118"} & found(note(blocks=(taping, other_block())))
    assert "PAY903" in found(note(payer="cigna", blocks=(taping, other_block())), "ask")
    assert "PAY903" not in found(note(payer="aetna", date_of_service=date(2025, 12, 31), blocks=(taping,)))


def test_a_patient_who_has_recovered_is_no_case_for_treatment():
    assert "NOT513" in found(note(assessment="Fully recovered, comes for general fitness"), "ask")


def test_chiropractors_are_never_paid_by_medicare_for_97112():
    doctor = author(credential="DC")
    assert "AUT606" in found(note(author=doctor))
    assert "AUT606" not in found(note(author=doctor, payer="cigna"))


def test_range_of_motion_is_no_neuromuscular_deficit():
    assert "NMR115" in found(with_block(deficit="Reduced ROM"), "ask")


def test_no_new_cms_notice_on_measurable_goals_is_cited():
    cited = " ".join(f"{rule.citation.source} {rule.citation.locator}" for rule in CATALOGUE)
    assert "2026 update" not in cited
    assert "CMS 2026" not in cited


@pytest.mark.parametrize("minutes", [{"97112": 7, "97110": 7}, {"97112": 5, "97110": 4}])
def test_services_under_8_minutes_combine(minutes):
    """CMS's example: two services of 7 minutes or less that make 8 together are one unit."""
    assert allocate(minutes, "cms").total_units == 1


def test_the_threshold_is_an_attestation_and_stops_nothing():
    result = review(note(year_to_date=Decimal(5000)))
    assert result.blockers == ()
    assert result.holds_billing


def test_no_text_quotes_unsourced_denial_splits_or_functional_g_codes():
    texts = [path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.py")]
    texts += [path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.toml")]
    assert not any(re.search(r"\bG8[0-9]{3}\b|45 ?/ ?30 ?/ ?15|45 ?% of denials", text) for text in texts)


def test_no_trade_article_is_cited_where_the_manual_speaks():
    """Units, note contents, signature, amendments and certification rest on CMS or the law."""
    by_code = {rule.code: rule.citation.source for rule in CATALOGUE}
    for code in (
        "TIM201",
        "TIM202",
        "UNT301",
        "UNT304",
        "NOT503",
        "AUT601",
        "AUT603",
        "POC705",
        "POC710",
        "REC801",
    ):
        assert by_code[code].startswith(("CMS", "42 CFR")), code


def test_no_lack_of_progress_fails_a_declared_maintenance_programme():
    worse = measure(value=Decimal(40), baseline=Decimal(46))
    facts = note(
        plan_of_care=plan(is_maintenance=True), assessment="Plateau; no progress expected", measures=(worse,)
    )
    assert found(facts) <= {"NOT517"}  # advice about the measure


def test_no_diagnosis_is_ever_proposed():
    for rule in CATALOGUE:
        for example in rule.fails:
            charted = set(example.facts.diagnoses)
            for finding in review(example.facts).findings:
                named = set(re.findall(r"\b[A-TV-Z]\d{2}(?:\.[0-9A-Z]+)?\b", finding.message))
                assert named <= charted | {"G35", "G20"}, finding.message


def test_the_pair_with_evaluations_was_deleted():
    assert ncci.partners("97112", {"97164", "97168", "97161"}, date(2026, 1, 5)) == ()
    assert not {"COD407", "COD408"} & found(note(blocks=(block(), other_block(code="97164"))))


def test_clock_times_per_code_are_not_asked_for_by_medicare():
    assert payers.get("medicare_b").demand_on("minutes_per_code", date(2026, 1, 5)) is False
    assert "TIM210" not in found(note())


def test_minutes_of_another_discipline_do_not_pool():
    facts = note(other_discipline=(DayBlock("o", "97112", 60),))
    assert review(facts).units.timed_minutes == 47
