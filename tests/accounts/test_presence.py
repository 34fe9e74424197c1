"""How long a sign-in lasts: a person's input keeps it, nothing that runs by itself does."""

import datetime as dt

import pytest
from django.test import Client

from apps.accounts import presence
from apps.audit import clock
from apps.audit.models import Event
from tests.accounts.small_clinic import add_note, add_visit

HTMX = {"HX-Request": "true"}
POLL = {"Sec-Fetch-Mode": "cors"}


@pytest.fixture
def pass_time():
    start = clock.now()

    def later(minutes):
        clock.set_to(start + dt.timedelta(minutes=minutes))

    yield later
    clock.release()


@pytest.fixture
def at_work(world, pass_time, client):
    pass_time(0)
    client.force_login(world.tess)
    return client


def test_a_quarter_of_an_hour_without_input_ends_it(at_work, pass_time, happened):
    pass_time(14.9)
    assert at_work.get("/signed-in/", headers=POLL).status_code == 200
    pass_time(15.1)
    assert at_work.get("/signed-in/", headers=POLL).status_code == 401
    assert at_work.get("/")["Location"].startswith("/sign-in/")
    assert "sign-in ended" in happened()


@pytest.mark.parametrize("headers", [HTMX, POLL, {**HTMX, "Sec-Fetch-Mode": "cors"}])
def test_what_runs_by_itself_keeps_nothing_open(at_work, pass_time, headers):
    for minute in range(1, 15):
        pass_time(minute)
        assert at_work.get("/signed-in/", headers=headers).status_code == 200
    pass_time(15.1)
    assert at_work.get("/signed-in/", headers=headers).status_code == 401


def test_pages_that_a_person_opens_keep_it_open(at_work, pass_time):
    for minute in range(0, 61, 10):
        pass_time(minute)
        assert at_work.get("/").status_code == 200


def test_a_save_that_follows_typing_keeps_it_open_and_one_tried_again_does_not(world, at_work, pass_time):
    note = add_note(add_visit(world), world.tess)
    address, data = f"/notes/{note.pk}/", {"revision": "1"}
    for minute in range(10, 41, 10):
        pass_time(minute)
        answer = at_work.post(address, data, headers={**HTMX, presence.INPUT_HEADER: "1"})
        assert answer.status_code != 401
    pass_time(50)
    assert at_work.post(address, data, headers=HTMX).status_code != 401
    pass_time(56)
    answer = at_work.post(address, data, headers=HTMX)
    assert (answer.status_code, answer["HX-Trigger"]) == (401, "signed-out")


def test_twelve_hours_end_it_whatever_one_does(at_work, pass_time):
    for minute in range(0, 12 * 60, 10):
        pass_time(minute)
        assert at_work.get("/signed-in/").status_code == 200
    pass_time(12 * 60 + 0.1)
    assert at_work.get("/signed-in/").status_code == 401


def test_a_page_is_told_when_to_lock(at_work, pass_time):
    pass_time(5)
    state = at_work.get("/signed-in/", headers=POLL).json()
    assert state["locks_in"] == 10 * 60


@pytest.mark.parametrize("lost", [presence.BEGAN_AT, presence.INPUT_AT])
def test_a_session_that_does_not_say_when_it_began_is_over(at_work, lost):
    session = at_work.session
    session[lost] = "yesterday"
    session.save()
    assert at_work.get("/signed-in/").status_code == 401


def test_ending_another_sign_in_works_on_its_next_request(world, client, happened):
    here, there = client, Client(HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Safari/604")
    for one in (here, there):
        one.post("/sign-in/", {"username": world.tess.email, "password": world.password})
    page = here.get("/security/").content.decode()
    assert "Safari on iPhone" in page and "This one" in page
    other = world.tess.usersession_set.exclude(session_key=here.session.session_key).get()
    here.post("/security/end/", {"id": other.pk})
    assert there.get("/signed-in/").status_code == 401
    assert here.get("/signed-in/").status_code == 200
    assert happened()[0] == "sign-in ended"


def test_signing_out_everywhere_else_keeps_this_one(world, client):
    others = [Client(), Client()]
    for one in (*others, client):
        one.post("/sign-in/", {"username": world.tess.email, "password": world.password})
    client.post("/security/end/", {"others": "1"})
    assert [one.get("/signed-in/").status_code for one in (*others, client)] == [401, 401, 200]


def test_a_new_passphrase_ends_the_other_sign_ins(world, client):
    other = Client()
    for one in (other, client):
        one.post("/sign-in/", {"username": world.tess.email, "password": world.password})
    client.post("/security/passphrase/", {"new": "lantern quarry mosaic thirteen"})
    assert (other.get("/signed-in/").status_code, client.get("/signed-in/").status_code) == (401, 200)
    assert Event.objects.first().verb == "passphrase changed"
    world.tess.refresh_from_db()
    assert world.tess.check_password("lantern quarry mosaic thirteen")


def test_an_old_cookie_opens_nothing_after_signing_out(world, client):
    client.post("/sign-in/", {"username": world.tess.email, "password": world.password})
    kept = client.cookies["midline"].value
    client.post("/sign-out/")
    thief = Client()
    thief.cookies["midline"] = kept
    assert thief.get("/signed-in/").status_code == 401
