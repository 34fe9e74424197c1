# One case reads best on one line.
"""Writes the labelled corpus: `python -m tests.compliance.corpus.write`.

Synthetic notes, written for the purpose: nobody's chart is in them. A base is a
defensible visit in plain clinical words. A deficient note is a base with something
taken away or made wrong, and a tricky one is a base that looks wrong and is not. The
labels say what a careful reviewer finds by the sources, not what the code answers.
"""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, time
from decimal import Decimal
from pathlib import Path

from apps.compliance import note_json
from apps.compliance.facts import (
    AuthorFacts,
    AuthorizationFacts,
    BlockFacts,
    CertificationFacts,
    CueFacts,
    DayBlock,
    MeasureFacts,
    NoteFacts,
    PlanFacts,
    ProgressFacts,
)

FOLDER = Path(__file__).parent
AUTHOR = AuthorFacts("Alex Example", "PT", "PT", "PT-2", "IL", date(2027, 9, 30), "1234567893")
PLAN = PlanFacts(date(2026, 10, 5), date(2026, 12, 28), goal_numbers=(1, 2, 3))


@dataclass(frozen=True)
class Base:
    """The words of one defensible 97112 block, and the patient it belongs to."""

    name: str
    diagnosis: str
    domains: str
    deficit: str
    limits: str
    activity: str
    kind: str
    cue: str
    error: str
    seen: str
    response: str
    next: str
    measure: tuple[str, str]
    other: tuple[str, str, str] = (
        "97110",
        "Quadriceps and hip strength for standing",
        "Sit to stand from 18 in, 3 sets of 8 with a 5 lb vest",
    )


