"""The demo clinic: what it promises to whoever tries it, and to the tests that live in it."""

import datetime as dt
from collections import Counter

import pytest

from apps.audit import clock
from apps.audit.models import Deployment
from apps.compliance.rule import Severity
from apps.compliance.standing import State
from apps.demo import charting, world
from apps.demo.days import working_days_before
from apps.episodes import due
from apps.episodes.models import PlanOfCare
from apps.ledger import chain
from apps.ledger.models import DocumentType, LedgerEntry
from apps.notes.models import Block, Note, Status
from apps.patients.access import patients_visible_to
from apps.visits.models import Attendance, Visit


def signed():
    return Note.objects.filter(status=Status.SIGNED)


def test_every_signed_note_has_one_intact_entry(clinic):
    entries = list(LedgerEntry.objects.all())
    assert all(chain.is_intact(entry) for entry in entries)
    notes = [entry.document for entry in entries if entry.document_type == DocumentType.NOTE]
    assert sorted(notes) == sorted(signed().values_list("pk", flat=True))


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


def test_no_two_signed_notes_say_the_same(clinic):
    blocks = Block.objects.filter(note__in=signed())
    of_notes = signed().values_list("subjective", "assessment")
    of_blocks = blocks.values_list("response", "description")
    said = Counter(text for pair in [*of_notes, *of_blocks] for text in pair if text)
    assert [text for text, times in said.items() if times > 1] == []


def test_minutes_fit_into_the_visit(clinic):
    day = clinic.today
    for note in signed():
        span = dt.datetime.combine(day, note.ends_at) - dt.datetime.combine(day, note.starts_at)
        assert note.total_minutes <= span.total_seconds() / 60, (note.visit.patient.mrn, note.starts_at)


def test_the_therapist_has_a_day(clinic):
    today = Visit.objects.filter(clinician=clinic.tess, served_on=clinic.today)
    assert today.count() >= 5
    assert today.filter(attendance=Attendance.CANCELLED).count() == 1
    assert today.filter(attendance=Attendance.EXPECTED, notes=None).count() >= 3
    assert Note.objects.get(visit__in=today).is_draft


def test_what_happens_in_a_clinic_is_there(clinic):
    """Every state that somebody may want to see."""
    notes = Note.objects.filter(clinic=clinic.riverside)
    earlier = notes.filter(status=Status.DRAFT, visit__served_on__lt=clinic.today)
    assert notes.filter(status=Status.DISCARDED).exclude(discard_reason="").exists()
    assert earlier.filter(author=clinic.tess).exists(), "a forgotten draft"
    assert earlier.filter(author=clinic.jo).exists(), "a student's draft"
    assert signed().filter(author=clinic.marcus, blocks__minutes_assistant__gt=0).exists()
    assert signed().filter(author=clinic.priya, discipline="OT").exists()
    assert signed().filter(visit__attendance=Attendance.CUT_SHORT).exists()
    assert signed().exclude(unit_choice=[]).exists(), "a tie"
    assert signed().exclude(method_choice="").exists()
    assert Visit.objects.filter(attendance=Attendance.NO_SHOW).exists()
    found = [
        one
        for entry in LedgerEntry.objects.filter(clinic=clinic.riverside.pk, document_type=DocumentType.NOTE)
        for one in chain.read(entry)["review"]["findings"]
    ]
    assert any(one["kind"] == "ask" and one["answer"] == "yes" for one in found)
    assert any(one["severity"] == "warning" and one["kind"] == "fail" and one["reason"] for one in found)
    doubled = [note for note in signed() if note.blocks.filter(code="97112").count() == 2]
    assert doubled


def test_a_restricted_chart_is_seen_by_those_with_a_visit(clinic):
    restricted = clinic.patients["restricted"]
    assert restricted.is_restricted
    assert restricted in patients_visible_to(clinic.sam)
    assert restricted not in patients_visible_to(clinic.tess)


def test_the_outsider_sees_nobody_at_riverside(clinic):
    assert set(patients_visible_to(clinic.una)) == {clinic.patients["harbor"]}


@pytest.mark.parametrize("who", ["tess", "sam", "priya", "marcus", "una"])
def test_a_draft_by_a_licensed_person_is_ready_to_sign(clinic, who):
    person = getattr(clinic, who)
    assert charting.open_findings(clinic.draft_by(person), signer=person) == []


@pytest.mark.parametrize("who", ["tess", "sam", "priya", "marcus", "una"])
def test_a_note_signed_by_a_licensed_person_is_signed(clinic, who):
    note = clinic.note_signed_by(getattr(clinic, who))
    assert note.is_signed
    assert chain.read(LedgerEntry.objects.get(document=note.pk))["visit"]["date_of_service"] == "2026-11-20"


def test_two_drafts_of_a_day_are_about_two_patients(clinic):
    first, second = clinic.draft_by(clinic.tess), clinic.draft_by(clinic.tess)
    assert first.visit.patient != second.visit.patient


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


@pytest.mark.parametrize(
    ("patient", "discipline", "state"),
    [
        ("stroke", "PT", State.CERTIFIED),
        ("sclerosis", "OT", State.DUE),
        ("overdue", "PT", State.OVERDUE),
        ("parkinson", "PT", State.EXCUSED),
        ("late_fax", "PT", State.EXCEPTION_FAILED),
        ("maintenance", "PT", State.CERTIFIED),
    ],
)
def test_each_state_of_a_plan_is_there(clinic, patient, discipline, state):
    found = due.of(clinic.patients[patient], discipline, clinic.today)
    assert found.standing.state is state
    assert found.plan.is_maintenance == (patient == "maintenance")


def test_the_exception_failed_at_31_days(clinic):
    episode = due.of(clinic.patients["late_fax"], "PT", clinic.today).episode
    assert [(sent - episode.begins_on).days for sent in episode.sent_on] == [31]
    assert episode.orders[0].signed_on


def test_two_plans_run_side_by_side(clinic):
    found = due.of_patient(clinic.patients["sclerosis"], clinic.today)
    assert [one.discipline for one in found] == ["OT", "PT"]


def test_every_plan_is_signed_and_an_authorization_is_running_low(clinic):
    assert not PlanOfCare.objects.filter(patient__in=clinic.patients.values(), signed_number=0).exists()
    use = due.of(clinic.patients["vestibular"], "PT", clinic.today).uses[0]
    assert use.tone in ("warn", "stop") and use.allowance.used
