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
from .cod401_discipline_modifier_missing import RULE as COD401
from .cod402_modifier_of_other_discipline import RULE as COD402
from .cod403_both_discipline_modifiers import RULE as COD403
from .cod404_code_not_known import RULE as COD404
from .cod405_code_of_other_discipline import RULE as COD405
from .cod406_code_refused_by_payer import RULE as COD406
from .cod407_separate_modifier_missing import RULE as COD407
from .cod408_separate_modifier_without_pair import RULE as COD408
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
from .poc701_no_plan_on_the_day import RULE as POC701
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
from .unt301_units_above_cap import RULE as UNT301
from .unt302_tie_unresolved import RULE as UNT302
from .unt303_method_unknown import RULE as UNT303
from .unt304_units_above_code import RULE as UNT304
from .unt305_units_above_mue import RULE as UNT305
from .unt306_not_one_on_one import RULE as UNT306

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
    # Units
    UNT301,  # units-above-cap
    UNT302,  # tie-unresolved
    UNT303,  # method-unknown
    UNT304,  # units-above-code
    UNT305,  # units-above-mue
    UNT306,  # not-one-on-one
    # Codes and modifiers
    COD401,  # discipline-modifier-missing
    COD402,  # modifier-of-other-discipline
    COD403,  # both-discipline-modifiers
    COD404,  # code-not-known
    COD405,  # code-of-other-discipline
    COD406,  # code-refused-by-payer
    COD407,  # separate-modifier-missing
    COD408,  # separate-modifier-without-pair
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
    # The author
    AUT601,  # author-not-named
    AUT602,  # credential-missing
    AUT603,  # student-as-sole-signer
    AUT604,  # licence-missing
    AUT605,  # licence-expired
    AUT606,  # chiropractor-with-medicare
    AUT607,  # author-of-other-discipline
    # The plan of care
    POC701,  # no-plan-on-the-day
)

# The day on which somebody last changed what the rules demand.
REVISED_ON = "2026-11-22"


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