BASES = (
    Base(
        "stroke-weight-shift",
        "I69.354",
        "balance",
        "Pelvis stays right of midline; left leg takes a third of body weight in quiet standing",
        "Cannot use both hands at the counter",
        "Reach to targets left of midline, left foot on a scale",
        "tactile",
        "Light touch at the left iliac crest at onset of each reach",
        "Trunk bends instead of the pelvis moving",
        "Left scale 62 to 78 lb",
        "21 of 30 reaches with weight over the left foot; 3 LOB, 2 recovered by her",
        "Targets moved 4 in farther left",
        ("berg", "38"),
    ),
    Base(
        "stroke-hand",
        "I69.351",
        "motor_control",
        "Cannot open the right hand without the wrist dropping; fingers open together only",
        "Lets go of a cup only with the other hand",
        "Release of blocks of three sizes onto a shelf",
        "manual",
        "Wrist held at 20 degrees, support withdrawn as the fingers opened",
        "Wrist flexes as fingers extend",
        "4 of 10 releases without support by the last set",
        "17 of 30 releases; assistance from each trial to every third",
        "Smaller blocks next",
        ("fugl_meyer_arm", "31"),
        (
            "97530",
            "Using the right hand in kitchen tasks",
            "Carrying and placing cups and plates on two shelves",
        ),
    ),
    Base(
        "stroke-knee",
        "I69.352",
        "motor_control",
        "Left knee snaps back in loading; no graded control between 0 and 20 degrees",
        "Fears the porch steps",
        "Slow weight transfer onto the left leg with the knee kept off its stop",
        "tactile",
        "Two fingers behind the knee, moved away at 10 degrees",
        "Knee locks as weight arrives",
        "Knee stayed bent in 8 of 12",
        "26 of 36 transfers without locking, from 9 of 36 last week",
        "Same with a 2 in step",
        ("ten_metre_walk", "0.52"),
        ("97116", "Step length and clearance with a cane", "Walking 3 x 120 ft with a cane, turns both ways"),
    ),
    Base(
        "parkinson-freezing",
        "G20.B1",
        "motor_planning",
        "Freezes at doorways in 6 of 10 approaches when turning left",
        "Falls at the bathroom door",
        "Approach and turn at a marked doorway",
        "auditory",
        "Beat of 96 bpm from three steps before the door",
        "Steps shorten to a shuffle two steps before",
        "Froze in 2 of 10",
        "Freezing 6 of 10 to 2 of 10; 4 of 10 without the beat",
        "Beat faded to every second trial",
        ("mini_best", "17"),
    ),
    Base(
        "parkinson-reactive",
        "G20.A1",
        "balance",
        "No step after a backward pull; falls like a log",
        "Falls when the dog pulls",
        "Backward release from a lean, unexpected in time",
        "verbal",
        "One word, step, at release",
        "Arms rise and no step follows",
        "One step in 5 of 8",
        "5 of 8 recovered in one step, from 1 of 8; guard needed in 3",
        "Release from a farther lean",
        ("mini_best", "15"),
    ),
    Base(
        "ms-ataxia",
        "G35.B0",
        "coordination",
        "Overshoots with the right hand by 4 to 6 cm; intention tremor near the target",
        "Spills a spoon",
        "Reaching to a target with the forearm on a table edge",
        "visual",
        "Line on the table as the path, looked at before moving",
        "Corrects only at the end, with a jerk",
        "Overshoot 2 cm in 6 of 10",
        "Overshoot from 5 to 2 cm in 18 of 30; tremor worse when tired, 6/10",
        "Line shortened by half",
        ("sara", "11.5"),
    ),
    Base(
        "brain-injury-dual",
        "S06.2X9S",
        "attention",
        "Loses the path when spoken to; sways to the left",
        "Cannot cross a shop with a companion",
        "Tandem walk while naming months backward",
        "verbal",
        "Task order given: path first, words second",
        "Stops walking to answer",
        "Stops fell from 7 to 3",
        "Stops 7 to 3 in 20 m; errors in months unchanged at 4",
        "Add a turn",
        ("fga", "19"),
    ),
    Base(
        "spinal-sitting",
        "G82.54",
        "balance",
        "No trunk response to a reach beyond 6 in to the right; falls sideways",
        "Dresses only with a support",
        "Reach in short sitting to a target at 8 in, feet on the floor",
        "manual",
        "Facilitation at the lower ribs toward the left",
        "Head leads, trunk follows too late",
        "Returned alone in 6 of 12",
        "Returned alone 6 of 12, from 2 of 12; assistance moderate to minimal",
        "Target at 9 in",
        ("fist", "34"),
    ),
    Base(
        "neuropathy-foot",
        "G62.9",
        "proprioception",
        "Cannot say the position of either big toe; sways 8 cm with eyes closed",
        "Falls in the dark",
        "Stance on foam, eyes open then closed, feet 4 in apart",
        "tactile",
        "Fingertip on the sternum, taken away after 5 s",
        "Leans back onto the heels",
        "Held 14 s without the fingertip",
        "Eyes closed 5 to 14 s; 2 LOB, both recovered with a step",
        "Feet 2 in apart",
        ("mctsib", "78"),
    ),
    Base(
        "peroneal",
        "G57.31",
        "motor_control",
        "Dorsiflexion comes only with toe extension and inversion; none in swing",
        "Catches the foot on rugs",
        "Selective dorsiflexion in half kneeling, then in standing",
        "tactile",
        "Tapping over the tibialis anterior before each trial",
        "Toes extend first",
        "Ankle moved first in 9 of 15",
        "9 of 15 without toe extension, from 3; carried over to 2 of 10 steps",
        "Standing on the next visit",
        ("single_leg_stance", "4.2"),
    ),
    Base(
        "vestibular-gaze",
        "H81.23",
        "vestibular",
        "Target blurs at a head speed above 60 degrees per second",
        "Cannot read signs while walking",
        "Gaze stabilization x1 in yaw, letter at 1 m, 90 bpm",
        "auditory",
        "Metronome raised by 5 bpm when clear",
        "Eyes leave the letter at the right end",
        "Clear at 95 bpm",
        "45 s clear at 95 bpm; dizziness 2 to 4/10, settled in 40 s",
        "In tandem stance",
        ("dhi", "46"),
    ),
    Base(
        "vestibular-habituation",
        "H81.4",
        "vestibular",
        "Rolling to the right brings 6/10 spinning and a grasp at the mat",
        "Sleeps in a chair",
        "Habituation: roll to the right, 5 times, wait until settled",
        "verbal",
        "Count aloud to slow the roll to 2 s",
        "Rolls fast with the head first",
        "Symptom 6 to 3/10",
        "3/10 on the last roll, settled in 12 s from 40 s",
        "Roll without a pillow",
        ("dhi", "38"),
    ),
    Base(
        "vestibular-sensory",
        "R42",
        "sensory_processing",
        "Falls within 6 s on foam with eyes closed; relies on vision",
        "Cannot shower with eyes closed",
        "Foam, head turns to a beat of 40 bpm, eyes closed by halves",
        "verbal",
        "Told to feel the heels before each turn",
        "Locks the knees and sways at the hips",
        "Sway at the ankles in 7 of 10",
        "6 to 17 s on foam, eyes closed; 3 LOB, all stepped",
        "Head tilts",
        ("abc", "58"),
    ),
    Base(
        "concussion",
        "S06.0X0D",
        "vestibular",
        "Dizzy and off course when turning the head to the left during walking",
        "Cannot walk a hallway at school",
        "Walking with head turns to named targets left and right",
        "visual",
        "Target held at eye level, moved earlier than the step",
        "Course drifts 12 in to the left",
        "Drift 5 in",
        "Drift 12 to 5 in; symptom 3/10, back at 1 within 60 s",
        "Targets at random",
        ("fga", "21"),
    ),
    Base(
        "older-falls",
        "R29.6",
        "balance",
        "Third step needed to stop after a push to the right; falls twice a month",
        "Avoids the sidewalk",
        "Side steps to a line after a nudge to the pelvis, left and right, unexpected",
        "verbal",
        "Wide, said before the nudge",
        "Feet cross",
        "One step in 6 of 10",
        "One step 6 of 10, from 2 of 10; no guard after set 2",
        "No word before the nudge",
        ("four_square_step", "17.8"),
    ),
    Base(
        "unsteady",
        "R26.81",
        "balance",
        "Tandem stance 4 s; arms rise at once",
        "Holds walls when turning",
        "Tandem stance with a slow arm reach",
        "tactile",
        "One finger on the hand rail, then none",
        "Looks down and bends at the hips",
        "Hips stayed straight in 7 of 12",
        "4 to 11 s; 5 of 12 without the finger",
        "Reach across midline",
        ("tandem_stance", "7.5"),
    ),
    Base(
        "ankle",
        "S93.402D",
        "proprioception",
        "Right ankle position is off by 9 degrees, left by 3; late peroneal response",
        "Gives way on grass",
        "BAPS level 2, clockwise and back, then stops called at random",
        "verbal",
        "Told to feel the big toe before each stop",
        "Stops late and into inversion",
        "Error 9 to 5 degrees",
        "12 of 20 stops inside the line, from 5; pain 1/10",
        "Level 3",
        ("joint_position_error", "5"),
    ),
    Base(
        "ankle-unstable",
        "M25.371",
        "kinesthetic_sense",
        "Hop lands with the foot turned in, three of five; does not sense it",
        "Cannot run on trails",
        "Hop to a mark and hold 3 s",
        "visual",
        "Video of the last hop shown before the next",
        "Foot turned in before landing",
        "Straight in 6 of 10",
        "6 of 10 held 3 s, from 2 of 10",
        "Hop to the side",
        ("single_leg_stance", "22"),
    ),
    Base(
        "shoulder-scapula",
        "M25.511",
        "motor_control",
        "Scapula rises before the arm; lower trapezius is silent to touch until 90 degrees",
        "Cannot reach a shelf",
        "Arm lift in scaption to 90 with the scapula set first",
        "manual",
        "Thumb along the medial border, pressure down and in",
        "Upper trapezius leads",
        "Set first in 9 of 15",
        "9 of 15 without shrug, from 3; pain 2/10 as before",
        "To 110 degrees",
        ("observation", "Scapular set before the lift: 9 of 15"),
    ),
    Base(
        "knee-control",
        "M25.561",
        "motor_control",
        "Knee falls 12 degrees inward in a single-leg squat; cannot say when it happens",
        "Pain on the stairs",
        "Step-down from 4 in to a mirror line",
        "visual",
        "Line on the mirror over the second toe",
        "Hip drops as the knee goes in",
        "6 degrees in 8 of 12",
        "12 to 6 degrees in 8 of 12; none with eyes off the mirror",
        "Mirror covered every second trial",
        ("observation", "Knee angle inward at the step-down, 6 degrees by video"),
    ),
    Base(
        "neck-position",
        "M54.2",
        "proprioception",
        "Head repositioning off by 7 degrees to the right; dizzy when turning",
        "Cannot check the blind spot",
        "Joint position of the neck with a laser on the head, return from the right",
        "visual",
        "Dot shown after each guess",
        "Stops short",
        "Error 7 to 4 degrees",
        "4 degrees in 14 of 20; dizziness 1/10",
        "Return from flexion",
        ("joint_position_error", "4"),
    ),
    Base(
        "back-control",
        "M54.50",
        "motor_control",
        "Lumbar spine bends before the hip in every forward reach; not felt",
        "Cannot lift a laundry basket",
        "Hip hinge with a stick along the spine",
        "tactile",
        "Stick touching at sacrum and head, taken away after six",
        "Sacrum leaves the stick first",
        "Contact kept in 7 of 12",
        "7 of 12 without the stick, from 2 of 12",
        "With a reach to the side",
        ("observation", "Hip before spine in 7 of 12 reaches"),
    ),
    Base(
        "guillain",
        "G61.0",
        "balance",
        "Ankles give no response to a forward sway beyond 3 cm",
        "Stands only with a frame",
        "Small sways forward to a limit marked at the shoulder",
        "tactile",
        "Fingertips at the sternum, resistance fading",
        "Bends at the waist at 2 cm",
        "Ankle response in 6 of 15",
        "6 of 15, from 0; contact guard, no LOB",
        "Eyes closed",
        ("berg", "29"),
    ),
    Base(
        "cerebral-palsy",
        "G80.1",
        "tone",
        "Right heel rises with every quick turn; clonus of 4 beats",
        "Trips in the hallway",
        "Slow turns with the heel down, quarter by quarter",
        "manual",
        "Pressure through the knee at each quarter",
        "Turns on the toes",
        "Heel down in 7 of 12",
        "7 of 12, from 3; clonus 4 to 2 beats after",
        "Half turns",
        ("observation", "Heel down in 7 of 12 turns"),
    ),
)


