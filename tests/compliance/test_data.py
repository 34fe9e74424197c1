"""The dated tables: complete, sourced, and read the way a form needs them."""

from datetime import date
from decimal import Decimal

import pytest

from apps.compliance import codes, hints, measures, ncci, payers, words
from apps.compliance.timeline import Entry, Timeline, dated, table


def entry(year, value):
    return Entry(date(year, 1, 1), value, "source", text_verified=True, verified_on=date(2026, 1, year % 28))


class TestTimeline:
    timeline = Timeline((entry(2020, "a"), entry(2024, "b")))

    def test_nothing_is_known_before_the_first_entry(self):
        assert self.timeline.value_on(date(2019, 12, 31)) is None

    def test_an_entry_holds_from_its_first_day_until_the_next(self):
        assert self.timeline.value_on(date(2020, 1, 1)) == "a"
        assert self.timeline.value_on(date(2023, 12, 31)) == "a"
        assert self.timeline.value_on(date(2024, 1, 1)) == "b"

    def test_it_knows_when_it_was_last_verified(self):
        assert self.timeline.last_verified_on == date(2026, 1, 8)
        assert Timeline().last_verified_on is None

    def test_dates_must_rise(self):
        with pytest.raises(ValueError, match="rise"):
            Timeline((entry(2024, "b"), entry(2020, "a")))

    def test_an_unknown_key_has_no_values(self):
        assert dated("mue", "99999").value_on(date(2026, 1, 1)) is None


class TestCodes:
    # Domain notes §1.5.
    TIMED = [
        "97032",
        "97033",
        "97034",
        "97035",
        "97036",
        "97110",
        "97112",
        "97113",
        "97116",
        "97124",
        "97140",
        "97530",
        "97533",
        "97535",
        "97537",
        "97542",
        "97750",
        "97755",
        "97760",
        "97761",
        "97763",
    ]
    UNTIMED = [
        "97161",
        "97162",
        "97163",
        "97164",
        "97165",
        "97166",
        "97167",
        "97168",
        "97010",
        "97012",
        "97014",
        "G0283",
        "97016",
        "97018",
        "97022",
        "97024",
        "97026",
        "97028",
        "97150",
        "95992",
        "20560",
        "20561",
    ]

    def test_the_timed_list_is_complete_and_nothing_else_is_counted(self):
        assert {c.code for c in codes.all() if c.quarter_hour} == set(self.TIMED)

    @pytest.mark.parametrize("code", UNTIMED)
    def test_untimed(self, code):
        assert not codes.get(code).timed

    @pytest.mark.parametrize("code", ["97129", "97130", "97545", "97546", "90912", "90913"])
    def test_timed_in_its_own_way(self, code):
        assert codes.get(code).timed
        assert not codes.get(code).quarter_hour

    def test_the_picker_starts_with_neuromuscular_re_education(self):
        assert codes.all()[0].code == "97112"
        groups = [code.group for code in codes.all()]
        assert list(dict.fromkeys(groups)) == [
            "Timed, 15 minutes",
            "Timed in its own way",
            "Evaluation",
            "Untimed",
        ]

    def test_each_discipline_has_its_evaluations(self):
        assert "97165" not in {c.code for c in codes.for_discipline("PT")}
        assert "97165" in {c.code for c in codes.for_discipline("OT")}

    def test_an_unknown_code_is_nothing(self):
        assert codes.get("99999") is None
        assert codes.label("99999") == ""

    def test_labels_are_short_and_our_own(self):
        for code in codes.all():
            assert len(code.label) < 60
            assert "each 15 minutes" not in code.label.lower()


