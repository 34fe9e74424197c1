"""Weeks, and how long a signature took: tables without a database."""

import datetime as dt
import zoneinfo
from itertools import pairwise

import pytest

from apps.review import drawing, timing

ZONE = zoneinfo.ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    ("hours", "median", "late"),
    [
        ([], None, None),
        ([2], 2, 2),
        ([1, 3], 2, 3),
        ([5, 1, 3], 3, 5),
        # Nearest rank: of ten values the ninth, of eleven the tenth.
        (range(1, 11), 5.5, 9),
        (range(1, 12), 6, 10),
        ([1] * 9 + [100], 1, 1),
        ([1] * 8 + [100, 100], 1, 100),
    ],
)
def test_the_middle_and_what_nine_of_ten_do_not_exceed(hours, median, late):
    found = timing.took(hours)
    assert (found.number, found.median, found.late) == (len(list(hours)), median, late)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (None, "–"),
        (0, "0 min"),
        (0.5, "30 min"),
        (1, "1 h"),
        (26.25, "26.2 h"),
        (48, "2 days"),
        (84, "3.5 days"),
    ],
)
def test_a_wait_is_said_as_a_person_says_it(hours, words):
    assert timing.in_words(hours) == words


def test_weeks_begin_on_mondays_and_today_is_in_the_last():
    weeks = timing.weeks(dt.date(2026, 11, 25), 12)
    assert len(weeks) == 12 and weeks[-1] == dt.date(2026, 11, 23)
    assert all(later - earlier == dt.timedelta(weeks=1) for earlier, later in pairwise(weeks))
    assert timing.week_of(dt.date(2026, 11, 29)) == weeks[-1]


def test_a_visit_ends_as_charted_else_begins_as_booked_on_the_clinics_wall():
    day = dt.date(2026, 11, 1)  # the clocks went back that night
    ended = timing.ended_at(day, dt.time(10), dt.time(9), ZONE)
    assert timing.hours_between(ended, dt.datetime(2026, 11, 1, 16, 30, tzinfo=dt.UTC)) == 0.5
    assert timing.ended_at(day, None, dt.time(9), ZONE).hour == 9
    assert timing.ended_at(day, None, None, ZONE) is None
    assert timing.hours_between(ended, dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)) == 0


def test_a_drawing_says_in_its_title_what_it_shows_and_takes_no_markup():
    weeks = timing.weeks(dt.date(2026, 11, 25), 3)
    drawn = drawing.bars("NMR104 <b>", weeks, [1, 0, 2], [3, 0, 2])
    assert drawn.startswith("<svg") and "<b>" not in drawn and "style=" not in drawn
    assert "<title>NMR104 &lt;b&gt;, notes with it of those signed: " in drawn
    assert "week of 11/09: 1 of 3, week of 11/23: 2 of 2." in drawn
    line = drawing.lines("Wait", weeks, [drawing.Line("median", (1.5, None, 4.0))], "hours")
    assert "median 1.5 in the week of 11/09, 4.0 in the week of 11/23." in line
    assert "none signed" in drawing.bars("Empty", weeks, [0, 0, 0], [0, 0, 0])
    assert ": none." in drawing.lines("Empty", weeks, [drawing.Line("median", (None, None, None))], "hours")
