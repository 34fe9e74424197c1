"""When a progress report is due: by treatment days of one plan and discipline, and told before it is late."""

import datetime as dt

import pytest

from apps.audit import clock
from apps.demo import charting
from apps.episodes import due, worklist
from apps.episodes.due import plans_on
from apps.episodes.facts import plan_on
from apps.notes import actions, reports
from apps.notes.kinds import NoteKind
from apps.notes.reports import Counter, Day
from apps.visits import actions as visits

DAY = dt.date(2026, 11, 2)


def counter(days, *, by_therapist=True, every=10, **more):
    made = [Day(DAY + dt.timedelta(days=at), by_therapist, is_signed=True) for at in range(days)]
    return Counter(every=every, days=tuple(made), all_days=days, **more)


@pytest.mark.parametrize(
    ("days", "tone", "short"),
    [
        (0, "", "treatment day 0 of 10"),
        (7, "", "treatment day 7 of 10"),
        (8, "warn", "treatment day 8 of 10"),
        (9, "warn", "treatment day 9 of 10"),
        (10, "warn", "due now, treatment day 10 of 10"),
        (11, "stop", "late, treatment day 11 of 10"),
        (21, "stop", "late, treatment day 21 of 10"),
    ],
)
def test_the_report_is_called_due_before_it_is_late(days, tone, short):
    assert (counter(days).tone, counter(days).short) == (tone, short)


def test_the_counter_explains_itself():
    assert counter(9).words == ("9 treatment days since the plan began; a report is due every 10. 1 left.")
    later = counter(10, last_report_on=DAY)
    assert later.words == (
        "10 treatment days since the report of 11/02/2026; a report is due every 10. "
        "It belongs to the last of them."
    )
    assert counter(12).words.endswith("2 treatment days went by without it.")


@pytest.mark.parametrize(
    ("days", "by_therapist", "wanted"),
    [(7, False, False), (8, False, True), (8, True, False), (0, False, False), (12, False, True)],
)
def test_a_period_given_by_assistants_alone_wants_a_therapist(days, by_therapist, wanted):
    assert counter(days, by_therapist=by_therapist).wants_therapist is wanted


def test_where_no_number_is_set_nothing_is_due():
    assert (counter(40, every=None).tone, counter(40, every=None).left) == ("", None)


def of_stroke(clinic):
    plan = plan_on(clinic.patients["stroke"].pk, "PT", clinic.today)
    return plan, reports.counters([plan], clinic.today)[plan.pk]


def test_treatment_days_are_counted_and_not_the_days_of_the_calendar(clinic):
    plan, found = of_stroke(clinic)
    assert found.since == 7  # six signed, and the draft of today
    assert (clinic.today - plan.starts_on).days > 30
    assert [day.is_signed for day in found.days].count(False) == 1


def test_a_visit_that_did_not_take_place_does_not_count(clinic):
    before = of_stroke(clinic)[1].since
    visit = clinic.visit_today(clinic.sam, "stroke")
    visits.record_attendance(visit=visit, attendance="cancelled", reason="Snow", by=clinic.sam)
    assert of_stroke(clinic)[1].since == before


def test_the_other_discipline_has_its_own_count(clinic):
    patient = clinic.patients["sclerosis"]
    plans = [plan_on(patient.pk, discipline, clinic.today) for discipline in ("PT", "OT")]
    found = reports.counters(plans, clinic.today)
    pt, ot = (found[plan.pk] for plan in plans)
    assert pt.since and ot.since
    assert not {day.on for day in pt.days} & {day.on for day in ot.days}


