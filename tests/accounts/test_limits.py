"""Guessing: how it ends, that no header helps it, and that it keeps nobody out of their own desk."""

import datetime as dt

import pytest
from django.test import Client

from apps.accounts import limits
from apps.accounts.models import FailedAttempt
from apps.audit import clock

WRONG = "not the passphrase at all"


def guess(email="tess@small.example", password=WRONG, address="203.0.113.7", **headers):
    return Client(REMOTE_ADDR=address).post(
        "/sign-in/", {"username": email, "password": password}, headers=headers
    )


def is_refused(answer):
    assert (answer.status_code == 429) is ("Too many tries" in answer.content.decode())
    return answer.status_code == 429


def test_thirty_guesses_from_one_place_are_answered_five_times(world):
    answers = [guess() for _ in range(30)]
    assert [is_refused(answer) for answer in answers] == [False] * 5 + [True] * 25
    assert is_refused(guess(password=world.password)), "Then the right one is not looked at either."


def test_the_limits_live_in_the_database_so_every_process_has_the_same(world):
    for _ in range(5):
        guess()
    assert FailedAttempt.objects.count() == 5
    FailedAttempt.objects.all().delete()
    assert not is_refused(guess())


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP"])
def test_no_header_makes_a_guesser_look_new(world, name):
    for at in range(5):
        guess(**{name: f"198.51.100.{at}"})
    assert is_refused(guess(**{name: "198.51.100.99"}))


def test_behind_a_proxy_only_what_the_proxy_wrote_is_believed(world, settings):
    settings.BEHIND_PROXY = True
    for at in range(5):
        guess(address="10.0.0.1", **{"X-Forwarded-For": f"198.51.100.{at}, 203.0.113.9"})
    assert is_refused(guess(address="10.0.0.1", **{"X-Forwarded-For": "1.1.1.1, 203.0.113.9"}))
    assert not is_refused(guess(address="10.0.0.1", **{"X-Forwarded-For": "203.0.113.9, 198.51.100.200"}))


def test_addresses_of_one_ipv6_customer_are_one_place(world):
    for at in range(5):
        guess(address=f"2001:db8:1:2::{at + 1}")
    assert is_refused(guess(address="2001:db8:1:2:ffff::1"))
    assert not is_refused(guess(address="2001:db8:1:3::1"))


def test_many_places_together_are_refused_too(world):
    answers = [guess(address=f"198.51.100.{at}") for at in range(limits.PER_ACCOUNT + 3)]
    assert [is_refused(answer) for answer in answers] == [False] * limits.PER_ACCOUNT + [True] * 3


def test_guessing_from_elsewhere_keeps_nobody_out_of_the_desk_they_know(world):
    assert guess(password=world.password, address="192.0.2.10").status_code == 302
    for at in range(limits.PER_ACCOUNT + 5):
        guess(address=f"198.51.100.{at}")
    assert is_refused(guess(password=world.password, address="198.51.100.222"))
    assert guess(password=world.password, address="192.0.2.10").status_code == 302


def test_one_place_does_not_try_everybody(world, monkeypatch):
    monkeypatch.setattr(limits, "PER_PLACE", 4)
    for at in range(4):
        guess(email=f"person{at}@small.example")
    assert is_refused(guess(email="tess@small.example"))


def test_a_limit_ends_by_itself_and_refused_tries_do_not_make_it_longer(world):
    start = clock.now()
    for _ in range(5):
        guess()
    clock.set_to(start + dt.timedelta(minutes=14))
    try:
        assert is_refused(guess(password=world.password))
        clock.set_to(start + dt.timedelta(minutes=15, seconds=2))
        assert guess(password=world.password).status_code == 302
    finally:
        clock.release()


def test_getting_in_gives_the_tries_back(world):
    for _ in range(4):
        guess()
    assert guess(password=world.password).status_code == 302
    assert not is_refused(guess())


def test_what_was_typed_is_not_kept(world):
    guess(email="my-secret-typed-in-the-wrong-box")
    row = FailedAttempt.objects.get()
    assert len(row.account) == len(row.address) == 64
    assert "secret" not in row.account


def test_confirming_has_the_same_limit(world, client):
    client.post("/sign-in/", {"username": world.tess.email, "password": world.password})
    session = client.session
    session["password_given_at"] = 0
    session.save()
    for _ in range(5):
        assert "This is not your password" in client.post("/confirm/", {"password": WRONG}).content.decode()
    assert is_refused(client.post("/confirm/", {"password": world.password}))


# --- Passphrases --------------------------------------------------------------------------------------------

REFUSED = [
    "short",
    "fourteen chars",
    "aaaaaaaaaaaaaaaaaaaa",
    "121212121212121212",
    "123456789012345678",
    "qwertyuiopqwertyuiop",
    "midlinemidlinemidline",
    "Midline-97112-97112",
    "physical therapy clinic",
    "password password 12345",
    "Welcome-Welcome-Welcome1",
    "tess@small.example",
    "riverside riverside riverside",
]
TAKEN = [
    "correct horse battery staple",
    "lantern quarry mosaic thirteen",
    "río montaña bicicleta lámpara",
    "no symbols needed here at all",
    "x7#kLm92!pQzr4Wt",
    "a" * 3 + "bcdefghijk lmnop " * 3 + "z" * 10,
    "ж" * 2 + "лампада карьер мозаика",
]


@pytest.mark.parametrize("passphrase", REFUSED)
def test_an_easy_passphrase_is_refused(world, passphrase):
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        validate_password(passphrase, world.tess)


@pytest.mark.parametrize("passphrase", TAKEN)
def test_length_is_enough_and_no_symbols_are_asked_for(world, passphrase):
    from django.contrib.auth.password_validation import validate_password

    validate_password(passphrase, world.tess)


def test_passphrases_are_kept_by_argon2_outside_the_tests():
    from tests.test_project import GOOD_KEY, start

    told = start(
        "-c",
        "import django; django.setup(); from django.contrib.auth.hashers import make_password as m; "
        "print(m('x').split('$')[0])",
        SECRET_KEY=GOOD_KEY,
        ALLOWED_HOSTS="x.example",
    )
    assert told.stdout.strip() == "argon2"
