"""The day's list."""

import datetime as dt

import pytest

from apps.visits import actions
from tests.accounts.small_clinic import add_note, add_patient, add_visit


def page(client, **query):
    answer = client.get("/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_day_holds_the_visits_that_one_is_on_and_no_others(world, signed_in):
    add_visit(world)
    add_visit(world, patient=add_patient(world), clinician=world.sam)
    text = page(signed_in(world.tess))
    assert "Okafor, Grace" in text and "Quill" not in text


@pytest.mark.parametrize("who", ["asa", "stu"])
def test_assistants_and_students_see_their_visits(world, signed_in, who):
    add_visit(world, assistant=world.asa, student=world.stu)
    assert "Okafor, Grace" in page(signed_in(getattr(world, who)))


def test_a_supervisor_may_see_everybodys_and_a_therapist_may_not(world, signed_in):
    add_visit(world, patient=add_patient(world), clinician=world.sam)
    add_visit(world)
    text = page(signed_in(world.sam), whose="all")
    assert "Okafor" in text and "Quill" in text
    assert "Quill" not in page(signed_in(world.tess), whose="all")


def test_each_state_of_a_note_has_its_one_action(world, signed_in):
    new, draft, signed, away = [
        add_visit(world, patient=add_patient(world, mrn=f"P{number}"), expected_at=dt.time(9 + number))
        for number in range(4)
    ]
    draft_note, signed_note = add_note(draft, world.tess), add_note(signed, world.tess, "signed")
    actions.record_attendance(visit=away, attendance="cancelled", reason="Ill", by=world.tess)
    text = page(signed_in(world.tess))
    assert f'action="/visits/{new.pk}/start/"' in text
    assert f'href="/notes/{draft_note.pk}/"' in text and "Continue" in text
    assert f'href="/notes/{signed_note.pk}/"' in text and "View note" in text
    assert f"/visits/{away.pk}/start/" not in text
    assert text.count("Start note") == 1


def test_a_discarded_draft_leaves_the_visit_free_to_start_again(world, signed_in):
    visit = add_visit(world)
    add_note(visit, world.tess, "discarded")
    assert f"/visits/{visit.pk}/start/" in page(signed_in(world.tess))


def test_a_supervisor_reads_anothers_draft_and_does_not_continue_it(world, signed_in):
    add_note(add_visit(world), world.tess)
    text = page(signed_in(world.sam), whose="all")
    assert "View draft" in text and "Continue" not in text


def test_a_visit_of_tomorrow_cannot_be_started(world, signed_in):
    visit = add_visit(world, days_ago=-1)
    day = (world.today + dt.timedelta(days=1)).isoformat()
    text = page(signed_in(world.tess), on=day)
    assert "Okafor" in text and f"/visits/{visit.pk}/start/" not in text


def test_earlier_drafts_come_first_until_they_are_finished(world, signed_in):
    note = add_note(add_visit(world, days_ago=3), world.tess)
    client = signed_in(world.tess)
    text = page(client)
    assert "Earlier, not finished" in text and f"/notes/{note.pk}/" in text
    note.status = "signed"
    note.save()
    assert "Earlier, not finished" not in page(client)


def test_the_days_before_and_after_are_one_press_away(world, signed_in):
    text = page(signed_in(world.tess), on="2026-03-01")
    assert "Sunday, March 1, 2026" in text
    assert "?on=2026-02-28" in text and "?on=2026-03-02" in text


@pytest.mark.parametrize(
    "on", ["nonsense", "1850-01-01", "2026-02-30", "1_5", "٢٠٢٦-٠١-٠١", "\x00", "9" * 5000]
)
def test_a_bad_date_shows_today_and_says_why(world, signed_in, on):
    text = page(signed_in(world.tess), on=on)
    assert "is-invalid" in text and "<h1>Today</h1>" in text


@pytest.mark.parametrize("on", ["1900-01-01", "2100-12-31"])
def test_the_furthest_dates_have_neighbours(world, signed_in, on):
    page(signed_in(world.tess), on=on)


def test_an_empty_day_says_where_to_start(world, signed_in):
    text = page(signed_in(world.tess))
    assert "No visits on this day" in text and "Find a patient" in text
    assert "Find a patient</a>" not in page(signed_in(world.stu))


def test_who_has_no_visits_is_taken_to_what_they_have(world, signed_in):
    for who in (world.ada, world.rita):
        assert signed_in(who).get("/")["Location"] == "/home/"


def test_the_day_is_only_read(world, signed_in):
    assert signed_in(world.tess).post("/").status_code == 405


def test_the_list_asks_the_database_the_same_however_many_there_are(
    world, signed_in, django_assert_max_num_queries
):
    for number in range(12):
        add_visit(world, patient=add_patient(world, mrn=f"M{number}"))
    client = signed_in(world.tess)
    with django_assert_max_num_queries(20):
        page(client)
