"""Somebody is invited, chooses a passphrase that nobody else knows, and adds a second factor."""

import datetime as dt
import re
from smtplib import SMTPException

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from apps.accounts import invitations, security_actions
from apps.accounts.models import Clinic, User
from apps.audit import clock
from apps.audit.models import Deployment, Event
from apps.audit.refused import Refused
from tests.accounts.test_people import NEW
from tests.accounts.test_second_factor import code_of

CHOSEN = "slate harbour thimble orchard"


@pytest.fixture
def ada(world, signed_in, told_just_now):
    return told_just_now(signed_in(world.ada))


@pytest.fixture
def nora(ada):
    """Just added; `nora.link` is what the administrator was shown."""
    page = ada.post(reverse("person-add"), NEW, follow=True).content.decode()
    person = User.objects.get(email="nora@small.example")
    person.link = re.search(r'value="(http://testserver/welcome/\?key=[^"]+)"', page)[1]
    return person


def opened(link):
    """Somebody else's browser, with the link open in it."""
    browser = Client()
    answer = browser.get(link)
    assert answer["Location"] == reverse("welcome"), "The key does not stay in the address."
    return browser


def choose(browser, new=CHOSEN, again=None):
    return browser.post(reverse("welcome"), {"new": new, "again": new if again is None else again})


