"""The clinic's wall decides the day: at midnight, and on the days that have 23 or 25 hours."""

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from apps.audit import clock
from apps.home.waiting import day_is_over
from apps.notes import record_policy

pytestmark = pytest.mark.sqlite

CHICAGO = SimpleNamespace(time_zone="America/Chicago", zone=ZoneInfo("America/Chicago"))


@pytest.fixture
def at(monkeypatch):
    def moment(text):
        monkeypatch.setattr(clock, "now", lambda: dt.datetime.fromisoformat(text).astimezone(dt.UTC))

    return moment


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        ("2026-11-01T04:59:59+00:00", "America/Chicago", "2026-10-31"),  # 11:59:59 PM, summer time still
        ("2026-11-01T05:00:00+00:00", "America/Chicago", "2026-11-01"),
        (
            "2026-11-02T05:59:59+00:00",
            "America/Chicago",
            "2026-11-01",
        ),  # a day of 25 hours ends an hour later
        ("2026-11-02T06:00:00+00:00", "America/Chicago", "2026-11-02"),
        ("2026-03-09T04:59:59+00:00", "America/Chicago", "2026-03-08"),  # a day of 23 hours, an hour sooner
        ("2026-03-09T05:00:00+00:00", "America/Chicago", "2026-03-09"),
        ("2026-03-09T06:59:59+00:00", "America/Phoenix", "2026-03-08"),  # where the clocks stay
        ("2026-01-01T09:59:59+00:00", "Pacific/Honolulu", "2025-12-31"),
    ],
)
def test_a_day_begins_at_the_midnight_of_the_clinics_wall(at, moment, zone, day):
    at(moment)
    assert clock.today(zone).isoformat() == day


@pytest.mark.parametrize(
    ("day", "last", "first_late"),
    [
        # Three days are 72 hours after the midnight that ends the day of service, counted as hours.
        ("2026-10-30", "2026-11-02T23:00:00-06:00", "2026-11-02T23:00:01-06:00"),  # over the long Sunday
        ("2026-03-06", "2026-03-10T01:00:00-05:00", "2026-03-10T01:00:01-05:00"),  # over the short one
        ("2026-06-01", "2026-06-05T00:00:00-05:00", "2026-06-05T00:00:01-05:00"),
    ],
)
def test_a_note_is_late_after_as_many_hours_as_were_promised(at, monkeypatch, day, last, first_late):
    monkeypatch.setattr(record_policy, "in_force", lambda clinic, day: SimpleNamespace(late_after_hours=72))
    note = SimpleNamespace(
        visit=SimpleNamespace(served_on=dt.date.fromisoformat(day)), clinic=CHICAGO, clinic_id=None
    )
    at(last)
    assert record_policy.lateness(note) is None
    at(first_late)
    assert record_policy.lateness(note) is not None


@pytest.mark.parametrize(
    ("now", "first_not_old"),
    [
        ("2026-11-20T15:00:00-06:00", "2026-11-19"),  # yesterday's day ended 15 hours ago
        ("2026-11-20T00:00:00-06:00", "2026-11-19"),
        ("2026-11-19T23:59:59-06:00", "2026-11-18"),
    ],
)
def test_an_unsigned_note_is_old_a_day_after_its_day_ended(at, now, first_not_old):
    at(now)
    condition = day_is_over(SimpleNamespace(clinic=CHICAGO))
    assert condition.children == [("visit__served_on__lt", dt.date.fromisoformat(first_not_old))]
