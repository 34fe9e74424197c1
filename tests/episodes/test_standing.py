"""Dates against the state that they make: certification, exception, recertification, authorization.

Pure: no database. The first treatment is 06/01/2026; by the later reading the 30th day after it is 07/01.
"""

import datetime as dt

import pytest

from apps.compliance.authorization import Allowance, Left
from apps.compliance.standing import Certification, Episode, Order, State, standing, steps

FIRST = dt.date(2026, 6, 1)


def on(days):
    return FIRST + dt.timedelta(days=days)


def episode(*, weeks=12, orders=(), sent=(), certified=(), first=FIRST, **more):
    shift = (first - FIRST).days
    return Episode(
        established_on=first,
        through_on=first + dt.timedelta(weeks=weeks, days=-1),
        first_treatment_on=first,
        orders=tuple(orders),
        sent_on=tuple(on(days + shift) for days in sent),
        certifications=tuple(certified),
        **more,
    )


def signed(days, *, verbal=None, reason="", through=None, plan_weeks=12):
    return Certification(
        starts_on=FIRST,
        signed_on=on(days) if days is not None else None,
        verbal_on=on(verbal) if verbal is not None else None,
        through_on=on(through) if through is not None else None,
        plan_through_on=FIRST + dt.timedelta(weeks=plan_weeks, days=-1),
        by="A. Physician, MD",
        reason=reason,
    )


def again(days, *, starts, reason="", plan_weeks=12):
    return Certification(
        starts_on=on(starts),
        is_initial=False,
        signed_on=on(days),
        plan_through_on=on(starts) + dt.timedelta(weeks=plan_weeks, days=-1),
        reason=reason,
    )


ORDER = Order(on(-3), signed_on=on(-3), by="A. Physician, MD")
UNSIGNED = Order(on(-3), by="A. Physician, MD")

TABLE = [
    # what the chart holds, days after the first treatment, state
    ("nothing", {}, 0, State.DUE),
    ("nothing", {}, 29, State.DUE),
    ("nothing", {}, 30, State.DUE),  # late by one reading, not by the other: shown as due, not called late
    ("nothing", {}, 31, State.OVERDUE),
    ("signed at once", {"certified": [signed(2)]}, 20, State.CERTIFIED),
    ("signed on the 30th day after", {"certified": [signed(30)]}, 40, State.CERTIFIED),
    ("signed later than the day asked", {"certified": [signed(25)]}, 20, State.DUE),
    ("signed on the 31st, no reason", {"certified": [signed(31)]}, 31, State.LATE_WITHOUT_REASON),
    (
        "signed on the 31st, with a reason",
        {"certified": [signed(31, reason="Away")]},
        31,
        State.CERTIFIED_LATE,
    ),
    ("not yet signed on the 30th", {"certified": [signed(31)]}, 30, State.DUE),
    ("signed order and sent", {"orders": [ORDER], "sent": [3]}, 10, State.EXCUSED),
    ("signed order and sent, long after", {"orders": [ORDER], "sent": [3]}, 60, State.EXCUSED),
    ("sent on the 30th day after", {"orders": [ORDER], "sent": [30]}, 40, State.EXCUSED),
    ("sent on the 31st", {"orders": [ORDER], "sent": [31]}, 31, State.EXCEPTION_FAILED),
    ("sent on the 31st, asked before", {"orders": [ORDER], "sent": [31]}, 30, State.DUE),
    ("sent twice, first in time", {"orders": [ORDER], "sent": [40, 9]}, 45, State.EXCUSED),
    ("order, never sent", {"orders": [ORDER]}, 31, State.EXCEPTION_FAILED),
    ("sent, no order", {"sent": [3]}, 31, State.EXCEPTION_FAILED),
    ("order by telephone, never signed", {"orders": [UNSIGNED], "sent": [3]}, 31, State.EXCEPTION_FAILED),
    ("order without a name", {"orders": [Order(on(-3), on(-3))], "sent": [3]}, 31, State.EXCEPTION_FAILED),
    (
        "failed, then signed with a reason",
        {"sent": [31], "certified": [signed(35, reason="Fax")]},
        36,
        State.CERTIFIED_LATE,
    ),
    ("by telephone", {"certified": [signed(None, verbal=10)]}, 12, State.VERBAL),
    ("by telephone, last day to sign", {"certified": [signed(None, verbal=10)]}, 24, State.VERBAL),
    ("by telephone, not signed, still in time", {"certified": [signed(None, verbal=10)]}, 25, State.DUE),
    ("by telephone, not signed", {"certified": [signed(None, verbal=20)]}, 35, State.OVERDUE),
    ("by telephone on the 30th, signed after", {"certified": [signed(43, verbal=30)]}, 43, State.CERTIFIED),
    (
        "by telephone, signed on the 15th day",
        {"certified": [signed(45, verbal=30)]},
        46,
        State.LATE_WITHOUT_REASON,
    ),
    ("two weeks before the plan's end", {"certified": [signed(2)]}, 69, State.RECERTIFICATION_DUE),
    ("more than two weeks before", {"certified": [signed(2)]}, 68, State.CERTIFIED),
    ("last day of the plan", {"certified": [signed(2)]}, 83, State.RECERTIFICATION_DUE),
    ("the day after the plan", {"certified": [signed(2)]}, 84, State.RECERTIFICATION_OVERDUE),
    (
        "a long plan, 89 days",
        {"weeks": 26, "certified": [signed(2, plan_weeks=26)]},
        89,
        State.RECERTIFICATION_DUE,
    ),
    (
        "excused, a long plan, 90 days",
        {"weeks": 26, "orders": [ORDER], "sent": [3]},
        90,
        State.RECERTIFICATION_DUE,
    ),
    ("sent on the 29th day after", {"orders": [ORDER], "sent": [29]}, 31, State.EXCUSED),
    ("signed on the 29th day after", {"certified": [signed(29)]}, 31, State.CERTIFIED),
    (
        "a long plan, 90 days",
        {"weeks": 26, "certified": [signed(2, plan_weeks=26)]},
        90,
        State.RECERTIFICATION_DUE,
    ),
    (
        "a long plan, 91 days",
        {"weeks": 26, "certified": [signed(2, plan_weeks=26)]},
        91,
        State.RECERTIFICATION_OVERDUE,
    ),
    ("certified for less", {"certified": [signed(2, through=40)]}, 41, State.RECERTIFICATION_OVERDUE),
    (
        "certified for more than is allowed",
        {"weeks": 26, "certified": [signed(2, through=200, plan_weeks=26)]},
        91,
        State.RECERTIFICATION_OVERDUE,
    ),
    (
        "excused, a long plan",
        {"weeks": 26, "orders": [ORDER], "sent": [3]},
        91,
        State.RECERTIFICATION_OVERDUE,
    ),
    ("recertified in time", {"certified": [signed(2), again(80, starts=84)]}, 100, State.CERTIFIED),
    ("recertified late", {"certified": [signed(2), again(95, starts=84)]}, 100, State.LATE_WITHOUT_REASON),
    (
        "recertified late, with a reason",
        {"certified": [signed(2), again(95, starts=84, reason="Moved")]},
        100,
        State.CERTIFIED_LATE,
    ),
    (
        "recertification run out",
        {"certified": [signed(2), again(80, starts=84)]},
        200,
        State.RECERTIFICATION_OVERDUE,
    ),
    (
        "an order does not excuse a recertification",
        {"orders": [ORDER], "sent": [3, 85], "certified": [signed(2)]},
        90,
        State.RECERTIFICATION_OVERDUE,
    ),
    ("ended", {"ended_on": on(20)}, 40, State.ENDED),
    ("not ended yet on that day", {"ended_on": on(20)}, 19, State.DUE),
    ("self-pay", {"is_needed": False}, 60, State.NOT_NEEDED),
]


