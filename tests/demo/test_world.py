"""The demo clinic: what it promises to whoever tries it, and to the tests that live in it."""

import datetime as dt
from collections import Counter

import pytest

from apps.audit import clock
from apps.audit.models import Deployment
from apps.compliance.rule import Severity
from apps.demo import charting, world
from apps.demo.days import working_days_before
from apps.ledger import chain
from apps.ledger.models import LedgerEntry
from apps.notes.models import Block, Note, Status
from apps.patients.models import Patient
from apps.visits.models import Attendance, Visit


def signed():
    return Note.objects.filter(status=Status.SIGNED)


def test_every_signed_note_has_one_intact_entry(clinic):
    entries = list(LedgerEntry.objects.all())
    assert all(chain.is_intact(entry) for entry in entries)
    assert sorted(entry.document for entry in entries) == sorted(signed().values_list("pk", flat=True))


def test_each_clinics_chain_has_no_gap_and_no_step_back_in_time(clinic):
    for place in (clinic.riverside, clinic.lakeside):
        entries = list(LedgerEntry.objects.filter(clinic=place.pk).order_by("seq"))
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
        links = [chain.FIRST, *(entry.hash for entry in entries)]
        assert [entry.prev_hash for entry in entries] == links[:-1]
        times = [entry.recorded_at for entry in entries]
        assert times == sorted(times)


def test_nothing_is_signed_today_and_nothing_is_dated_after_now(clinic):
    assert not signed().filter(visit__served_on__gte=clinic.today).exists()
    assert not Note.objects.filter(saved_at__gt=clock.now()).exists()
    assert clock.today(clinic.riverside.time_zone) == clinic.today


def test_visits_are_on_working_days(clinic):
    assert {visit.served_on.weekday() for visit in Visit.objects.all()} <= {0, 1, 2, 3, 4}


def test_a_signed_note_had_nothing_that_stops_it(clinic):
    for note in signed():
        payload = chain.read(LedgerEntry.objects.get(document=note.pk))
        assert Severity.BLOCKER not in {one["severity"] for one in payload["review"]["findings"]}


def test_a_draft_by_a_therapist_is_ready_to_sign(clinic):
    for person in (clinic.tess, clinic.sam, clinic.priya, clinic.marcus, clinic.una):
        assert charting.judged(clinic.draft_by(person), signer=person).is_ready, person.name
        assert clinic.note_signed_by(person).is_signed


def test_an_incomplete_draft_is_not(clinic):
    assert charting.judged(clinic.draft_by(clinic.tess, complete=False)).open_blockers


def test_a_student_has_a_draft_on_a_therapists_visit(clinic):
    note = clinic.draft_by(clinic.jo)
    assert (note.visit.student, note.visit.clinician) == (clinic.jo, clinic.tess)


def test_building_twice_is_refused(clinic):
    with pytest.raises(world.NotADemo):
        world.build(today=clinic.today)


@pytest.mark.parametrize("back", [0, 1, 5, 6, 7])
def test_working_days_are_weekdays(back):
    for weekday in range(7):
        today = dt.date(2026, 11, 16) + dt.timedelta(days=weekday)
        day = working_days_before(today, back)
        assert day == today if back == 0 else day.weekday() < 5 and day < today


def test_the_clock_stands_still_for_nobody_but_a_demo(clinic):
    clock.release()
    Deployment.objects.update(is_demo=False)
    with pytest.raises(clock.ClockRefused, match="demo database"):
        clock.set_to(clock.now())


def test_the_clock_does_not_go_back(clinic):
    with pytest.raises(clock.ClockRefused, match="forward"):
        clock.set_to(clock.now() - dt.timedelta(seconds=1))
