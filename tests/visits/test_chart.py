"""The chart."""

import datetime as dt

import pytest

from apps.audit.models import Event
from apps.episodes import actions as episodes
from apps.patients import actions as patients
from tests.accounts.small_clinic import add_note, add_visit


@pytest.fixture
def charted(world):
    patients.add_coverage(
        patient=world.grace,
        payer=world.payer,
        member_number="1EG4-TE5-MK72",
        starts_on=dt.date(2024, 1, 1),
        by=world.tess,
    )
    patients.add_diagnosis(patient=world.grace, code="G20.A1", type="treating", by=world.tess)
    patients.add_diagnosis(patient=world.grace, code="R27.0", type="medical", by=world.tess)
    plan = episodes.add_plan(
        patient=world.grace,
        discipline="PT",
        established_on=dt.date(2026, 9, 18),
        weeks=13,
        by=world.tess,
    )
    episodes.add_goal(plan=plan, words="Walks outdoors", by=world.tess)
    add_visit(world, student=world.stu)
    return world


def chart(client, world):
    answer = client.get(f"/patients/{world.grace.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_chart_holds_all_that_is_known(charted, signed_in):
    text = chart(signed_in(charted.tess), charted)
    for words in (
        "Okafor, Grace",
        "MRN A10482",
        "03/14/1955",
        "G20.A1",
        "1EG4-TE5-MK72",
        "Medicare Part B",
        "Goal 1",
        "Walks outdoors",
        "09/18/2026 through 12/17/2026",
    ):
        assert words in text
    treating, medical = text.index("Treating diagnoses"), text.index("Medical diagnoses")
    assert treating < text.index("G20.A1") < medical < text.index("R27.0")


def test_opening_a_chart_is_recorded(charted, signed_in):
    chart(signed_in(charted.tess), charted)
    event = Event.objects.first()
    assert (event.verb, event.patient, event.actor) == (
        "chart opened",
        str(charted.grace.pk),
        str(charted.tess.pk),
    )


def test_the_title_which_browsers_remember_names_nobody(charted, signed_in):
    text = chart(signed_in(charted.tess), charted)
    title = text[text.index("<title>") : text.index("</title>")]
    assert "Okafor" not in title


@pytest.mark.parametrize(
    ("who", "offered", "withheld"),
    [
        (
            "tess",
            ["Start a visit now", "Book a visit", "Edit the patient", "diagnoses/add/", "plans/add/"],
            [],
        ),
        ("asa", ["Start a visit now", "Book a visit", "Edit the patient"], []),
        ("rita", ["Edit the patient", "coverage/add/"], ["Start a visit now", "Book a visit", "plans/add/"]),
        ("stu", ["Start note"], ["Start a visit now", "Book a visit", "Edit the patient", "/add/"]),
    ],
)
def test_what_is_offered_is_what_one_may(charted, signed_in, who, offered, withheld):
    text = chart(signed_in(getattr(charted, who)), charted)
    text = text[text.index("<main") :]
    assert not [words for words in offered if words not in text]
    assert not [words for words in withheld if words in text]


def test_records_staff_see_signed_notes_and_no_drafts(charted, signed_in):
    draft = add_note(add_visit(charted, days_ago=2), charted.tess)
    signed = add_note(add_visit(charted, days_ago=1), charted.tess, "signed")
    text = chart(signed_in(charted.rita), charted)
    assert f"/notes/{signed.pk}/" in text and f"/notes/{draft.pk}/" not in text


def test_a_student_sees_their_own_visits_alone(charted, signed_in):
    add_visit(charted, days_ago=5)
    day = (charted.today - dt.timedelta(days=5)).strftime("%m/%d/%Y")
    assert day not in chart(signed_in(charted.stu), charted)
    assert day in chart(signed_in(charted.tess), charted)


def test_visits_come_newest_first_and_in_pages(charted, signed_in):
    for days in range(1, 28):
        add_visit(charted, days_ago=days)
    client = signed_in(charted.tess)
    text = chart(client, charted)
    newer = (charted.today - dt.timedelta(days=1)).strftime("%m/%d/%Y")
    older = (charted.today - dt.timedelta(days=2)).strftime("%m/%d/%Y")
    assert text.index(newer) < text.index(older)
    assert "Page 1 of 2" in text
    for page in ("2", str(10**30), "x"):
        assert client.get(f"/patients/{charted.grace.pk}/", {"page": page}).status_code == 200


@pytest.mark.parametrize("who", ["una", "ada", "olga"])
def test_the_chart_does_not_exist_for_others(charted, signed_in, who):
    assert signed_in(getattr(charted, who)).get(f"/patients/{charted.grace.pk}/").status_code == 404
    assert not Event.objects.filter(verb="chart opened", actor=str(getattr(charted, who).pk)).exists()


def test_the_chart_is_only_read(charted, signed_in):
    assert signed_in(charted.tess).post(f"/patients/{charted.grace.pk}/").status_code == 405


def test_the_chart_asks_the_database_the_same_however_much_there_is(
    charted, signed_in, django_assert_max_num_queries
):
    for days in range(1, 20):
        add_note(add_visit(charted, days_ago=days), charted.tess)
    client = signed_in(charted.tess)
    with django_assert_max_num_queries(29):
        chart(client, charted)