def note(base: Base, **changes) -> NoteFacts:
    code, purpose, description = base.other
    key, value = base.measure
    taken = (
        MeasureFacts("m1", key, name="(observation)", words=value)
        if key == "observation"
        else MeasureFacts("m1", key, Decimal(value))
    )
    facts = NoteFacts(
        date_of_service=date(2026, 11, 16),
        payer="medicare_b",
        payer_name="Medicare Part B",
        author=AUTHOR,
        starts_at=time(10, 0),
        ends_at=time(10, 50),
        total_minutes=47,
        subjective="Managed the task at home twice since Friday; no fall.",
        assessment=f"{base.seen}; this carries toward goal 1.",
        plan=f"Next: {base.next}.",
        home_program="Same task at the counter, five minutes a day",
        blocks=(
            BlockFacts(
                id="a",
                code="97112",
                minutes_therapist=24,
                modifiers=("GP",),
                deficit_domains=(base.domains,),
                deficit=base.deficit,
                limits=base.limits,
                goal=1,
                activity=base.activity,
                dosage="3 sets of 10",
                cues=(CueFacts(base.kind, base.cue, base.error, "improved", base.seen),),
                assistance_before="min_assist",
                assistance_after="contact_guard",
                response=base.response,
                progression=base.next,
                distinct="Timing and control here; the other block had its own minutes and aim",
            ),
            BlockFacts(
                id="b",
                code=code,
                position=1,
                minutes_therapist=23,
                modifiers=("GP",),
                purpose=purpose,
                description=description,
            ),
        ),
        measures=(taken,),
        plan_of_care=PLAN,
        diagnoses=(base.diagnosis,),
    )
    return replace(facts, **changes)


