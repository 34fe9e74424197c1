"""Until when a chart is kept: the day that is shown and the day that is asked of the database agree."""

from datetime import date, timedelta

import pytest

from apps.compliance.retention import Period, floor, may_be_minor


def test_the_figures_have_a_source_and_say_whether_it_was_read():
    day = date(2026, 11, 26)
    assert floor(day).value == 10 and floor(day).text_verified
    assert may_be_minor(day).value == 21 and not may_be_minor(day).text_verified


@pytest.mark.parametrize("start", [date(2016, 2, 20), date(2018, 2, 20), date(2015, 12, 25)])
@pytest.mark.parametrize("today", [date(2028, 2, 29), date(2026, 2, 28), date(2026, 3, 1)])
def test_a_chart_is_past_its_period_the_day_after_it_ends(start, today):
    period = Period(10, minors_until=28)
    for days in range(20):
        last_on = start + timedelta(days=days)
        born_on = date(2000, 2, 20) + timedelta(days=days)
        is_asked = last_on < period.last_before(today) and born_on < period.born_before(today)
        assert is_asked == (period.ends_on(last_on, born_on) < today), (last_on, born_on)


def test_a_minor_is_kept_longer_and_nobody_shorter():
    last_on, born_on = date(2026, 11, 26), date(2020, 5, 1)
    assert Period(10).ends_on(last_on, born_on) == date(2036, 11, 26)
    assert Period(10, minors_until=28).ends_on(last_on, born_on) == date(2048, 5, 1)
    assert Period(10, minors_until=28).ends_on(last_on, date(1950, 5, 1)) == date(2036, 11, 26)