class TestPayers:
    def test_every_key_that_the_app_offers(self):
        assert {policy.key for policy in payers.all()} >= {
            "medicare_b",
            "medicare_advantage",
            "medicaid",
            "tricare",
            "uhc_commercial",
            "highmark",
            "aetna",
            "cigna",
            "anthem",
            "bcbs_other",
            "workers_comp",
            "commercial_ama",
            "other",
            "self_pay",
        }

    @pytest.mark.parametrize("key", ["aetna", "cigna", "anthem", "bcbs_other", "workers_comp", "other"])
    def test_a_method_that_nobody_has_read_is_not_guessed(self, key):
        assert payers.get(key).method_on(date(2026, 11, 16)) is None

    def test_demands_by_date(self):
        aetna, anthem, uhc = (payers.get(key) for key in ("aetna", "anthem", "uhc_advantage"))
        assert aetna.demand_on("taping", date(2025, 12, 31)) is None
        assert aetna.demand_on("taping", date(2026, 1, 1)) == "experimental"
        assert anthem.demand_on("daily_timed_units", date(2021, 1, 1)) == 4
        assert anthem.demand_on("time_in_out", date(2025, 7, 8)) is None
        assert uhc.demand_on("prior_authorization", date(2024, 8, 31)) is None
        assert uhc.demand_on("prior_authorization", date(2024, 9, 1)) is True
        assert payers.get("uhc_commercial").demand_on("note_contents", date(2026, 1, 1))

    def test_methods_are_the_two_that_exist(self):
        for policy in payers.all():
            assert policy.method_on(date(2026, 11, 16)) in ("cms", "ama", None)

    def test_medicare_wants_a_discipline_modifier_and_self_pay_is_not_known_to(self):
        assert payers.get("medicare_b").wants_discipline_modifier_on(date(2026, 11, 16)) is True
        assert payers.get("self_pay").wants_discipline_modifier_on(date(2026, 11, 16)) is None

    def test_an_unknown_payer_is_nothing(self):
        assert payers.get("") is None


