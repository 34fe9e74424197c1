"""What is poured from a told episode is that episode, about somebody else, so many weeks later."""

import datetime as dt
import random

import pytest

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