def first(facts: NoteFacts, **changes) -> NoteFacts:
    """Something different in the 97112 block."""
    return replace(facts, blocks=(replace(facts.blocks[0], **changes), *facts.blocks[1:]))


def second(facts: NoteFacts, **changes) -> NoteFacts:
    return replace(facts, blocks=(facts.blocks[0], replace(facts.blocks[1], **changes), *facts.blocks[2:]))


def cued(facts: NoteFacts, **changes) -> NoteFacts:
    return first(facts, cues=(replace(facts.blocks[0].cues[0], **changes),))


def clocked(facts: NoteFacts, *times: time) -> NoteFacts:
    a, b, c, d = times
    return second(first(facts, starts_at=a, ends_at=b), starts_at=c, ends_at=d)


Change = Callable[[NoteFacts], NoteFacts]

DEFICIENT: tuple[tuple[str, tuple[str, ...], Change], ...] = (
    ("no deficit", ("NMR101",), lambda f: first(f, deficit="", deficit_domains=())),
    ("no cue", ("NMR104",), lambda f: first(f, cues=())),
    ("a cue without the error", ("NMR107",), lambda f: cued(f, error="")),
    ("improved, without what was seen", ("NMR108",), lambda f: cued(f, seen="")),
    ("no response", ("NMR110",), lambda f: first(f, response="")),
    ("no task", ("NMR106",), lambda f: first(f, activity="")),
    ("a stock response", ("NMR114",), lambda f: first(f, response="Patient tolerated treatment well.")),
    (
        "tolerance in more words",
        ("NMR120",),
        lambda f: first(f, response="Tolerated the whole visit very nicely again"),
    ),
    ("stock cues", ("NMR114",), lambda f: cued(f, action="Verbal cues throughout")),
    (
        "strength as the deficit",
        ("NMR115",),
        lambda f: first(f, deficit="Reduced quadriceps strength and ROM"),
    ),
    (
        "gait training without motor control",
        ("NMR121",),
        lambda f: first(f, deficit="Walks slowly", deficit_domains=(), activity="Gait training 200 ft"),
    ),
    (
        "a flow sheet of exercises",
        ("NMR119",),
        lambda f: first(f, activity="SLR 3x10, bridges 3x10, clams 2x15"),
    ),
    (
        "the cue is what was done by the patient",
        ("NMR122",),
        lambda f: cued(f, action="Patient completed all sets"),
    ),
    ("PNF and no more", ("NMR118",), lambda f: first(f, activity="PNF", challenge="", dosage="20 min")),
    ("a plateau", ("NOT513",), lambda f: replace(f, assessment="Progress has reached a plateau this month.")),
    (
        "maintenance, not declared",
        ("NOT513",),
        lambda f: replace(f, plan="Continue for maintenance of gains twice a week, general fitness."),
    ),
    ("no minutes", ("TIM201",), lambda f: first(f, minutes_therapist=None)),
    ("no total", ("TIM202",), lambda f: replace(f, total_minutes=None)),
    ("total below the timed minutes", ("TIM203",), lambda f: replace(f, total_minutes=40)),
    ("rest in the total", ("TIM204",), lambda f: replace(f, total_minutes=50)),
    (
        "overlapping clock times",
        ("TIM205",),
        lambda f: clocked(f, time(10), time(10, 24), time(10, 20), time(10, 43)),
    ),
    (
        "a group in the same minutes",
        ("TIM211", "COD407"),
        lambda f: second(
            clocked(f, time(10), time(10, 24), time(10, 10), time(10, 33)), code="97150", purpose=""
        ),
    ),
    (
        "two patients at once",
        ("TIM213",),
        lambda f: replace(
            clocked(f, time(10), time(10, 24), time(10, 24), time(10, 47)),
            clinician_day=(DayBlock("n2", "97110", 20, starts_at=time(10, 5), ends_at=time(10, 20)),),
        ),
    ),
    (
        "OT over the same minutes",
        ("TIM214",),
        lambda f: replace(
            clocked(f, time(10), time(10, 24), time(10, 24), time(10, 47)),
            other_discipline=(DayBlock("n2", "97535", 20, starts_at=time(10, 5), ends_at=time(10, 20)),),
        ),
    ),
    ("no GP", ("COD401",), lambda f: first(f, modifiers=())),
    ("routine 59", ("COD408",), lambda f: first(f, modifiers=("GP", "59"))),
    (
        "52 for a short session",
        ("COD414", "TIM204"),
        lambda f: first(f, minutes_therapist=12, modifiers=("GP", "52")),
    ),
    ("past the threshold without KX", ("COD412",), lambda f: replace(f, year_to_date=Decimal(2600))),
    ("more units than minutes make", ("UNT301", "UNT304"), lambda f: first(f, units_billed=4)),
    ("G35 by itself", ("COD433",), lambda f: replace(f, diagnoses=("G35",))),
    (
        "neck pain, nothing measured",
        ("NMR117", "NOT508"),
        lambda f: replace(f, diagnoses=("M54.2",), measures=()),
    ),
    (
        "an impossible Berg",
        ("NOT509",),
        lambda f: replace(f, measures=(MeasureFacts("m", "berg", Decimal(58)),)),
    ),
    ("an odd DHI", ("NOT509",), lambda f: replace(f, measures=(MeasureFacts("m", "dhi", Decimal(33)),))),
    ("after the plan ended", ("POC701",), lambda f: replace(f, date_of_service=date(2026, 12, 30))),
    ("a student alone", ("AUT603",), lambda f: replace(f, author=replace(AUTHOR, credential="STUDENT"))),
    (
        "an assistant's minutes without CQ",
        ("COD420",),
        lambda f: first(f, minutes_therapist=None, minutes_assistant=24),
    ),
    (
        "stimulation counted twice",
        ("TIM212", "NMR111"),
        lambda f: second(
            first(f, activity="Stepping with NMES to the dorsiflexors, forward to a line", distinct=""),
            code="97032",
            purpose="Dorsiflexor activation",
            description="NMES, ankle, during stepping",
        ),
    ),
    (
        "Epley inside the block",
        ("TIM215",),
        lambda f: first(f, activity="Epley for the right canal, then gaze on a letter"),
    ),
    ("97112 not one-on-one", ("UNT306",), lambda f: first(f, one_on_one=False)),
    (
        "97110 for balance alone",
        ("NOT514",),
        lambda f: second(f, code="97110", purpose="Balance", description="Stance on foam"),
    ),
    ("no goal", ("NMR105",), lambda f: first(f, goal=None)),
    (
        "five weeks without certification",
        ("POC705",),
        lambda f: replace(
            f,
            plan_of_care=replace(
                PLAN, certification=CertificationFacts(first_treatment_on=date(2026, 10, 5))
            ),
        ),
    ),
    (
        "certified late, no reason",
        ("POC708",),
        lambda f: replace(
            f,
            plan_of_care=replace(
                PLAN,
                certification=CertificationFacts(
                    first_treatment_on=date(2026, 10, 5), certified_on=date(2026, 11, 9)
                ),
            ),
        ),
    ),
    (
        "eleventh treatment day without a report",
        ("POC710",),
        lambda f: replace(f, progress=ProgressFacts(11)),
    ),
    (
        "a PTA's progress report",
        ("POC711",),
        lambda f: replace(f, progress=ProgressFacts(12, 10, date(2026, 11, 9), "PTA")),
    ),
    (
        "no prior authorization",
        ("PAY901",),
        lambda f: replace(f, payer="uhc_advantage", authorization=AuthorizationFacts()),
    ),
    ("the same assessment as before", ("NOT515",), lambda f: replace(f, earlier_words=(f.assessment,))),
    (
        "a tactile cue by telehealth, no 95",
        ("COD417", "COD419"),
        lambda f: replace(
            cued(first(f, assistance_before="", assistance_after="supervision"), kind="tactile"),
            is_telehealth=True,
        ),
    ),
    (
        "written a week later, not marked",
        ("REC801",),
        lambda f: replace(f, written_on=date(2026, 11, 23), is_late_entry=False),
    ),
    ("an aide's minutes", ("AUT610",), lambda f: second(f, code="97110", given_by=("AIDE",))),
    (
        "97014 for Medicare",
        ("COD406", "TIM204"),
        lambda f: second(f, code="97014", purpose="", minutes_therapist=15),
    ),
)