class TestMeasures:
    berg = measures.get("berg")
    tug = measures.get("tug")
    walk = measures.get("ten_metre_walk")

    @pytest.mark.parametrize("value", ["0", "44", "56"])
    def test_possible_berg_scores(self, value):
        assert self.berg.problem_with(Decimal(value)) is None

    @pytest.mark.parametrize(
        ("value", "problem"),
        [
            ("57", "Berg Balance Scale goes from 0 to 56 points; 57 is charted."),
            ("-1", "Berg Balance Scale goes from 0 to 56 points; -1 is charted."),
            ("44.5", "Berg Balance Scale takes whole points; 44.5 is charted."),
            ("NaN", "Berg Balance Scale needs a number."),
            ("Infinity", "Berg Balance Scale needs a number."),
        ],
    )
    def test_impossible_berg_scores(self, value, problem):
        assert self.berg.problem_with(Decimal(value)) == problem

    def test_a_time_is_above_nought(self):
        assert self.tug.problem_with(Decimal(0)) == "Timed Up and Go must be above 0 s; 0 is charted."
        assert self.tug.problem_with(Decimal("13.5")) is None
        assert self.tug.problem_with(Decimal(900)) is None

    def test_steps(self):
        assert self.walk.problem_with(Decimal("0.83")) is None
        assert self.walk.problem_with(Decimal("0.835")) == (
            "10-metre walk goes in steps of 0.01 m/s; 0.835 is charted."
        )

    def test_a_change_is_told_beside_what_is_known_of_changes(self):
        assert self.berg.meaning(Decimal(50), baseline=Decimal(44)) == (
            "+6 since baseline (above MDC 2.7, stroke; above MIC 2, Parkinson's disease); "
            "risk below 45 (classic); risk below 50.5 (chronic stroke, upper end of 46.5 to 50.5)"
        )

    def test_a_small_change_is_not_called_more(self):
        assert "−2 since last time (not above MDC 2.7, stroke; not above MIC 2" in self.berg.meaning(
            Decimal(42), last=Decimal(44)
        )

    def test_no_change(self):
        phrases = self.tug.phrases(Decimal(14), baseline=Decimal("14.0"), last=Decimal(14))
        assert phrases[:2] == ("unchanged since baseline", "unchanged since last time")

    def test_an_impossible_value_has_no_meaning(self):
        assert self.berg.meaning(Decimal(57), Decimal(44)) == ""

    def test_an_observation_is_free(self):
        free = measures.get("observation")
        assert free.problem_with(Decimal(999)) is None
        assert free.meaning(Decimal(1)) == ""

    # key: possible values, impossible values. Domain notes §3.3.
    SCALES = {
        "berg": ("0 44 56", "57 58 -1 44.5"),
        "fga": ("0 22 30", "31 -1 22.5"),
        "dgi": ("0 19 24", "25 -1 19.5"),
        "mini_best": ("0 20 28", "29 32 -1 0.5"),
        "tug": ("0.01 13.5 300", "0 -1"),
        "five_times_sit_to_stand": ("8.2 15 60", "0 -3"),
        "ten_metre_walk": ("0 0.83 3", "3.1 -0.1 0.835"),
        "six_minute_walk": ("0 312 600.5", "-1 1201"),
        "abc": ("0 67 98.75 100", "101 -1"),
        "dhi": ("0 18 46 100", "47 33 102 -2"),
        "fist": ("0 28 56", "57 -1 1.5"),
        "pass": ("0 20 36", "37 -1"),
        "trunk_impairment": ("0 12 23", "24 -1 2.5"),
        "sara": ("0 5.5 40", "40.5 5.25 -1"),
        "fugl_meyer_arm": ("0 40 66", "67 -1"),
        "fugl_meyer_leg": ("0 20 34", "35 -1"),
        "single_leg_stance": ("0 4.8 60", "61 -1"),
        "tandem_stance": ("0 9.5 10", "11 -1"),
        "mctsib": ("0 96 120", "121 -1"),
        "romberg": ("0 30 60", "61 -1"),
        "fes_i": ("16 28 64", "15 65 20.5"),
        "tinetti": ("0 19 28", "29 -1 18.5"),
        "functional_reach": ("0 15.5 60", "61 -1"),
        "four_square_step": ("6.4 15 90", "0 -1"),
        "joint_position_error": ("0 4.5 30", "-1 200"),
        "ashworth": ("0 1 1.5 2 3 4", "0.5 2.5 5 -1"),
    }

    def test_every_measure_has_its_scale_tested(self):
        assert {one.key for one in measures.all()} - {"observation"} == set(self.SCALES)

    @pytest.mark.parametrize("key", SCALES)
    def test_which_values_are_possible(self, key):
        possible, impossible = self.SCALES[key]
        scale = measures.get(key)
        for value in possible.split():
            assert scale.problem_with(Decimal(value)) is None, value
        for value in impossible.split():
            assert scale.problem_with(Decimal(value)), value

    # Lower is better for these, and for no others.
    DOWN = {
        "tug",
        "five_times_sit_to_stand",
        "dhi",
        "sara",
        "fes_i",
        "four_square_step",
        "joint_position_error",
        "ashworth",
    }

    def test_which_way_is_better(self):
        assert {one.key for one in measures.all() if not one.higher_is_better} == self.DOWN

    def test_a_turn_for_the_worse_is_compared_with_the_largest_known_error(self):
        assert self.berg.worse_by(Decimal(40), Decimal(44)).value == Decimal("2.7")
        assert self.berg.worse_by(Decimal(42), Decimal(44)) is None
        assert self.berg.worse_by(Decimal(50), Decimal(44)) is None
        assert self.tug.worse_by(Decimal(20), Decimal(14)).kind == "MDC"
        assert self.tug.worse_by(Decimal(10), Decimal(14)) is None
        assert measures.get("romberg").worse_by(Decimal(1), Decimal(30)) is None
        assert self.berg.worse_by(Decimal(99), Decimal(44)) is None

    def test_every_number_has_a_source(self):
        for measure in measures.all():
            for known in (*measure.cut_offs, *measure.changes):
                assert known.source
                assert known.population
                assert known.text_verified == (known.verified_on is not None)


