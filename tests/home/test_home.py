"""The first page by role: what waits, and that each count is the count of the list that it leads to."""

import datetime as dt
import re

import pytest
from django.test import Client

from apps.accounts import actions as people
from apps.accounts.models import Role
from apps.audit import clock
from apps.home import waiting
from apps.notes import reviewing
from apps.patients import requests
from apps.patients.models import Payer
from apps.visits.models import Visit


def of(person, clinic):
    return {
        one.words.rpartition("|")[2]: one
        for one in waiting.of(person, person.memberships.get(clinic=clinic.riverside))
    }


@pytest.fixture
def opened(client: Client):
    def open_page(person, address="/"):
        client.force_login(person)
        answer = client.get(address, follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    return open_page


def test_a_therapist_is_told_of_old_and_of_returned_notes(clinic, opened):
    before = of(clinic.tess, clinic)["notes not signed"]
    note = clinic.draft_by(clinic.tess)
    reviewing.send(note=note, by=clinic.tess, words="Enough?")
    reviewing.give_back(note=note, by=clinic.sam, words="Say what was seen.")
    yesterday, older = (clinic.today - dt.timedelta(days=days) for days in (1, 2))
    now = of(clinic.tess, clinic)
    assert now["notes returned to you"].number == 1 and now["notes returned to you"].tone == "warn"
    assert now["notes not signed"].number == before.number + 1
    # A note of yesterday is not old before a whole day has passed since that day ended.
    Visit.objects.filter(pk=note.visit_id).update(served_on=yesterday)
    assert of(clinic.tess, clinic)["notes not signed"].more == before.more
    Visit.objects.filter(pk=note.visit_id).update(served_on=older)
    assert "2 older than 24 hours" in of(clinic.tess, clinic)["notes not signed"].more
    page = opened(clinic.tess)
    assert "note returned to you" in page and page.index("returned to you") < page.index("<h2")
    # The list says the same.
    assert opened(clinic.tess, "/notes/").count(">Continue<") == before.number + 1


def test_what_waits_at_the_desk_is_on_the_supervisors_first_page(clinic, opened):
    note = clinic.draft_by(clinic.tess)
    reviewing.send(note=note, by=clinic.tess, words="Enough?")
    found = of(clinic.sam, clinic)["sent for review"]
    assert (found.number, found.address) == (1, "/review/")
    assert "sent for review" in opened(clinic.sam)
    people.change_person(
        person=clinic.tess, clinic=clinic.riverside, role=Role.THERAPIST, is_active=False, by=clinic.alex
    )
    left = of(clinic.sam, clinic)["drafts of people who left"]
    assert left.number == opened(clinic.sam, "/notes/left/").count('class="what"') > 0


def test_records_staff_see_how_long_letters_still_give(clinic, opened):
    requests.record_request(
        patient=clinic.patients["stroke"],
        received_on=clinic.today - dt.timedelta(days=12),
        requester="A lawyer",
        by=clinic.rae,
    )
    asked = of(clinic.rae, clinic)["requests written down and not answered"]
    assert asked.number == 1 and "11/08/2026" in asked.more
    page = opened(clinic.rae)
    assert "To do now" in page and "A lawyer" not in page, "the first page names nobody"
    assert "A lawyer" in opened(clinic.rae, "/packets/")


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("days", "says", "word"),
    [
        ([], "", ""),
        ([None], "", ""),
        ([-3, -1, 4, None], "2 past the date, the next is due in 4 days", "Late"),
        ([0], "the next is due today", "Soon"),
        ([8, 30], "the next is due in 8 days", ""),
    ],
)
def test_letters_are_counted_by_the_days_that_are_left(days, says, word):
    found = waiting.counted_letters(days, "/packets/")
    assert (found.number, found.more, found.word) == (len(days), says, word)


def test_an_administrator_sees_who_cannot_work_yet(clinic, opened, settings):
    calm = of(clinic.alex, clinic)
    assert "people have not used their link" not in calm and "Payers" not in calm
    person = people.add_person(
        clinic=clinic.riverside,
        role=Role.THERAPIST,
        email="new@riverside.example",
        name="New",
        by=clinic.alex,
    )
    person.credential, person.licence_number = "PT", "070-1"
    for ends, words, tone in (
        (-1, "licences ended", "stop"),
        (0, "licences end within 60 days", "warn"),
        (60, "licences end within 60 days", "warn"),
        (61, "", ""),
        (None, "licences without a number or a date", "warn"),
    ):
        person.licence_expires_on = None if ends is None else clinic.today + dt.timedelta(days=ends)
        person.save()
        found = of(clinic.alex, clinic)
        told = {words for words in found if words.startswith("licences")}
        assert told == {words} - {""} and (not words or found[words].tone == tone)
    assert found["people have not used their link"].number == 1
    assert found["people have not used their link"].address == "/people/"
    page = opened(clinic.alex, "/people/")
    assert "No date is entered" in page
    Payer.objects.filter(clinic=clinic.riverside).update(is_active=False)
    assert not of(clinic.alex, clinic)["Payers"].is_counted
    settings.SECOND_FACTOR_REQUIRED, settings.DEMO = True, False
    assert of(clinic.alex, clinic)["people without a second factor"].number == len(clinic.people) - 2


def test_a_clinics_numbers_may_be_a_minute_old_and_ones_own_are_of_now(clinic, monkeypatch):
    word = "certifications, orders, authorizations due"
    whole = f"{word} in the clinic"
    own, everybodys = of(clinic.tess, clinic), of(clinic.sam, clinic)
    assert own[word].number and everybodys[whole].number
    monkeypatch.setattr(waiting, "due_lines", lambda *of_whom, **how: ([], []))
    assert word not in of(clinic.tess, clinic)
    assert of(clinic.sam, clinic)[whole] == everybodys[whole]
    clock.set_to(clock.now() + waiting.KEPT)
    assert whole not in of(clinic.sam, clinic)


def test_what_is_counted_costs_the_same_however_much_there_is(clinic, django_assert_max_num_queries):
    for person, queries in (
        (clinic.tess, 20),
        (clinic.sam, 33),
        (clinic.rae, 18),
        (clinic.alex, 6),
        (clinic.jo, 3),
    ):
        membership = person.memberships.select_related("clinic").get(clinic=clinic.riverside)
        for _ in range(2 if person == clinic.tess else 0):
            clinic.draft_by(clinic.tess)
        with django_assert_max_num_queries(queries):
            found = waiting.of(person, membership)
        assert all(re.match(r"/|$", one.address) for one in found)


def test_nothing_says_what_it_means(client, db):
    from tests.accounts import small_clinic

    world = small_clinic.build()
    client.force_login(world.tess)
    assert waiting.NOTHING[Role.THERAPIST].encode() not in client.get("/").content, "no licence is entered"
    world.tess.licence_number, world.tess.licence_expires_on = (
        "1",
        clock.today("UTC") + dt.timedelta(days=999),
    )
    world.tess.save()
    assert waiting.NOTHING[Role.THERAPIST].encode() in client.get("/").content
