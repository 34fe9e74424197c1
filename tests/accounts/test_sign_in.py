"""Signing in and out, and the clinic one works in."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from apps.accounts import actions
from apps.accounts.middleware import SESSION_KEY
from apps.accounts.models import Role
from apps.audit import clock
from apps.audit.models import Deployment, Event


def sign_in(client, email, password, **more):
    return client.post("/sign-in/", {"username": email, "password": password, **more})


def test_an_e_mail_address_and_password_open_the_day(world, client, happened):
    answer = sign_in(client, "tess@small.example", world.password)
    assert answer.status_code == 302 and answer["Location"] == "/"
    assert client.get("/").status_code == 200
    assert happened()[:2] == ["list of patients opened", "signed in"]


def test_the_case_and_the_spaces_of_an_address_do_not_matter(world, client):
    assert sign_in(client, " TESS@Small.Example ", world.password).status_code == 302


def test_the_moment_of_the_password_is_kept_for_signing(world, client):
    sign_in(client, "tess@small.example", world.password)
    assert isinstance(client.session["password_given_at"], int)


def test_a_wrong_password_says_what_to_do_and_keeps_the_address(world, client):
    answer = sign_in(client, "tess@small.example", "not-the-password")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "ask your clinic&#x27;s administrator for a link" in text
    assert "tess@small.example" in text
    assert "not-the-password" not in text


def test_a_failed_sign_in_is_recorded_without_what_was_typed(world, client):
    sign_in(client, "somebody@small.example", "mistyped-secret")
    event = Event.objects.get(verb="sign-in failed")
    assert (event.actor, event.actor_name, event.details) == ("", "", {})


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("", ""),
        ("\x00", "\x00"),
        ("x" * 1_000_000, "y" * 900_000),
        ("not an address", "z" * 5_000),
        ("tess@small.example", "\ud800".encode("utf-16", "surrogatepass").decode("latin-1")),
    ],
)
def test_nonsense_gets_a_message_and_no_error(world, client, email, password):
    answer = sign_in(client, email, password)
    assert answer.status_code == 200
    assert "is-invalid" in answer.content.decode() or "alert" in answer.content.decode()


def test_whoever_is_deactivated_cannot_sign_in_and_is_told_no_more_than_others(world, client):
    actions.change_person(
        person=world.tess, clinic=world.own, role=Role.THERAPIST, is_active=False, by=world.ada
    )
    answer = sign_in(client, "tess@small.example", world.password)
    assert "do not belong together" in answer.content.decode()


def test_one_returns_to_the_page_one_came_for_but_never_to_another_site(world, client):
    assert (
        sign_in(client, "tess@small.example", world.password, next="/patients/")["Location"] == "/patients/"
    )
    assert (
        sign_in(client, "tess@small.example", world.password, next="https://example.com/")["Location"] == "/"
    )


def test_only_a_demo_database_tells_where_the_sign_ins_are(world, client):
    Deployment.objects.update_or_create(id=1, defaults={"is_demo": True})
    assert "printed where Midline was started" in client.get("/sign-in/").content.decode()
    Deployment.objects.update(is_demo=False)
    assert "printed where Midline" not in client.get("/sign-in/").content.decode()


def test_signing_out_ends_the_session_and_is_recorded(world, signed_in, happened):
    client = signed_in(world.tess)
    answer = client.post("/sign-out/")
    assert answer.status_code == 302 and answer["Clear-Site-Data"] == '"cache", "storage"'
    assert happened()[0] == "signed out"
    assert client.get("/")["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("name", ["sign-out", "choose-clinic"])
def test_what_changes_the_session_is_not_reached_by_a_link(world, signed_in, name):
    assert signed_in(world.tess).get(reverse(name)).status_code == 405


def test_signing_out_without_being_signed_in_does_no_harm(db, client):
    assert client.post("/sign-out/").status_code == 302


def test_a_person_of_two_clinics_chooses_one(world, signed_in):
    actions.add_to_clinic(person=world.tess, clinic=world.other, role=Role.ADMINISTRATOR, by=world.olga)
    client = signed_in(world.tess)
    assert client.post("/clinic/", {"clinic": str(world.other.pk)}).status_code == 302
    assert client.session[SESSION_KEY] == str(world.other.pk)
    assert client.get("/people/").status_code == 200
    client.post("/clinic/", {"clinic": str(world.own.pk)})
    assert client.get("/people/").status_code == 404


@pytest.mark.parametrize("chosen", ["", "nonsense", "\x00", "00000000-0000-4000-8000-000000000000"])
def test_a_clinic_of_others_cannot_be_chosen(world, signed_in, chosen):
    assert signed_in(world.tess).post("/clinic/", {"clinic": chosen}).status_code == 404
    assert signed_in(world.tess).post("/clinic/", {"clinic": str(world.other.pk)}).status_code == 404


def test_a_person_without_a_clinic_is_told_whom_to_ask(world, signed_in):
    world.tess.memberships.update(is_active=False)
    assert "administrator" in signed_in(world.tess).get("/").content.decode()


def test_no_passphrase_ends_by_itself_and_nothing_stands_in_for_one(world, client, monkeypatch):
    """No calendar makes people choose weaker ones; no hint and no question opens what they protect."""
    clock.set_to(clock.now() + dt.timedelta(days=365 * 9))
    page = client.get("/sign-in/").content.decode()
    asked = set(re.findall(r'<input[^>]* name="([^"]+)"', page))
    assert asked <= {"csrfmiddlewaretoken", "next", "username", "password", "credential"}
    answer = client.post("/sign-in/", {"username": world.tess.email, "password": world.password})
    assert answer.status_code == 302 and "_auth_user_id" in client.session
