"""More notes for the rules whose own files hold fewer than three of a kind.

A pass here is a near miss: it looks like what the rule is for, and is not. Each is
(what it is, the facts); passes first, then what must be found.
"""

from datetime import date, time
from decimal import Decimal

from apps.compliance.facts import CueFacts, DayBlock, PlanFacts
from apps.compliance.samples import (
    DAY,
    author,
    block,
    cue,
    cut_short,
    measure,
    note,
    other_block,
    with_block,
    with_blocks,
    with_cue,
    with_other_block,
)

EMPTY = "\N{EN DASH}"  # something typed that says nothing


def ot(*blocks, **changes):
    return note(
        **{
            "discipline": "OT",
            "author": author(credential="OT", discipline="OT"),
            "blocks": blocks or (block(modifiers=("GO",)), other_block(modifiers=("GO",))),
            **changes,
        }
    )


def observed(words):
    return measure(key="observation", value=None, name="(what)", words=words)


def of_minutes(first, second, **changes):
    return with_blocks(block(minutes_therapist=first), other_block(minutes_therapist=second), **changes)


LATE = {"starts_at": time(10, 0), "ends_at": time(10, 24)}

MORE = {
    "NMR101": (
        [("one word", with_block(deficit="Ataxia", deficit_domains=()))],
        [
            ("nothing at all", with_block(deficit="", deficit_domains=())),
            ("a dash", with_block(deficit=EMPTY, deficit_domains=())),
        ],
    ),
    "NMR102": (
        [("one word", with_block(deficit="Ataxia")), ("a figure", with_block(deficit="6/10"))],
        [("a dash", with_block(deficit=EMPTY)), ("spaces", with_block(deficit="  \n"))],
    ),
    "NMR103": (
        [("one word", with_block(limits="Stairs")), ("two lines", with_block(limits="(a)\n(b)"))],
        [("a dash", with_block(limits=EMPTY)), ("spaces", with_block(limits="  "))],
    ),
    "NMR104": ([("only an action", with_cue(kind="", error="", effect="", seen=""))], []),
    "NMR105": (
        [
            ("goal 2 of two", with_block(goal=2)),
            ("a goal of a plan whose numbers are not known", note(plan_of_care=PlanFacts())),
        ],
        [("goal 0", with_block(goal=0))],
    ),
    "NMR106": (
        [
            ("one word", with_block(activity="Reaching")),
            ("a word in brackets", with_block(activity="(task)")),
        ],
        [("a dash", with_block(activity=EMPTY)), ("spaces", with_block(activity="\t "))],
    ),
    "NMR107": (
        [("no error here, a complete cue elsewhere in the block", with_block(cues=(cue(error="(late)"),)))],
        [
            ("a dash", with_cue(error=EMPTY)),
            ("cut short: asked", cut_short(blocks=(block(cues=(cue(error=""),)),))),
        ],
    ),
    "NMR108": ([], [("improved, and a dash", with_cue(seen=EMPTY))]),
    "NMR109": (
        [
            ("an empty row beside a complete cue", with_block(cues=(cue(), CueFacts()))),
            ("a second cue without change", with_block(cues=(cue(), cue(effect="no_change", seen="")))),
        ],
        [
            ("a second cue without effect", with_block(cues=(cue(), cue(effect="", seen="")))),
            ("an error and no cue", with_block(cues=(cue(), CueFacts(error="(error)")))),
        ],
    ),
    "NMR110": (
        [("one word", with_block(response="Sway")), ("a figure", with_block(response="7/10"))],
        [("a dash", with_block(response=EMPTY))],
    ),
    "NMR111": (
        [("97112 and an untimed code", note(blocks=(block(distinct=""), other_block(code="97161"))))],
        [
            ("a dash", with_block(distinct=EMPTY)),
            ("97116 charted too", note(blocks=(block(distinct=""), other_block(code="97116")))),
        ],
    ),
    "NMR112": (
        [("kept as it was", with_block(progression="Same")), ("a level", with_block(progression="2"))],
        [("a dash", with_block(progression=EMPTY)), ("spaces", with_block(progression="   "))],
    ),
    "NMR113": (
        [
            ("before alone", with_block(assistance_after="")),
            ("independent", with_block(assistance_before="independent", assistance_after="")),
        ],
        [
            (
                "two blocks, one without",
                with_blocks(block(), block(id="c", assistance_before="", assistance_after="")),
            ),
            ("no level, no cues", with_block(assistance_before="", assistance_after="", cues=())),
        ],
    ),
    "NMR114": ([], [("a stock phrase as the deficit", with_block(deficit="Impaired balance"))]),
    "NMR115": (
        [("no loss of strength", with_block(deficit="Late step with no loss of strength"))],
        [
            ("endurance", with_block(deficit="Poor endurance")),
            ("strength after another clause", with_block(deficit="No pain; strength 3/5")),
        ],
    ),
    "NMR116": (
        [("one figure", with_block(dosage="10")), ("words", with_block(dosage="(as long as he wished)"))],
        [("a dash", with_block(dosage=EMPTY)), ("spaces", with_block(dosage="  "))],
    ),
    "NMR117": (
        [
            ("pain first, falls second", note(diagnoses=("M25.561", "R29.6"), measures=())),
        ],
        [
            ("back pain, lower case", note(diagnoses=("m54.50",), measures=())),
            (
                "weakness, a measure without a result",
                note(diagnoses=("M62.81",), measures=(measure(value=None),)),
            ),
        ],
    ),
    "TIM201": (
        [],
        [
            ("minutes below nought", with_block(minutes_therapist=-5)),
            ("the second block", with_other_block(minutes_therapist=None)),
        ],
    ),
    "TIM202": (
        [("0 is charted", cut_short(total_minutes=0)), ("larger than the blocks", note(total_minutes=60))],
        [
            ("missing, cut short", cut_short(total_minutes=None)),
            ("missing, no blocks", note(total_minutes=None, blocks=())),
        ],
    ),
    "TIM203": (
        [("one minute more", note(total_minutes=48)), ("one minute of 97110", of_minutes(24, 1))],
        [("half of it", note(total_minutes=24)), ("0", note(total_minutes=0))],
    ),
    "TIM204": (
        [("less than the blocks is another rule's", note(total_minutes=40))],
        [
            ("one minute more", note(total_minutes=48)),
            ("an hour for one block", note(blocks=(block(),), total_minutes=60)),
        ],
    ),
    "TIM205": (
        [
            ("not one-on-one", note(blocks=(block(**LATE), other_block(one_on_one=False, **LATE)))),
            ("a start without an end", note(blocks=(block(**LATE), other_block(starts_at=time(10, 5))))),
        ],
        [("the same span twice", note(blocks=(block(**LATE), other_block(**LATE))))],
    ),
    "TIM206": (
        [
            ("a start without an end", note(ends_at=None)),
            ("one minute", note(starts_at=time(10, 0), ends_at=time(10, 1))),
        ],
        [("start and end the same", note(starts_at=time(10, 0), ends_at=time(10, 0)))],
    ),
    "TIM207": (
        [
            ("exactly as long", with_block(**LATE)),
            (
                "ends before it starts is another rule's",
                with_block(starts_at=time(10, 24), ends_at=time(10, 0)),
            ),
        ],
        [
            ("one minute too many", with_block(minutes_therapist=25, **LATE)),
            ("an assistant's minutes beside", with_block(minutes_assistant=10, **LATE)),
        ],
    ),
    "TIM208": (
        [("from the first to the last minute", with_block(starts_at=time(10, 0), ends_at=time(10, 50)))],
        [("starts before and ends after", with_block(starts_at=time(9, 0), ends_at=time(11, 0)))],
    ),
    "TIM209": ([("4 and 4 minutes", of_minutes(4, 4))], [("3 and 4 minutes", of_minutes(3, 4))]),
    "TIM210": (
        [],
        [
            ("a start alone", note(payer="anthem", blocks=(block(starts_at=time(10, 0)),))),
            ("an end alone", note(payer="anthem", blocks=(block(ends_at=time(10, 24)),))),
        ],
    ),
    "UNT301": (
        [("fewer than calculated", note(blocks=(block(units_billed=1), other_block(units_billed=1))))],
        [
            ("4 of one code", with_block(units_billed=4)),
            ("1 of 7 minutes", with_blocks(block(minutes_therapist=7, units_billed=1))),
        ],
    ),
    "UNT302": (
        [("a near tie: 20 and 21", of_minutes(20, 21))],
        [
            ("10 and 10", of_minutes(10, 10)),
            ("a choice that does not fit the tie", of_minutes(20, 20, unit_choice=("97140",))),
        ],
    ),
    "UNT303": (
        [],
        [
            ("Aetna, 20 and 20", of_minutes(20, 20, payer="aetna")),
            ("no payer, the methods differ", note(payer="", payer_name="")),
        ],
    ),
    "UNT304": (
        [("0 of 97112", with_block(units_billed=0))],
        [
            ("2 of 97110 from 23 minutes", with_other_block(units_billed=2)),
            (
                "two blocks of a code together",
                with_blocks(block(units_billed=2), block(id="c", units_billed=2)),
            ),
        ],
    ),
    "UNT305": (
        [
            ("exactly 4", with_blocks(block(minutes_therapist=60))),
            ("5 in a hospital", with_blocks(block(minutes_therapist=75), place_of_service="22")),
        ],
        [
            ("7 in a hospital", with_blocks(block(minutes_therapist=105), place_of_service="22")),
            (
                "5, while the file was current",
                with_blocks(block(minutes_therapist=75), date_of_service=date(2024, 8, 1)),
            ),
        ],
    ),
    "UNT306": (
        [
            ("a group is not one-on-one, rightly", with_other_block(code="97150", one_on_one=False)),
            ("an untimed code", with_other_block(code="97161", one_on_one=False)),
        ],
        [
            ("97110", with_other_block(one_on_one=False)),
            ("97116", with_other_block(code="97116", one_on_one=False)),
        ],
    ),
    "COD401": (
        [("GO on a PT note is another rule's", with_block(modifiers=("GO",)))],
        [("KX alone", with_block(modifiers=("KX",))), ("OT, no modifier", ot(block(modifiers=())))],
    ),
    "COD402": (
        [("both is another rule's", with_block(modifiers=("GP", "GO"))), ("GO on an OT note", ot())],
        [
            ("GP on an OT note", ot(block(modifiers=("GP",)))),
            ("GO and KX on a PT note", with_block(modifiers=("GO", "KX"))),
        ],
    ),
    "COD403": (
        [
            ("GP and KX", with_block(modifiers=("GP", "KX"))),
            ("GO on one line, GP on the other", with_block(modifiers=("GO",))),
        ],
        [
            ("both, in the other order", with_block(modifiers=("GO", "GP"))),
            ("both and 59", with_other_block(modifiers=("GP", "59", "GO"))),
        ],
    ),
    "COD404": (
        [
            ("G0283", with_other_block(code="G0283")),
            ("97129, timed in its own way", with_other_block(code="97129")),
        ],
        [("a letter O for a nought", with_other_block(code="9711O"))],
    ),
    "COD405": (
        [
            ("an OT evaluation on an OT note", ot(other_block(code="97165"))),
            ("97535 on a PT note", with_other_block(code="97535")),
        ],
        [
            ("a PT evaluation on an OT note", ot(other_block(code="97161"))),
            ("97168 on a PT note", with_other_block(code="97168")),
        ],
    ),
    "COD406": (
        [("G0283 for Medicare", with_other_block(code="G0283"))],
        [
            (
                "97014 for a Medicare plan",
                note(payer="medicare_advantage", blocks=(block(), other_block(code="97014"))),
            ),
            ("97014 alone", with_blocks(other_block(code="97014"))),
        ],
    ),
    "COD407": (
        [("97112 and 97530 are no pair", with_other_block(code="97530"))],
        [
            ("the whirlpool beside 97112", with_other_block(code="97022")),
            ("95992 in another note of the day", note(same_day=(DayBlock("n2", "95992"),))),
        ],
    ),
    "COD408": (
        [
            ("XS beside 95992", note(blocks=(block(modifiers=("GP", "XS")), other_block(code="95992")))),
            (
                "59 beside a group of another note",
                note(blocks=(block(modifiers=("59",)),), same_day=(DayBlock("n2", "97150"),)),
            ),
        ],
        [
            ("XU beside 97530", note(blocks=(block(modifiers=("GP", "XU")), other_block(code="97530")))),
            (
                "59 beside 97110, while the file was current",
                note(date_of_service=date(2024, 7, 1), blocks=(block(modifiers=("59",)), other_block())),
            ),
        ],
    ),
    "COD421": (
        [
            (
                "CQ with the assistant's minutes in 97112",
                with_block(minutes_therapist=None, minutes_assistant=24, modifiers=("GP", "CQ")),
            )
        ],
        [],
    ),
    "COD422": (
        [("CQ alone", with_block(minutes_therapist=None, minutes_assistant=24, modifiers=("CQ",)))],
        [],
    ),
    "COD423": (
        [
            (
                "all by the assistant",
                with_other_block(minutes_therapist=None, minutes_assistant=23, modifiers=("GP", "CQ")),
            )
        ],
        [
            (
                "23 minutes shared the other way",
                with_blocks(
                    block(minutes_therapist=15),
                    other_block(minutes_therapist=11, minutes_assistant=12, modifiers=("GP", "CQ")),
                ),
            )
        ],
    ),
    "NOT501": (
        [("an untimed code alone", with_blocks(other_block(code="97161")))],
        [
            ("nothing at all", note(blocks=(), total_minutes=None, measures=(), subjective="")),
            ("only words", note(blocks=(), measures=())),
        ],
    ),
    "NOT502": (
        [("one word", cut_short(cut_short_reason="Dizzy"))],
        [("spaces", cut_short(cut_short_reason="  ")), ("a dash", cut_short(cut_short_reason=EMPTY))],
    ),
    "NOT503": (
        [
            ("one word", with_other_block(description="Squats")),
            ("97112 has fields of its own", with_blocks(block())),
        ],
        [
            ("a dash", with_other_block(description=EMPTY)),
            ("an untimed code", with_other_block(code="97161", description=" ")),
        ],
    ),
    "NOT504": (
        [
            ("one word", with_other_block(purpose="Power")),
            ("two purposes", with_other_block(purpose="(a), (b)")),
        ],
        [("a dash", with_other_block(purpose=EMPTY)), ("97116", with_other_block(code="97116", purpose=""))],
    ),
    "NOT505": (
        [("one word", note(subjective="Tired")), ("quoted", note(subjective='"Fine"'))],
        [("a dash", note(subjective=EMPTY)), ("spaces", note(subjective=" \n"))],
    ),
    "NOT506": (
        [("one word", note(assessment="Steadier")), ("a figure", note(assessment="7/10"))],
        [("a dash", note(assessment=EMPTY)), ("spaces", note(assessment=" "))],
    ),
    "NOT507": (
        [("one word", note(plan="Stairs")), ("a date", note(plan="11/18"))],
        [("a dash", note(plan=EMPTY)), ("spaces", note(plan=" "))],
    ),
    "NOT508": (
        [("an observation", note(measures=(observed("(finding)"),)))],
        [
            ("none, 97110 alone", with_blocks(other_block(), measures=())),
            ("none, cut short without a reason", cut_short(cut_short_reason="", measures=())),
        ],
    ),
    "NOT509": (
        [("DHI 46", note(measures=(measure(key="dhi", value=Decimal(46)),)))],
        [("DHI 47", note(measures=(measure(key="dhi", value=Decimal(47)),)))],
    ),
    "NOT510": (
        [
            ("an action in one word", note(adverse_event="(event)", adverse_event_action="Rested")),
            (
                "an action to be looked up",
                note(adverse_event="Dizzy", adverse_event_action="BP 128/80, sat 5 min"),
            ),
        ],
        [
            ("a dash", note(adverse_event="(event)", adverse_event_action=EMPTY)),
            ("spaces", note(adverse_event="Fall", adverse_event_action="  ")),
        ],
    ),
    "NOT511": (
        [
            ("a stock phrase beside a load", with_other_block(description="Ther ex, 5 lb")),
            ("an exercise by name", with_other_block(description="Heel raises")),
        ],
        [
            ("as above", with_other_block(description="As above")),
            ("same as last visit", with_other_block(description="Same as last visit.")),
        ],
    ),
    "NOT512": (
        [("a result of 0", note(measures=(measure(value=Decimal(0)),)))],
        [("TUG, no result", note(measures=(measure(key="tug", value=None),)))],
    ),
    "AUT601": (
        [("initials", note(author=author(name="T. T."))), ("one name", note(author=author(name="Tess")))],
        [("spaces", note(author=author(name="  "))), ("a dash", note(author=author(name=EMPTY)))],
    ),
    "AUT602": (
        [
            ("a PTA", note(author=author(credential="PTA"))),
            ("a student is another rule's", note(author=author(credential="STUDENT"))),
        ],
        [
            ("none, OT", ot(author=author(credential="", discipline="OT"))),
            ("none, cut short", cut_short(author=author(credential=""))),
        ],
    ),
    "AUT603": (
        [
            ("an assistant", note(author=author(credential="PTA"))),
            ("a student beside the author", note(author=author(name="(student's teacher)"))),
        ],
        [
            ("a student of OT", ot(author=author(credential="STUDENT", discipline="OT"))),
            ("a student, cut short", cut_short(author=author(credential="STUDENT"))),
        ],
    ),
    "AUT604": (
        [
            ("a student has none", note(author=author(credential="STUDENT", licence_number=""))),
            ("letters and figures", note(author=author(licence_number="070.001"))),
        ],
        [
            ("spaces", note(author=author(licence_number=" "))),
            ("a PTA without", note(author=author(credential="PTA", licence_number=""))),
        ],
    ),
    "AUT605": (
        [("no date known", note(author=author(licence_expires_on=None)))],
        [
            ("ended years ago", note(author=author(licence_expires_on=date(2019, 9, 30)))),
            (
                "an OT's, ended",
                ot(author=author(credential="OT", discipline="OT", licence_expires_on=date(2026, 11, 15))),
            ),
        ],
    ),
    "AUT606": (
        [
            ("a PT with Medicare", note(author=author(credential="DC"), payer="self_pay")),
            (
                "an unknown payer",
                note(author=author(credential="DC"), payer="other", blocks=(block(),), total_minutes=24),
            ),
        ],
        [
            ("a Medicare plan", note(author=author(credential="DC"), payer="medicare_advantage")),
            ("Medicare, 97112 alone", with_blocks(block(), author=author(credential="DC"))),
        ],
    ),
    "AUT607": (
        [
            ("an OT on an OT note", ot()),
            ("a physician", note(author=author(credential="MD_NPP", discipline=""))),
        ],
        [
            ("a PT on an OT note", ot(author=author())),
            ("an OT on a PT note, cut short", cut_short(author=author(credential="OT", discipline="OT"))),
        ],
    ),
    "POC701": ([("on its first day", note(date_of_service=date(2026, 10, 12)))], []),
}

assert date(2026, 11, 16) == DAY  # the dates above are chosen around it
