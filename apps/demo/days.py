"""Days of the demo clinic, counted from the day that is today. The clinic is closed at weekends."""

from __future__ import annotations

import datetime as dt

SATURDAY = 5


def working_days_before(today: dt.date, number: int) -> dt.date:
    """The `number`-th weekday before `today`; 1 is the last one, and 0 is `today` itself."""
    day = today
    while number:
        day -= dt.timedelta(days=1)
        if day.weekday() < SATURDAY:
            number -= 1
    return day


def moment(clinic, day: dt.date, time: dt.time) -> dt.datetime:
    """When the clocks on the clinic's wall show `time` on `day`."""
    return dt.datetime.combine(day, time, tzinfo=clinic.zone)
