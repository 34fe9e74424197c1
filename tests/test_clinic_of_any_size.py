"""What is poured from a told episode is that episode, about somebody else, so many weeks later."""

import datetime as dt
import random

import pytest

from benchmarks import chart, page
from benchmarks.clinic import mould, pour, told

pytestmark = pytest.mark.sqlite

SAID = '{"by":"Ada Ashberg","last_checkpoint":null,"on":"2026-06-02","release":"2019-10-01","visit":"0b1c"}'


def tokens():
    found = mould.Tokens()
    for text in ("Ada Ashberg", mould.NO_CHECKPOINT, "0b1c"):
        found.add(text)
    found.finish(dt.date(2026, 1, 1), dt.date(2026, 12, 31), dt.date(1960, 5, 5))
    return found


def test_a_text_is_poured_with_other_ids_and_names_and_only_its_own_days_move():
    parts = tokens().parts(SAID)
    assert mould.filled(parts, ["Ada Ashberg", mould.NO_CHECKPOINT, "0b1c"], 0) == SAID
    poured = mould.filled(parts, ["Bela Birchby", '"last_checkpoint":{"number":3}', "77aa"], 14)
    assert poured == (
        '{"by":"Bela Birchby","last_checkpoint":{"number":3},"on":"2026-06-16",'
        '"release":"2019-10-01","visit":"77aa"}'
    )


def test_a_text_that_names_nobody_is_kept_as_it_is():
    assert tokens().parts("Standing, feet hip-width apart") == "Standing, feet hip-width apart"


def test_a_therapist_has_so_many_patients_at_a_time_and_a_place_is_taken_again():
    made = [mould.Mould([mould.Happening(24, 0)], 1, 1, 6, days) for days in told.DAYS]
    pours = list(pour.schedule(2, 20, made, random.Random(3)))
    for week in range(8, 16):
        active = [one for one in pours if one.therapist == 0 and one.week <= week < one.week + 4]
        assert len(active) >= pour.PATIENTS_AT_A_TIME * len(told.DAYS) * 2 // 3
    assert len({one.number for one in pours}) == len(pours)


def test_the_page_and_the_drawing_have_every_page_in_them_and_stand_on_a_card_of_their_own():
    times = {"median": 4.0, "p95": 9.0, "p99": 120.4, "a_second": 240.0}
    of = {"on": "2026-11-26", "machine": "2 cores", "load_before": 0.2, "floors": {"bare SELECT": 0.01}}
    of |= {"memory_mb_of_each_worker": [90, 88], "notes": 9900}
    asked = {"day's list": {"queries": 3, "alone": times, "together": times}}
    slower = {"day's list": {"queries": 3, "alone": {**times, "p95": 18.0}, "together": times}}
    results = {
        "sqlite 10000": {"database": "sqlite", "pages": asked, **of},
        "sqlite 100000": {"database": "sqlite", "pages": slower, **of},
    }
    drawn, written = chart.drawn(results), page.written(results)
    assert drawn.startswith("<svg") and "day's list" in drawn and "SQLite, 100,000 notes" in drawn
    assert 'fill="#ffffff"' in drawn and "style=" not in drawn
    assert "| day's list | 3 | 4.0 | 9.0 | 120 | 240 |" in written
    assert "| day's list | 9.0 | 18.0 | 2.00 |" in written
