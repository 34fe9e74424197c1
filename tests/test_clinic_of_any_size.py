"""What is poured from a told episode is that episode, about somebody else, so many weeks later."""

import datetime as dt
import random

import pytest
from django.db import IntegrityError, connection

from benchmarks import chart, page
from benchmarks.clinic import bare, mould, pour, told

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
    of = {
        "on": "2026-11-26",
        "machine": "2 cores",
        "cores_busy_before": 0.02,
        "floors": {"bare SELECT": 0.01},
    }
    of |= {"memory_mb_of_each_worker": [90, 88], "notes": 9900}
    made = {"patients": 1500, "therapists": 3, "weeks": 109, "entries": 12_900}
    of["grown"] = {**made, "notes_a_second": 1100, "seconds_poured": 9.2, "seconds_verified": 5.1}
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
    assert "| day's list | 9.0 | 18.0 | 2.00 | 2.00 |" in written
    assert "no page reads a table that grows from end to end" in written
    asked["day's list"]["read_whole"] = ["notes_note"]
    assert "from end to end: day's list: notes_note." in page.written(results)
    assert "1,500 patients, 3 therapists, 109 weeks and 12,900 entries" in written


@pytest.mark.django_db(transaction=True)
def test_rows_are_poured_without_plain_indexes_and_foreign_keys_and_both_are_there_afterwards():
    before = in_the_schema()
    with bare.tables():
        within = in_the_schema()
    assert in_the_schema() == before
    missing = before - within
    assert len(missing) > 40 and not within - before
    assert not any("UNIQUE" in str(each) or "TRIGGER" in str(each) for each in missing)


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_poured_row_that_names_another_that_is_not_there_is_refused():
    row = "INSERT INTO notes_draftsave (operation, revision, note_id) VALUES ('first', 1, 'nobody')"
    with pytest.raises(IntegrityError, match="1 rows name another"), bare.tables():
        bare.do([row])
    bare.do(["DELETE FROM notes_draftsave"])


def in_the_schema() -> set:
    """Every index, constraint and trigger, as the database would write it."""
    if connection.vendor == "sqlite":
        return set(bare.asked("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    constraints = bare.asked(bare.FOREIGN_KEYS.replace("contype = 'f'", "true"))
    triggers = "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    return {*bare.asked(bare.PLAIN_INDEXES["postgresql"]), *constraints, *bare.asked(triggers)}