def test_the_person_chooses_the_passphrase_and_enrols_a_second_factor(nora, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    browser = opened(nora.link)
    assert "nora@small.example" in browser.get(reverse("welcome")).content.decode()
    assert choose(browser)["Location"] == reverse("today")
    assert browser.get(reverse("today"))["Location"] == reverse("second-factor")
    browser.get(reverse("app-add"))
    secret = browser.session["mfa.totp.secret"]
    assert browser.post(reverse("app-add"), {"code": code_of(secret, -1)})["Location"] == reverse(
        "recovery-codes"
    )
    assert browser.get(reverse("today")).status_code == 200
    nora.refresh_from_db()
    assert nora.check_password(CHOSEN)
    verbs = list(Event.objects.filter(target=str(nora.pk)).order_by("-id").values_list("verb", "details"))
    assert verbs[0] == ("passphrase changed", {"invited": True})


def test_a_link_works_once_also_for_whoever_opened_it_before(nora):
    first, second = opened(nora.link), opened(nora.link)
    choose(first)
    for browser in (second, opened(nora.link)):
        assert "This link does not work" in browser.get(reverse("welcome")).content.decode()
        assert "This link does not work" in choose(browser, "another passphrase of mine").content.decode()
    nora.refresh_from_db()
    assert nora.check_password(CHOSEN)
    with pytest.raises(Refused, match="used"):
        security_actions.accept_invitation(person=nora, key=nora.link.split("key=")[1], passphrase="x")


@pytest.mark.parametrize(
    "how", ["late", "deactivated", "replaced", "another address", "cut", "changed", "of somebody else"]
)
def test_a_link_that_has_ended_lets_nobody_in(nora, ada, world, how):
    link = nora.link
    match how:
        case "late":
            clock.set_to(clock.now() + dt.timedelta(hours=invitations.HOURS, minutes=1))
        case "deactivated":
            nora.is_active = False
            nora.save()
        case "replaced":
            ada.post(reverse("person-invitation", args=[nora.pk]))
        case "another address":
            nora.email = "n@small.example"
            nora.save()
        case "cut":
            link = link[:-4]
        case "changed":
            link = link[:-1] + ("a" if link[-1] != "a" else "b")
        case "of somebody else":
            link = link.replace(nora.pk.hex, world.tess.pk.hex)
    browser = opened(link)
    assert "This link does not work" in choose(browser).content.decode()
    assert "_auth_user_id" not in browser.session
    nora.refresh_from_db()
    assert not nora.has_usable_password()


@pytest.mark.parametrize("key", ["", "x", "\x00.\x00", "\ud800", "." * 9000, "٣.٣", "0" * 32 + ".a-b"])
def test_whatever_stands_in_the_address_is_answered_and_makes_no_session(db, key):
    browser = Client()
    answer = browser.get(reverse("welcome"), {"key": key.encode("utf-8", "surrogatepass")})
    assert answer.status_code in (302, 400) and not browser.cookies


@pytest.mark.parametrize(
    ("new", "again", "field", "message"),
    [
        ("short", "short", "new", "at least 15 characters"),
        ("nora@small.example", "nora@small.example", "new", "similar"),
        (CHOSEN, CHOSEN + "s", "again", "not the same"),
        ("", "", "new", "required"),
        ("a\x00" + CHOSEN, "", "new", "Null characters"),
    ],
)
def test_a_passphrase_that_will_not_do_is_named_at_its_field_and_the_link_still_works(
    nora, new, again, field, message
):
    browser = opened(nora.link)
    answer = choose(browser, new, again)
    assert message in " ".join(answer.context["form"].errors[field])
    assert choose(browser).status_code == 302


def test_a_passphrase_is_taken_exactly_as_typed_in_fields_that_hide_it_and_take_a_password_manager(nora):
    browser = opened(nora.link)
    page = browser.get(reverse("welcome")).content.decode()
    assert len(re.findall(r'<input type="password"[^>]*autocomplete="new-password"', page)) == 2
    assert "onpaste" not in page and 'autocomplete="off"' not in page
    typed = "  Slate harbour thimble Ünterwegs " + "x" * 64 + " "
    assert choose(browser, typed).status_code == 302
    for sent, gets_in in ((typed, True), (typed.strip(), False), (typed.lower(), False), (typed[:64], False)):
        answer = Client().post(reverse("sign-in"), {"username": nora.email, "password": sent})
        assert (answer.status_code == 302) is gets_in


def test_whoever_forgot_it_gets_a_link_and_what_they_had_ends(world, ada):
    tess = Client()
    tess.force_login(world.tess)
    page = ada.post(reverse("person-invitation", args=[world.tess.pk]), follow=True)
    assert "/welcome/?key=" in page.content.decode()
    assert tess.get("/").status_code == 302
    world.tess.refresh_from_db()
    assert not world.tess.check_password(world.password)
    assert Event.objects.filter(verb="person invited", target=str(world.tess.pk)).exists()


def test_looking_at_the_page_ends_nothing_and_oneself_is_not_invited(world, ada):
    path = reverse("person-invitation", args=[world.tess.pk])
    assert "key=" not in ada.get(path).content.decode()
    world.tess.refresh_from_db()
    assert world.tess.check_password(world.password)
    for method in (ada.get, ada.post):
        page = method(reverse("person-invitation", args=[world.ada.pk]), follow=True)
        assert "Your own passphrase is changed" in page.content.decode()
    world.ada.refresh_from_db()
    assert world.ada.has_usable_password()


def test_a_link_is_shown_only_to_an_administrator_who_just_said_who_they_are(world, signed_in):
    client, path = signed_in(world.ada), reverse("person-invitation", args=[world.tess.pk])
    for answer in (client.get(path), client.post(path)):
        assert answer["Location"].startswith(reverse("confirm"))
    world.tess.refresh_from_db()
    assert world.tess.has_usable_password()


def test_it_is_sent_by_mail_where_there_is_mail_and_a_mail_that_fails_loses_nothing(
    ada, world, settings, monkeypatch
):
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.small.example", "midline@small.example"
    ada.post(reverse("person-add"), NEW)
    (message,) = mail.outbox
    assert message.to == ["nora@small.example"] and "http://testserver/welcome/?key=" in message.body

    def fails(*args, **kwargs):
        raise SMTPException("no")

    monkeypatch.setattr(invitations, "send_mail", fails)
    page = ada.post(reverse("person-add"), {**NEW, "email": "n@small.example"}, follow=True).content.decode()
    assert "could not be sent" in page and "/welcome/?key=" in page


def test_a_clinic_begins_with_a_link_for_its_first_administrator(db, capsys):
    Deployment.objects.update(is_demo=False)  # beside the demo there is no clinic
    sent = {
        "name": "Hillside",
        "address": "3 Hill St",
        "phone": "312 555 0102",
        "time_zone": "America/Chicago",
        "administrator_name": "Ann Reyes",
        "administrator_email": "ann@hillside.example",
    }
    with pytest.raises(CommandError, match="not a time zone"):
        call_command("new_clinic", **{**sent, "time_zone": "Chicago"})
    assert not Clinic.objects.filter(name="Hillside").exists()
    call_command("new_clinic", **sent)
    browser = opened(capsys.readouterr().out.split()[-1])
    choose(browser)
    assert browser.get(reverse("people")).status_code == 200