def test_a_signed_report_starts_the_count_again(clinic):
    visit = clinic.visit_today(clinic.tess, "sclerosis")
    note = actions.start(visit=visit, by=clinic.tess, kind=NoteKind.PROGRESS)
    plan = plan_on(clinic.patients["sclerosis"].pk, "PT", clinic.today)
    assert reports.counters([plan], clinic.today)[plan.pk].since > 0  # a draft is no report
    said = {
        "extent": "More steady on foam.",
        "continuing": "The plan goes on.",
        "report_begins_on": "2026-10-20",
        "report_ends_on": "2026-11-20",
    }
    goals = {str(goal.pk): {"status": "progressing", "words": "Seen today."} for goal in plan.goals.all()}
    note = charting.write(note, {"is_complete": False}, by=clinic.tess)
    type(note).objects.filter(pk=note.pk).update(
        sections=said, goal_reports=goals, assessment="Better.", plan="Go on.", subjective="Feels steadier."
    )
    answers = {
        finding.code: {"value": "yes", "reason": "As charted."}
        for finding in charting.judged(charting.read(note), signer=clinic.tess).open
    }
    charting.sign(note, {"answers": answers}, by=clinic.tess)
    found = reports.counters([plan], clinic.today)[plan.pk]
    assert (found.since, found.last_report_on, found.last_report_by) == (0, clinic.today, "PT")


def near(clinic, monkeypatch, every):
    monkeypatch.setattr(reports.limits, "report_every", lambda day: every)


def test_what_is_due_stands_with_the_patient_and_in_the_worklist(client, clinic, monkeypatch):
    near(clinic, monkeypatch, 8)
    patient = clinic.patients["stroke"]
    items = due.of(patient, "PT", clinic.today).items
    assert ("report", "treatment day 7 of 8") in {(item.kind, item.short) for item in items}
    found = worklist.of(clinic.tess, clinic.riverside, "therapist", clinic.today)
    assert "report" in {line.item.kind for line in found.lines}
    client.force_login(clinic.tess)
    for url in ("/", "/worklist/", f"/patients/{patient.pk}/"):
        assert "treatment day 7 of 8" in client.get(url).content.decode() or "7 treatment days" in (
            client.get(url).content.decode()
        )


def test_a_payer_that_does_not_count_is_not_held_to_it(clinic, monkeypatch):
    near(clinic, monkeypatch, 3)
    kinds = {item.kind for item in due.of(clinic.patients["ankle"], "PT", clinic.today).items}
    assert "report" not in kinds
    assert clock.today(clinic.riverside.time_zone) == clinic.today


def test_counting_is_two_questions_for_any_number_of_plans(clinic, django_assert_num_queries):
    plans = [plan_on(clinic.patients[key].pk, "PT", clinic.today) for key in ("stroke", "sclerosis")]
    with django_assert_num_queries(2):
        reports.counters(plans, clinic.today)


# --- The counter on the plan's page -----------------------------------------------------------------------


def test_the_plans_page_shows_each_day_that_counts_and_why_the_others_do_not(client, clinic, monkeypatch):
    patient = clinic.patients["sclerosis"]
    plan = plans_on(clinic.today).get(patient=patient, discipline="PT")
    cancelled = clinic.visit_today(clinic.sam, patient)
    visits.record_attendance(visit=cancelled, attendance="cancelled", reason="Snow", by=clinic.sam)
    found = reports.explained(plan, clinic.today)
    # Another visit of today may have no note yet: a day can stand here twice.
    left_out = {(one.on, one.why) for one in found.left_out}
    counted = {day.on for day in found.counter.days}
    assert (clinic.today, "cancelled") in left_out
    assert "occupational therapy" in {why for _, why in left_out}
    assert not counted & {on for on, _ in left_out}
    client.force_login(clinic.tess)
    page = client.get(f"/plans/{plan.pk}/").content.decode()
    card = page[page.index('aria-labelledby="counter"') :]
    for on in counted:
        assert f"{on:%m/%d}" in card
    assert f"{clinic.today:%m/%d/%Y} is not counted: cancelled." in card
    assert page.count('class="treatment-day is-ahead"') == 10 - found.counter.since


def test_a_payer_that_does_not_count_is_told_apart_on_the_page(client, clinic):
    plan = plans_on(clinic.today).get(patient=clinic.patients["ankle"])
    client.force_login(clinic.tess)
    assert "This payer is not known to ask for it." in client.get(f"/plans/{plan.pk}/").content.decode()
