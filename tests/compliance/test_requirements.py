"""Dated figures and words behind the rules: certification, editions, thresholds, techniques, hints."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.compliance import (
    certification,
    contractors,
    diagnoses,
    editions,
    hints,
    limits,
    mue,
    ncci,
    techniques,
)
from apps.compliance.facts import CertificationFacts
from apps.compliance.review import review
from apps.compliance.rules import CATALOGUE
from apps.compliance.samples import block, cue, note, other_block, with_block, with_blocks
from apps.compliance.timeline import table


class TestCertification:
    first = date(2026, 10, 12)

    def test_the_earlier_date_is_due_and_only_the_later_is_late(self):
        window = certification.initial(self.first)
        assert window.due_on == date(2026, 11, 10)
        assert window.late_after == date(2026, 11, 11)

    def test_it_lasts_90_days_or_the_plans_own_time(self):
        assert certification.lasts(self.first, None).due_on == self.first + timedelta(days=89)
        assert certification.lasts(self.first, date(2026, 11, 1)).late_after == date(2026, 11, 1)

    def test_a_day_at_the_end_of_the_calendar_breaks_nothing(self):
        assert certification.initial(date.max).due_on == date.max
        assert certification.initial(date(1999, 12, 31)) is None

    @pytest.mark.parametrize(
        ("changes", "excused"),
        [
            ({}, True),
            ({"order_on": None}, False),
            ({"order_signed_by": " "}, False),
            ({"transmitted_on": None}, False),
            ({"transmitted_on": date(2025, 2, 10)}, False),
            ({"is_initial": False}, False),
            ({"first_treatment_on": date(2024, 12, 31)}, False),
            ({"first_treatment_on": None}, False),
        ],
    )
    def test_what_stands_in_for_the_first_signature(self, changes, excused):
        facts = {
            "first_treatment_on": date(2025, 1, 6),
            "order_on": date(2025, 1, 2),
            "order_signed_by": "(physician)",
            "transmitted_on": date(2025, 1, 8),
            **changes,
        }
        assert certification.is_excused(CertificationFacts(**facts)) is excused


class TestEditions:
    @pytest.mark.parametrize("name", sorted(table("editions")))
    def test_each_says_of_when_it_is(self, name):
        found = editions.edition(name)
        assert found.is_current(found.through)
        assert not found.is_current(found.through + timedelta(days=1))
        assert found.source
        assert found.name in found.caution

    @pytest.mark.parametrize(
        ("facts", "code"),
        [
            (note(blocks=(block(), other_block(code="97150"))), "COD407"),
            (with_block(modifiers=("GP", "59")), "COD408"),
            (note(blocks=(block(), other_block(code="96523"))), "COD409"),
            (note(blocks=(block(modifiers=("GP", "59")), other_block(code="97022"))), "COD410"),
            (with_blocks(block(minutes_therapist=75)), "UNT305"),
        ],
    )
    @pytest.mark.parametrize(
        ("day", "kind"), [(date(2024, 7, 1), "fail"), (date(2024, 9, 30), "fail"), (date(2024, 10, 1), "ask")]
    )
    def test_after_a_tables_last_day_its_rules_only_ask_and_say_so(self, facts, code, day, kind):
        [finding] = [f for f in review(replace(facts, date_of_service=day)).findings if f.code == code]
        assert finding.kind == kind
        assert ("July 2024" in finding.message) == (kind == "ask")


class TestThresholds:
    @pytest.mark.parametrize(("year", "value"), [(2024, 2330), (2025, 2410), (2026, 2480)])
    @pytest.mark.parametrize("discipline", ["PT", "OT"])
    def test_by_year(self, year, value, discipline):
        assert limits.threshold(discipline, date(year, 12, 31)) == Decimal(value)

    def test_nothing_is_known_before(self):
        assert limits.threshold("PT", date(2023, 12, 31)) is None

    def test_no_finding_shows_the_amount(self):
        said = " ".join(
            f.message + f.evidence for f in review(note(year_to_date=Decimal("2987.65"))).findings
        )
        assert "2987" not in said
        assert "2480" not in said


class TestLimitsPerDay:
    def test_by_place(self):
        day = date(2026, 1, 5)
        assert mue.limit("97112", day) == mue.limit("97112", day, "11") == 4
        assert mue.limit("97112", day, "22") == mue.limit("97112", day, "19") == 6
        assert mue.limit("97150", day, "22") == 2
        assert mue.limit("97110", day, "22") is None


class TestPairs:
    day = date(2026, 1, 5)

    def test_which_line_carries_the_modifier(self):
        assert ncci.belongs_on("97112", {"97022", "97110"}, self.day) == ("97022",)
        assert ncci.belongs_on("97150", {"97112"}, self.day) == ("97112",)
        assert ncci.belongs_on("97110", {"97112"}, self.day) == ()

    def test_pairs_that_nothing_separates(self):
        assert ncci.never_with("96523", {"97112"}, self.day) == ("97112",)
        assert ncci.partners("96523", {"97112"}, self.day) == ()


class TestContractors:
    def test_each_state_has_one(self):
        states = [state for row in table("contractors")["jurisdictions"] for state in row["states"]]
        assert len(states) == len(set(states)) >= 53

    def test_only_what_was_read_claims_it(self):
        assert contractors.for_state("IL").text_verified
        assert not contractors.for_state("CA").text_verified


class TestDiagnoses:
    def test_families(self):
        assert diagnoses.is_at_risk("M54.2")
        assert diagnoses.is_at_risk("m62.81")
        assert not diagnoses.is_at_risk("I69.351")
        assert diagnoses.is_neuromotor("G20.A1")
        assert diagnoses.needs_proprioception("S93.402D")

    @pytest.mark.parametrize(
        ("code", "day", "is_ended"),
        [
            ("G20", date(2023, 9, 30), False),
            ("G20", date(2023, 10, 1), True),
            ("g20", date(2026, 1, 1), True),
            ("G20.A1", date(2026, 1, 1), False),
            ("G35", date(2025, 9, 30), False),
            ("G35", date(2025, 10, 1), True),
            ("G35.B0", date(2026, 1, 1), False),
        ],
    )
    def test_codes_that_ended(self, code, day, is_ended):
        assert bool(diagnoses.ended(code, day)) == is_ended


class TestTechniques:
    @pytest.mark.parametrize("technique", techniques.all(), ids=lambda one: one.key)
    def test_a_name_alone_lacks_all_it_must_state(self, technique):
        assert len(technique.needs) >= 1
        name = table("techniques")[technique.key]["names"][0]
        assert techniques.named_in(name) == (technique,)
        assert technique.lacks("(nothing of it)") == tuple(need.what for need in technique.needs)

    def test_taping_states_the_part_and_what_the_tape_does(self):
        taping = techniques.get("taping")
        assert len(taping.lacks("Taping")) == 2
        assert taping.lacks("Taping of the left scapula for feedback at the end of reach") == ()

    def test_a_line_of_tape_is_no_taping(self):
        assert techniques.named_in("Stepping over tape on the floor; mirror with a strip of tape") == ()

    @pytest.mark.parametrize("text", ["no perturbation", "without PNF", "denies habituation", "not yet BAPS"])
    def test_denied(self, text):
        assert techniques.named_in(text) == ()


class TestNegation:
    @pytest.mark.parametrize(
        "text",
        [
            "No plateau",
            "has not reached a plateau",
            "Denies general weakness",
            "without a plateau so far",
            "plateau not seen",
            "no signs of plateau",
        ],
    )
    def test_denied_words_say_nothing(self, text):
        assert hints.no_need(text) == ""

    @pytest.mark.parametrize(
        "text",
        [
            "Plateau",
            "No pain. Plateau since May",
            "No LOB; plateau reached",
            "No falls but a plateau",
            "fitness",
        ],
    )
    def test_another_clause_denies_nothing(self, text):
        assert hints.no_need(text)

    def test_words_in_another_block_belong_to_it(self):
        facts = note(
            blocks=(
                block(deficit="Late left step", activity="Tandem stance"),
                other_block(purpose="Strengthening", description="Leg press 3x10"),
            )
        )
        assert not review(facts).questions

    def test_required_no_cues_is_good_progress_while_a_cue_was_given(self):
        assert not review(with_block(cues=(cue(seen="No LOB; required no cues in the last set"),))).findings

    def test_skilled_cueing_of_an_exercise_is_fine(self):
        facts = note(
            blocks=(
                block(),
                other_block(
                    purpose="Hip strength", description="Bridging 3x10, tactile cueing for pelvic alignment"
                ),
            )
        )
        assert not review(facts).findings

    @given(st.text(max_size=80))
    def test_any_text_can_be_read(self, text):
        for look in (
            hints.generic_phrase,
            hints.is_neuromuscular,
            hints.other_purpose,
            hints.task_of_another_code,
            hints.patient_alone,
            hints.unskilled,
            hints.no_need,
            hints.only_tolerated,
            hints.exercise_list,
            hints.manoeuvre,
            hints.names_stimulation,
            techniques.named_in,
        ):
            look(text)

    def test_hints_only_ask(self):
        """Word lists never fail a note: every rule that reads them passes or asks."""
        rules = Path(hints.__file__).parent / "rules"
        readers = {
            path.name[:6].upper()
            for path in rules.glob("[a-z]*.py")
            if "hints." in path.read_text(encoding="utf-8")
            or "techniques." in path.read_text(encoding="utf-8")
        }
        assert len(readers) > 10
        for rule in CATALOGUE:
            if rule.code in readers:
                for example in rule.fails:
                    kinds = {f.kind for f in review(example.facts).findings if f.code == rule.code}
                    assert kinds == {"ask"}, rule.code
