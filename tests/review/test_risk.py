"""Why a waiting note is read sooner: every reason as a table, in words. No database."""

import datetime as dt
from decimal import Decimal

import pytest

from apps.review import risk, weights
from apps.review.risk import Answered, Case, Day, Deadline, Level

TODAY = dt.date(2026, 11, 25)
LONG = "Recovered seven of ten posterior pushes with one step after a tactile cue at the left pelvis"


def day(back, **said):
    return Day(on=TODAY - dt.timedelta(days=back), **said)


def judged(**case):
    return risk.of(Case(**{"day": day(0), **case}), weights.on(TODAY))


def words(**case):
    return [reason.words for reason in judged(**case).reasons]


def visits(number, **said):
    """This visit and `number - 1` before it, all alike."""
    return {"day": day(0, **said), "earlier": tuple(day(2 * back, **said) for back in range(1, number))}


def answered(*reasons, **details):
    return {
        "answered": tuple(
            Answered(f"R{number}", f"Title {number}", reason=reason, **details)
            for number, reason in enumerate(reasons, 1)
        )
    }


BERG = (("Berg Balance Scale", Decimal("45.00")),)

TABLE = [
    ({}, []),
    (
        answered("The deficit is in the plan of care.", was_blocker=True),
        ["Signed over a stop, Title 1 (R1): “The deficit is in the plan of care.”."],
    ),
    (answered(""), ["No answer to Title 1 (R1)."]),
    (answered("", answer="yes"), []),
    (answered("ok"), ["A very short answer to Title 1 (R1): “ok”."]),
    (answered("The payer asked for it in writing."), []),
    (
        answered("Patient was too tired.", "patient was too tired"),
        ["The same answer to 2 findings: “Patient was too tired.”."],
    ),
    (
        {
            **answered("Patient was too tired."),
            "earlier": tuple(day(back, reasons=("patient was too tired",)) for back in (2, 4)),
        },
        ["The answer to Title 1 (R1) stands in 2 earlier notes: “Patient was too tired.”."],
    ),
    (
        {**answered("Patient was too tired."), "earlier": (day(2, reasons=("Patient was too tired",)),)},
        [],
    ),
    (
        {"author": "assistant", "notes_before": 0},
        ["The first note of an assistant who is new in this record."],
    ),
    ({"author": "student", "notes_before": 4}, ["Note 5 of a student who is new in this record."]),
    ({"author": "assistant", "notes_before": 5}, []),
    ({"author": "", "notes_before": 0}, []),
    (
        {"day": day(0, words=(("Response", LONG),)), "earlier": (day(3, words=(("Response", LONG),)),)},
        ["Response: 100 % of its words stand in the note of 11/22/2026."],
    ),
    (
        # One of seventeen words differs, and leaves fifteen in a run.
        {
            "day": day(0, words=(("Response", LONG),)),
            "earlier": (day(3, words=(("Response", LONG.replace("seven", "eight")),)),),
        },
        ["Response: 88 % of its words stand in the note of 11/22/2026."],
    ),
    (
        # The same words under another field are no clone, and short texts may be the same.
        {
            "day": day(0, words=(("Response", LONG), ("Plan", "As planned"))),
            "earlier": (day(3, words=(("Assessment", LONG), ("Plan", "As planned"))),),
        },
        [],
    ),
    (visits(4, minutes=24), ["97112 for 24 minutes on 4 visits in a row."]),
    (visits(3, minutes=24), []),
    ({**visits(4, minutes=24), "day": day(0, minutes=25)}, []),
    ({**visits(4, minutes=24), "day": day(0)}, []),
    (
        {**visits(6, values=BERG), "day": day(0, minutes=20, values=BERG)},
        [],  # the earlier visits have no minutes of 97112
    ),
    (
        {
            "day": day(0, minutes=20, values=BERG),
            "earlier": tuple(day(2 * n, minutes=20 + n, values=BERG) for n in range(1, 6)),
        },
        ["97112 on 6 visits without a measured change: Berg Balance Scale 45."],
    ),
    (
        {"day": day(0, minutes=20), "earlier": tuple(day(2 * n, minutes=20 + n) for n in range(1, 6))},
        ["97112 on 6 visits, and nothing was measured on any of them."],
    ),
    (
        {
            "day": day(0, minutes=20, values=BERG),
            "earlier": tuple(
                day(2 * n, minutes=20 + n, values=(("Berg Balance Scale", Decimal(40)),)) for n in range(1, 6)
            ),
        },
        [],
    ),
    (
        {"deadlines": (Deadline("The report is late.", True), Deadline("Certification is due.", False))},
        ["The report is late.", "Certification is due."],
    ),
]


@pytest.mark.parametrize(("case", "said"), TABLE)
def test_every_reason_is_said_in_words(case, said):
    assert words(**case) == said


def test_what_weighs_most_comes_first_and_decides_how_closely_one_looks():
    found = judged(**answered("ok", was_blocker=True), author="assistant", notes_before=0)
    assert [(reason.key, reason.points) for reason in found.reasons] == [
        ("blocker_overridden", 40),
        ("odd_answer", 20),
        ("new_author", 15),
    ]
    assert (found.points, found.level) == (75, Level.FIRST)
    assert judged(**answered("ok")).level is Level.CLOSELY
    assert judged(author="assistant", notes_before=1).level is Level.ROUTINE


def test_one_thing_counts_only_so_often_and_is_still_named():
    found = judged(**answered("ok", "no", "yes", "n/a"))
    assert [reason.points for reason in found.reasons] == [20, 20, 20, 0]


def test_every_weight_and_threshold_says_where_it_is_from_and_is_named():
    for part in ("points", "thresholds"):
        for _, entry in weights.entries(part, TODAY):
            assert entry.source.startswith("Our own")
    assert {row.label for row in weights.rows(TODAY)} == set(weights.LABELS.values())
    # A day before the first edition has the first one's, rather than none.
    assert weights.on(dt.date(2020, 1, 1)) == weights.on(TODAY)