TRICKY: tuple[tuple[str, tuple[str, ...], Change], ...] = (
    ("no LOB, denies pain", (), lambda f: first(f, response=f"No LOB, denies pain. {f.blocks[0].response}")),
    (
        "required no cues in the last set",
        (),
        lambda f: cued(f, seen="Required no cues in the last set; 8 of 10"),
    ),
    (
        "tolerated, beside what was seen",
        (),
        lambda f: first(f, response=f"Tolerated well. {f.blocks[0].response}"),
    ),
    (
        "strengthening named in its own block",
        (),
        lambda f: second(
            f, code="97110", purpose="Strengthening of the hip", description="Leg press 3x10, 60 lb"
        ),
    ),
    (
        "skilled cueing of an exercise",
        (),
        lambda f: second(
            f,
            code="97110",
            purpose="Hip strength",
            description="Bridges 3x10, tactile cueing for pelvic alignment",
        ),
    ),
    (
        "10 minutes are a unit",
        (),
        lambda f: replace(f, blocks=(replace(f.blocks[0], minutes_therapist=10),), total_minutes=10),
    ),
    (
        "8 minutes are a unit",
        (),
        lambda f: replace(f, blocks=(replace(f.blocks[0], minutes_therapist=8),), total_minutes=8),
    ),
    (
        "97112 beside 97530 and no 59",
        (),
        lambda f: second(f, code="97530", purpose="Transfers at home", description="Car transfer, 6 times"),
    ),
    (
        "97112 beside 97164 and no 59",
        (),
        lambda f: second(f, code="97164", purpose="Fall since the last visit"),
    ),
    ("no change is an answer", (), lambda f: cued(f, effect="no_change", seen="")),
    ("worse is an answer", (), lambda f: cued(f, effect="worse", seen="")),
    (
        "a declared maintenance programme on a plateau",
        (),
        lambda f: replace(
            f,
            plan_of_care=replace(PLAN, is_maintenance=True),
            assessment="Plateau, as expected; skill is needed to adapt the task.",
        ),
    ),
    ("plateau denied", (), lambda f: replace(f, assessment="No plateau: sway is down by a third.")),
    (
        "gait training for motor control",
        (),
        lambda f: first(
            f, deficit="Poor timing of the left step in swing", activity="Gait training on a line with stops"
        ),
    ),
    (
        "one block starts as the other ends",
        (),
        lambda f: clocked(f, time(10), time(10, 24), time(10, 24), time(10, 47)),
    ),
    (
        "a hot pack without minutes",
        (),
        lambda f: replace(
            f,
            total_minutes=57,
            blocks=(
                *f.blocks,
                BlockFacts("c", "97010", 2, modifiers=("GP",), description="Moist heat to the knee"),
            ),
        ),
    ),
    (
        "neck pain with a measured finding",
        (),
        lambda f: replace(
            f, diagnoses=("M54.2",), measures=(MeasureFacts("m", "joint_position_error", Decimal(6)),)
        ),
    ),
    (
        "a visit cut short, said why",
        (),
        lambda f: replace(f, is_cut_short=True, cut_short_reason="Pulse 128 at rest", measures=()),
    ),
    (
        "a group after, with 59",
        (),
        lambda f: second(
            first(clocked(f, time(10), time(10, 24), time(10, 24), time(10, 47)), modifiers=("GP", "59")),
            code="97150",
            purpose="",
        ),
    ),
    (
        "past the threshold with KX",
        (),
        lambda f: second(
            first(replace(f, year_to_date=Decimal(2600)), modifiers=("GP", "KX")), modifiers=("GP", "KX")
        ),
    ),
    (
        "G35 while it was billable",
        (),
        lambda f: replace(
            f,
            diagnoses=("G35",),
            date_of_service=date(2025, 9, 30),
            plan_of_care=replace(PLAN, starts_on=date(2025, 9, 1)),
        ),
    ),
    (
        "the assistant's block with CQ",
        (),
        lambda f: second(f, minutes_therapist=None, minutes_assistant=23, modifiers=("GP", "CQ")),
    ),
    (
        "clock times of the next patient follow",
        (),
        lambda f: replace(
            clocked(f, time(10), time(10, 24), time(10, 24), time(10, 47)),
            clinician_day=(DayBlock("n2", "97110", 20, starts_at=time(10, 47), ends_at=time(11, 7)),),
        ),
    ),
    (
        "tape on the floor is no taping",
        (),
        lambda f: first(
            replace(f, payer="cigna", method_choice="cms"), challenge="Steps over tape on the floor"
        ),
    ),
    ("AMA payer", (), lambda f: replace(f, payer="commercial_ama", payer_name="Midwest PPO")),
    (
        "an OT's note",
        (),
        lambda f: replace(
            f,
            discipline="OT",
            author=replace(AUTHOR, credential="OT", discipline="OT"),
            blocks=tuple(replace(b, modifiers=("GO",)) for b in f.blocks),
        ),
    ),
    (
        "hospital, five units",
        (),
        lambda f: replace(
            f,
            place_of_service="22",
            ends_at=time(11, 30),
            total_minutes=75,
            blocks=(replace(f.blocks[0], minutes_therapist=75),),
        ),
    ),
    (
        "a first plan excused by order and transmission",
        (),
        lambda f: replace(
            f,
            plan_of_care=replace(
                PLAN,
                certification=CertificationFacts(
                    first_treatment_on=date(2026, 10, 5),
                    order_on=date(2026, 10, 1),
                    order_signed_by="Dr. Example",
                    transmitted_on=date(2026, 10, 7),
                    transmitted_how="fax",
                ),
            ),
        ),
    ),
    ("ninth treatment day", (), lambda f: replace(f, progress=ProgressFacts(19, 10))),
    (
        "an authorization with its last visit",
        (),
        lambda f: replace(
            f,
            payer="uhc_advantage",
            authorization=AuthorizationFacts("A-17", visits_allowed=6, visits_used=6),
        ),
    ),
)