class TestWords:
    def test_effects_that_need_no_words_are_effects(self):
        assert set(dict(words.cue_effects())) == {"improved", *words.EFFECTS_THAT_SAY_IT_ALL}
        assert words.label("cue_effects", "no_change") == "No change"
        assert words.label("cue_effects", "not_tolerated") == "Not tolerated, stopped"

    def test_a_key_that_was_dropped_is_shown_as_it_is(self):
        assert words.label("cue_kinds", "olfactory") == "olfactory"

    def test_every_list_has_choices(self):
        for choices in (words.deficit_domains(), words.cue_kinds(), words.cue_effects(), words.assistance()):
            assert len(choices) == len(set(choices)) > 3


class TestHints:
    @pytest.mark.parametrize(
        "text",
        [
            "Tolerated well.",
            "Pt tolerated treatment well",
            "cues given throughout",
            "Same as last visit",
            "as above",
            "WNL",
            "Balance exercises",
            "continue POC",
            "Patient did well today",
            "Pt tolerated session well, no complaints.",
        ],
    )
    def test_a_stock_phrase_alone(self, text):
        assert hints.generic_phrase(text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "-",
            "Not tolerated well",
            "Did not tolerate; never tolerated well",
            "Denies pain, tolerated well, 4 LOB",
            "Required no cues in last set",
            "Tolerated well, 3 LOB self-recovered",
            "Tandem stance with reach",
            "No cues given",
            "Tandem stance performed",
            "Balance exercises on foam",
            "Tactile cues at pelvis",
            "Wasn't tolerated",
        ],
    )
    def test_words_of_the_authors_own(self, text):
        assert not hints.generic_phrase(text)

    @pytest.mark.parametrize("text", ["Reduced ROM", "quad strengthening", "Endurance"])
    def test_a_purpose_of_another_code(self, text):
        assert hints.other_purpose(text)

    @pytest.mark.parametrize(
        "text", ["", "Poor motor control despite good strength", "No loss of strength", "Chromatic vision"]
    )
    def test_no_other_purpose(self, text):
        assert not hints.other_purpose(text)


class TestPairs:
    day = date(2026, 11, 16)

    def test_neuromuscular_beside_a_group(self):
        assert ncci.partners("97112", {"97112", "97150"}, self.day) == ("97150",)

    def test_the_common_neighbours_are_no_pairs(self):
        charted = {
            "97110",
            "97113",
            "97116",
            "97124",
            "97140",
            "97530",
            "97533",
            "97535",
            "97542",
            "97750",
            "97032",
        }
        assert ncci.partners("97112", charted, self.day) == ()

    def test_in_the_other_direction_the_neighbour_is_column_2(self):
        assert ncci.partners("97022", {"97112"}, self.day) == ("97112",)
        assert ncci.partners("97112", {"97022"}, self.day) == ()

    def test_pairs_before_the_loaded_file_are_not_known(self):
        assert ncci.partners("97112", {"97150"}, date(2024, 6, 30)) == ()


@pytest.mark.parametrize(
    "name",
    [
        "codes",
        "contractors",
        "diagnoses",
        "limits",
        "measures",
        "mue",
        "mue_hospital",
        "ncci",
        "payers",
        "rates",
        "retention",
    ],
)
def test_every_row_that_claims_verification_has_a_day_and_a_source(name):
    def rows(value):
        if isinstance(value, dict):
            if "text_verified" in value:
                yield value
            for inner in value.values():
                yield from rows(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from rows(inner)

    found = list(rows(table(name)))
    assert found
    for row in found:
        assert row["source"]
        assert row["text_verified"] == ("verified_on" in row)