@pytest.mark.parametrize(
    ("what", "papers", "days", "state"), TABLE, ids=[f"{row[0]}, day {row[2]}" for row in TABLE]
)
def test_the_papers_and_the_day_make_the_state(what, papers, days, state):
    assert standing(episode(**papers), on(days)).state is state


def test_before_2025_an_order_and_sending_the_plan_excused_nothing():
    first = dt.date(2024, 12, 31)
    old = episode(first=first, orders=[Order(first, first, "A")], sent=[2])
    assert standing(old, first + dt.timedelta(days=31)).state is State.EXCEPTION_FAILED
    assert "did not" in standing(old, first + dt.timedelta(days=31)).words
    new_year = dt.date(2025, 1, 1)
    new = episode(first=new_year, orders=[Order(new_year, new_year, "A")], sent=[2])
    assert standing(new, new_year + dt.timedelta(days=31)).state is State.EXCUSED


def test_the_earlier_reading_is_shown_and_the_later_one_is_late():
    found = standing(episode(), on(10))
    assert (found.due_on, found.late_after) == (on(29), on(30))
    assert "06/30/2026" in found.words


def test_what_a_payer_may_not_ask_for_is_a_tip_and_says_so():
    found = standing(episode(is_needed=None), on(60))
    assert found.state is State.OVERDUE and found.tone == "tip"
    assert "not known" in found.words


@pytest.mark.parametrize("day", [dt.date.max, dt.date.min, dt.date(1850, 1, 1)])
def test_no_date_is_too_strange(day):
    assert standing(episode(), day).words
    assert standing(episode(first=dt.date(1950, 1, 1)), day).words
    assert steps(episode(orders=[ORDER], sent=[3], certified=[signed(3)]), day)


def test_the_timeline_names_every_date_once_and_in_order():
    row = steps(episode(orders=[ORDER], sent=[31], certified=[signed(40, verbal=35)]), on(36))
    assert [step.what for step in row] == [
        "Order",
        "First treatment",
        "First certification due",
        "Plan sent to the physician or NPP",
        "Certified by telephone",
        "Certified",
        "Plan ends",
    ]
    assert [step.on for step in row] == sorted(step.on for step in row)
    assert row[2].tone == "stop" and row[3].tone == "warn"
    assert [step.is_past for step in row] == [True] * 5 + [False] * 2


AUTHORIZATIONS = [
    # used of 12, days after the first, state
    (0, -1, Left.LATER),
    (0, 0, Left.ENOUGH),
    (8, 10, Left.ENOUGH),
    (9, 10, Left.FEW),
    (11, 10, Left.FEW),
    (12, 10, Left.USED_UP),
    (13, 10, Left.USED_UP),
    (2, 46, Left.ENOUGH),
    (2, 47, Left.ENDING),
    (2, 60, Left.ENDING),
    (2, 61, Left.EXPIRED),
    (12, 61, Left.EXPIRED),
]


@pytest.mark.parametrize(("used", "days", "state"), AUTHORIZATIONS)
def test_what_is_used_and_the_day_make_the_authorizations_state(used, days, state):
    allowance = Allowance(allowed=12, used=used, starts_on=FIRST, through_on=on(60))
    assert allowance.state_on(on(days)) is state
    assert allowance.words_on(on(days))