def cases() -> Iterator[dict]:
    """Every case: each base as it is, with other payers, and with each change on some of the bases."""
    for base in BASES:
        yield _case(f"{base.name}", "defensible", (), note(base))
        yield _case(
            f"{base.name}-alone",
            "defensible",
            (),
            replace(
                note(base, payer="uhc_commercial", payer_name="United"),
                blocks=note(base).blocks[:1],
                total_minutes=24,
            ),
        )
    for kind, changes in (("deficient", DEFICIENT), ("tricky", TRICKY)):
        for number, (says, expected, change) in enumerate(changes):
            for base in (BASES[number % len(BASES)], BASES[(number * 5 + 7) % len(BASES)]):
                yield _case(f"{base.name}: {says}", kind, expected, change(note(base)))


def _case(name: str, kind: str, expected: tuple[str, ...], facts: NoteFacts) -> dict:
    return {
        "name": name,
        "kind": kind,
        "expected": sorted(expected),
        "note": _short(facts, note_json.dump(facts)),
    }


def _short(value, written):
    """Without the fields that have their default, for a reader; the loader puts them back."""
    if not is_dataclass(value):
        return written
    kept = {}
    for one in fields(value):
        now, default = getattr(value, one.name), one.default
        is_default = now == default or now in ((), "", None) or (one.name == "answers" and not now)
        if is_default and one.name != "id":
            continue
        if isinstance(now, tuple) and now and is_dataclass(now[0]):
            kept[one.name] = [_short(a, b) for a, b in zip(now, written[one.name], strict=True)]
        else:
            kept[one.name] = _short(now, written[one.name])
    return kept


if __name__ == "__main__":
    for kind in ("defensible", "deficient", "tricky"):
        found = [case for case in cases() if case["kind"] == kind]
        path = FOLDER / f"{kind}.json"
        path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        sys.stdout.write(f"{path.name}: {len(found)}\n")
