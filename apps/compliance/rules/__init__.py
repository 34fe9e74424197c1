"""The catalogue: every rule, in the order in which findings are shown.

A new rule is a file here and its place in CATALOGUE. A rule that changes keeps its
file with `applies_until`, and gets a successor with a code of its own: a note of
last year is judged by last year's rule.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from ..rule import Rule
from .aut601_author_not_named import RULE as AUT601
from .aut602_credential_missing import RULE as AUT602
from .aut603_student_as_sole_signer import RULE as AUT603
from .aut604_licence_missing import RULE as AUT604
from .aut605_licence_expired import RULE as AUT605
from .aut606_chiropractor_with_medicare import RULE as AUT606
from .aut607_author_of_other_discipline import RULE as AUT607
from .aut608_supervisor_not_named import RULE as AUT608
from .aut609_student_not_accompanied import RULE as AUT609
from .aut610_minutes_by_aide import RULE as AUT610
from .aut611_contributor_not_listed import RULE as AUT611
from .aut612_chiropractor_with_manipulation import RULE as AUT612
from .aut613_students_company_not_said import RULE as AUT613
from .cod401_discipline_modifier_missing import RULE as COD401
from .cod402_modifier_of_other_discipline import RULE as COD402
from .cod403_both_discipline_modifiers import RULE as COD403
from .cod404_code_not_known import RULE as COD404
from .cod405_code_of_other_discipline import RULE as COD405
from .cod406_code_refused_by_payer import RULE as COD406
from .cod407_separate_modifier_missing import RULE as COD407
from .cod408_separate_modifier_without_pair import RULE as COD408
from .cod409_pair_never_together import RULE as COD409
from .cod410_separate_modifier_on_wrong_line import RULE as COD410
from .cod411_separate_but_same_minutes import RULE as COD411
from .cod412_threshold_modifier_missing import RULE as COD412
from .cod413_threshold_modifier_early import RULE as COD413
from .cod414_reduced_or_increased_modifier import RULE as COD414
from .cod415_two_evaluations import RULE as COD415
from .cod416_evaluation_by_assistant import RULE as COD416
from .cod417_telehealth_modifier_missing import RULE as COD417
from .cod418_telehealth_modifier_without_telehealth import RULE as COD418
from .cod419_hands_on_at_a_distance import RULE as COD419
from .cod420_assistant_modifier_missing import RULE as COD420
from .cod421_assistant_modifier_without_minutes import RULE as COD421
from .cod422_assistant_modifier_of_other_discipline import RULE as COD422
from .cod423_assistant_share_not_settled import RULE as COD423
from .cod430_telehealth_after_its_end import RULE as COD430
from .cod431_re_evaluation_without_reason import RULE as COD431
from .cod432_manipulation_modifier import RULE as COD432
from .cod433_diagnosis_code_ended import RULE as COD433
from .cod434_diagnosis_needs_its_finding import RULE as COD434
from .nmr101_deficit_not_named import RULE as NMR101
from .nmr102_deficit_not_described import RULE as NMR102
from .nmr103_limits_missing import RULE as NMR103
from .nmr104_cue_not_described import RULE as NMR104
from .nmr105_goal_not_linked import RULE as NMR105
from .nmr106_task_not_named import RULE as NMR106
from .nmr107_cue_without_error import RULE as NMR107
from .nmr108_cue_without_effect import RULE as NMR108
from .nmr109_further_cue_incomplete import RULE as NMR109
from .nmr110_response_missing import RULE as NMR110
from .nmr111_not_distinct import RULE as NMR111
from .nmr112_progression_missing import RULE as NMR112
from .nmr113_assistance_missing import RULE as NMR113
from .nmr114_generic_words import RULE as NMR114
from .nmr115_purpose_of_another_code import RULE as NMR115
from .nmr116_dosage_missing import RULE as NMR116
from .nmr117_diagnosis_without_finding import RULE as NMR117
from .nmr118_technique_not_stated import RULE as NMR118
from .nmr119_list_of_exercises import RULE as NMR119
from .nmr120_response_only_tolerated import RULE as NMR120
from .nmr121_task_of_another_code import RULE as NMR121
from .nmr122_no_therapist_action import RULE as NMR122
from .nmr123_therapist_not_needed import RULE as NMR123
from .not501_nothing_charted import RULE as NOT501
from .not502_cut_short_reason_missing import RULE as NOT502
from .not503_intervention_not_named import RULE as NOT503
from .not504_purpose_missing import RULE as NOT504
from .not505_subjective_missing import RULE as NOT505
from .not506_assessment_missing import RULE as NOT506
from .not507_plan_missing import RULE as NOT507
from .not508_no_measure import RULE as NOT508
from .not509_measure_value_impossible import RULE as NOT509
from .not510_adverse_event_without_action import RULE as NOT510
from .not511_description_generic import RULE as NOT511
from .not512_measure_without_result import RULE as NOT512
from .not513_words_of_no_need import RULE as NOT513
from .not514_purpose_of_another_code_elsewhere import RULE as NOT514
from .not515_copied_text import RULE as NOT515
from .not516_inherited_text_not_confirmed import RULE as NOT516
from .not517_decline_beyond_error import RULE as NOT517
from .not518_measure_side_missing import RULE as NOT518
from .not519_evaluation_incomplete import RULE as NOT519
from .not520_discharge_incomplete import RULE as NOT520
from .not521_blank_left import RULE as NOT521
from .not522_similar_text import RULE as NOT522
from .pay901_authorization_missing import RULE as PAY901
from .pay902_authorization_used_up import RULE as PAY902
from .pay903_taping_not_covered import RULE as PAY903
from .pay904_session_content_missing import RULE as PAY904
from .pay905_diagnosis_expected import RULE as PAY905
from .poc701_no_plan_on_the_day import RULE as POC701
from .poc702_plan_incomplete import RULE as POC702
from .poc703_plan_not_signed import RULE as POC703
from .poc704_plan_by_assistant import RULE as POC704
from .poc705_certification_late import RULE as POC705
from .poc706_certification_ended import RULE as POC706
from .poc707_verbal_order_not_signed import RULE as POC707
from .poc708_delay_without_reason import RULE as POC708
from .poc709_plan_of_other_discipline import RULE as POC709
from .poc710_report_due import RULE as POC710
from .poc711_report_by_assistant import RULE as POC711
from .poc712_report_incomplete import RULE as POC712
from .poc713_goal_incomplete import RULE as POC713
from .rec801_late_entry_not_marked import RULE as REC801
from .rec802_late_entry_without_reason import RULE as REC802
from .rec803_signature_incomplete import RULE as REC803
from .rec804_addendum_without_motive import RULE as REC804
from .rec805_addendum_after_denial import RULE as REC805
from .tim201_minutes_missing import RULE as TIM201
from .tim202_total_minutes_missing import RULE as TIM202
from .tim203_total_below_timed import RULE as TIM203
from .tim204_total_not_explained import RULE as TIM204
from .tim205_clock_times_overlap import RULE as TIM205
from .tim206_ends_before_it_starts import RULE as TIM206
from .tim207_minutes_exceed_clock import RULE as TIM207
from .tim208_block_outside_visit import RULE as TIM208
from .tim209_under_eight_minutes import RULE as TIM209
from .tim210_clock_times_missing import RULE as TIM210
from .tim211_group_and_one_on_one import RULE as TIM211
from .tim212_stimulation_in_same_minutes import RULE as TIM212
from .tim213_clinician_in_two_places import RULE as TIM213
from .tim214_two_disciplines_same_minutes import RULE as TIM214
from .tim215_manoeuvre_inside_block import RULE as TIM215
from .tim216_evaluation_in_same_minutes import RULE as TIM216
from .unt301_units_above_cap import RULE as UNT301
from .unt302_tie_unresolved import RULE as UNT302
from .unt303_method_unknown import RULE as UNT303
from .unt304_units_above_code import RULE as UNT304
from .unt305_units_above_mue import RULE as UNT305
from .unt306_not_one_on_one import RULE as UNT306
from .unt307_units_above_payers_day import RULE as UNT307

CATALOGUE: tuple[Rule[Any], ...] = (
    # The elements of 97112
    NMR101,  # deficit-not-named
    NMR102,  # deficit-not-described
    NMR103,  # limits-missing
    NMR104,  # cue-not-described
    NMR105,  # goal-not-linked
    NMR106,  # task-not-named
    NMR107,  # cue-without-error
    NMR108,  # cue-without-effect
    NMR109,  # further-cue-incomplete
    NMR110,  # response-missing
    NMR111,  # not-distinct
    NMR112,  # progression-missing
    NMR113,  # assistance-missing
    NMR114,  # generic-words
    NMR115,  # purpose-of-another-code
    NMR116,  # dosage-missing
    NMR117,  # diagnosis-without-finding
    NMR118,  # technique-not-stated
    NMR119,  # list-of-exercises
    NMR120,  # response-only-tolerated
    NMR121,  # task-of-another-code
    NMR122,  # no-therapist-action
    NMR123,  # therapist-not-needed
    # Minutes and clock times
    TIM201,  # minutes-missing
    TIM202,  # total-minutes-missing
    TIM203,  # total-below-timed
    TIM204,  # total-not-explained
    TIM205,  # clock-times-overlap
    TIM206,  # ends-before-it-starts
    TIM207,  # minutes-exceed-clock
    TIM208,  # block-outside-visit
    TIM209,  # under-eight-minutes
    TIM210,  # clock-times-missing
    TIM211,  # group-and-one-on-one
    TIM212,  # stimulation-in-same-minutes
    TIM213,  # clinician-in-two-places
    TIM214,  # two-disciplines-same-minutes
    TIM215,  # manoeuvre-inside-block
    TIM216,  # evaluation-in-same-minutes
    # Units
    UNT301,  # units-above-cap
    UNT302,  # tie-unresolved
    UNT303,  # method-unknown
    UNT304,  # units-above-code
    UNT305,  # units-above-mue
    UNT306,  # not-one-on-one
    UNT307,  # units-above-payers-day
    # Codes and modifiers
    COD401,  # discipline-modifier-missing
    COD402,  # modifier-of-other-discipline
    COD403,  # both-discipline-modifiers
    COD404,  # code-not-known
    COD405,  # code-of-other-discipline
    COD406,  # code-refused-by-payer
    COD407,  # separate-modifier-missing
    COD408,  # separate-modifier-without-pair
    COD409,  # pair-never-together
    COD410,  # separate-modifier-on-wrong-line
    COD411,  # separate-but-same-minutes
    COD412,  # threshold-modifier-missing
    COD413,  # threshold-modifier-early
    COD414,  # reduced-or-increased-modifier
    COD415,  # two-evaluations
    COD416,  # evaluation-by-assistant
    COD417,  # telehealth-modifier-missing
    COD418,  # telehealth-modifier-without-telehealth
    COD419,  # hands-on-at-a-distance
    COD420,  # assistant-modifier-missing
    COD421,  # assistant-modifier-without-minutes
    COD422,  # assistant-modifier-of-other-discipline
    COD423,  # assistant-share-not-settled
    COD430,  # telehealth-after-its-end
    COD431,  # re-evaluation-without-reason
    COD432,  # manipulation-modifier
    COD433,  # diagnosis-code-ended
    COD434,  # diagnosis-needs-its-finding
    # The note as a whole
    NOT501,  # nothing-charted
    NOT502,  # cut-short-reason-missing
    NOT503,  # intervention-not-named
    NOT504,  # purpose-missing
    NOT505,  # subjective-missing
    NOT506,  # assessment-missing
    NOT507,  # plan-missing
    NOT508,  # no-measure
    NOT509,  # measure-value-impossible
    NOT510,  # adverse-event-without-action
    NOT511,  # description-generic
    NOT512,  # measure-without-result
    NOT513,  # words-of-no-need
    NOT514,  # purpose-of-another-code-elsewhere
    NOT515,  # copied-text
    NOT516,  # inherited-text-not-confirmed
    NOT517,  # decline-beyond-error
    NOT518,  # measure-side-missing
    NOT519,  # evaluation-incomplete
    NOT520,  # discharge-incomplete
    NOT521,  # blank-left
    NOT522,  # similar-text
    # The author
    AUT601,  # author-not-named
    AUT602,  # credential-missing
    AUT603,  # student-as-sole-signer
    AUT604,  # licence-missing
    AUT605,  # licence-expired
    AUT606,  # chiropractor-with-medicare
    AUT607,  # author-of-other-discipline
    AUT608,  # supervisor-not-named
    AUT609,  # student-not-accompanied
    AUT610,  # minutes-by-aide
    AUT611,  # contributor-not-listed
    AUT612,  # chiropractor-with-manipulation
    AUT613,  # students-company-not-said
    # The plan of care
    POC701,  # no-plan-on-the-day
    POC702,  # plan-incomplete
    POC703,  # plan-not-signed
    POC704,  # plan-by-assistant
    POC705,  # certification-late
    POC706,  # certification-ended
    POC707,  # verbal-order-not-signed
    POC708,  # delay-without-reason
    POC709,  # plan-of-other-discipline
    POC710,  # report-due
    POC711,  # report-by-assistant
    POC712,  # report-incomplete
    POC713,  # goal-incomplete
    # The payer
    PAY901,  # authorization-missing
    PAY902,  # authorization-used-up
    PAY903,  # taping-not-covered
    PAY904,  # session-content-missing
    PAY905,  # diagnosis-expected
    # The record
    REC801,  # late-entry-not-marked
    REC802,  # late-entry-without-reason
    REC803,  # signature-incomplete
    REC804,  # addendum-without-motive
    REC805,  # addendum-after-denial
)

# The day on which somebody last changed what the rules demand.
REVISED_ON = "2026-11-25"


def _digest() -> str:
    """A short sha over everything a verdict can depend on: rules, arithmetic, data."""
    folder = Path(__file__).parent.parent
    digest = sha256()
    for path in sorted([*folder.glob("*.py"), *folder.glob("rules/*.py"), *folder.glob("data/*.toml")]):
        text = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + text + b"\0")
    return digest.hexdigest()[:8]


CATALOGUE_VERSION = f"{REVISED_ON}+{_digest()}"


def get(code: str) -> Rule[Any] | None:
    """A rule by its code, "NMR104"; also one that is no longer in force."""
    return next((rule for rule in CATALOGUE if rule.code == code), None)
