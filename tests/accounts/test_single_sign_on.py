"""Signing in through the clinic's directory: allauth's own provider, asked without a network in between."""

import json
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.idp.oidc.models import Client as Midline
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.test import Client
from django.urls import reverse
from jwt.algorithms import RSAAlgorithm

from apps.accounts import actions, factors, security_actions, single_sign_on
from apps.accounts.models import User
from apps.audit import verbs
from apps.audit.models import Event

ISSUER = "http://testserver"


class InProcess(requests.adapters.BaseAdapter):
    """Carries Midline's questions to the directory, which is the same program here."""

    def send(self, request, **how):
        parts = urlsplit(request.url)
        body = request.body or b""
        answer = Client().generic(
            request.method,
            f"{parts.path}?{parts.query}" if parts.query else parts.path,
            body.encode() if isinstance(body, str) else body,
            request.headers.get("Content-Type", "application/octet-stream"),
            headers={k: v for k, v in request.headers.items() if k in ("Authorization", "Accept")},
        )
        carried = requests.Response()
        carried.status_code, carried._content, carried.url = answer.status_code, answer.content, request.url
        carried.headers.update(answer.headers)
        return carried

    def close(self):
        pass


def made_key():
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return private.private_bytes(pem, pkcs8, serialization.NoEncryption()).decode()


@pytest.fixture(scope="module")
def key():
    return made_key()


@pytest.fixture
def directory(clinic, settings, key, monkeypatch):
    """`directory("a@b.example")`: the browser of somebody who is signed in there, with this address."""
    settings.ROOT_URLCONF = "tests.accounts.directory_urls"
    settings.IDP_OIDC_PRIVATE_KEY = key
    settings.OIDC_NAME = "Riverside ID"
    midline = Midline(
        id="midline",
        name="Midline",
        scopes="openid\nprofile\nemail",
        redirect_uris=f"{ISSUER}{reverse('openid_connect_callback')}",
        skip_consent=True,
    )
    midline.set_secret("a secret of the two")
    midline.save()
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    told = {"client_id": "midline", "secret": "a secret of the two", "settings": {"server_url": ISSUER}}
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [{**app, **told}]}
    }
    session = requests.Session()
    session.mount("http://", InProcess())
    monkeypatch.setattr(single_sign_on.Directory, "get_requests_session", lambda self: session)

    def somebody(email, *, verified=True):
        person = User.objects.create_user(email=f"{User.objects.count()}@directory.example", name="There")
        EmailAddress.objects.create(user=person, email=email, verified=verified, primary=True)
        browser = Client()
        browser.force_login(person)
        session = browser.session
        session[factors.GIVEN] = True  # there, where Midline's own rules are no business of ours
        session.save()
        return browser

    return somebody


def come_back(client, there, *, change=None, **sent):
    """Through the whole: the button, the directory, and back. Gives the answer to coming back."""
    page = client.post(reverse("single-sign-on"), sent)
    assert page.status_code == 200
    asked = urlsplit(page.context["address"])
    assert asked.netloc == "testserver" and parse_qs(asked.query)["code_challenge_method"] == ["S256"]
    sent_back = there.get(f"{asked.path}?{asked.query}")
    assert sent_back.status_code == 302, sent_back.content
    back = urlsplit(sent_back["Location"])
    query = {name: values[0] for name, values in parse_qs(back.query).items()} | (change or {})
    return client.get(back.path, query)


def words(client):
    return client.get(reverse("sign-in")).content.decode()


def test_a_person_whom_the_directory_knows_gets_in_and_is_known_from_then_on(clinic, client, directory):
    assert "Sign in with Riverside ID" in words(client)
    there = directory("dana@riverside.example")
    path = reverse("patients")
    answer = come_back(client, there, next=path)
    assert (answer.status_code, answer["Location"]) == (302, path)
    assert client.get(path).status_code == 200
    signed_in = Event.objects.filter(verb=verbs.SIGNED_IN, actor=str(clinic.tess.pk)).first()
    assert signed_in.details == {"by_way_of": ["socialaccount"]}
    assert Event.objects.filter(verb=verbs.DIRECTORY_LINKED).get().actor == str(clinic.tess.pk)
    assert SocialAccount.objects.get().user == clinic.tess
    # What the directory gave to ask it with has been used, and is kept nowhere.
    kept = json.dumps(dict(client.session.items()), default=str)
    assert not SocialToken.objects.exists() and "token" not in kept.replace("csrftoken", "")

    # Another address there is still the same person: what counts is the directory's own id.
    EmailAddress.objects.update(email="dana.married@riverside.example")
    again = Client()
    come_back(again, there)
    assert again.session["_auth_user_id"] == str(clinic.tess.pk)
    assert SocialAccount.objects.count() == 1


def test_an_unknown_address_is_refused_clearly_and_makes_no_account(clinic, client, directory):
    there = directory("nobody@riverside.example")
    people = User.objects.count()
    answer = come_back(client, there)
    assert (answer.status_code, answer["Location"]) == (302, reverse("sign-in"))
    said = words(client)
    assert "nobody in Midline has the e-mail address nobody@riverside.example" in said
    assert "administrator" in said
    assert User.objects.count() == people and not SocialAccount.objects.exists()
    assert "_auth_user_id" not in client.session
    event = Event.objects.filter(verb=verbs.SIGN_IN_FAILED).first()
    assert (event.outcome, event.details) == ("refused", {"single_sign_on": True})


def test_an_address_that_the_directory_does_not_vouch_for_opens_nothing(clinic, client, directory, settings):
    there = directory("dana@riverside.example", verified=False)
    come_back(client, there)
    assert "did not vouch for an e-mail address" in words(client)
    assert "_auth_user_id" not in client.session
    settings.OIDC_EMAIL_TRUSTED = True
    come_back(client, there)
    assert client.session["_auth_user_id"] == str(clinic.tess.pk)


def test_an_address_given_to_somebody_else_opens_nothing_until_an_administrator_says_so(
    clinic, client, directory
):
    come_back(client, directory("dana@riverside.example"))
    EmailAddress.objects.update(email="gone@riverside.example")
    successor, browser = directory("dana@riverside.example"), Client()
    come_back(browser, successor)
    assert "signed in with another account of Riverside ID" in words(browser)
    assert "_auth_user_id" not in browser.session
    security_actions.reset_factors(person=clinic.tess, clinic=clinic.riverside, by=clinic.alex)
    come_back(browser, successor)
    assert browser.session["_auth_user_id"] == str(clinic.tess.pk)


@pytest.mark.parametrize("is_linked", [True, False])
def test_whoever_works_here_no_more_stays_outside(is_linked, clinic, client, directory):
    there = directory("dana@riverside.example")
    if is_linked:
        come_back(Client(), there)
    User.objects.filter(pk=clinic.tess.pk).update(is_active=False)
    come_back(client, there)
    assert "to let you in again" in words(client)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("change", [{"state": "x" * 16}, {"code": "x" * 30}, {"error": "access_denied"}])
def test_an_answer_that_nobody_asked_for_opens_nothing(change, clinic, client, directory):
    answer = come_back(client, directory("dana@riverside.example"), change=change)
    assert (answer.status_code, answer["Location"]) == (302, reverse("sign-in"))
    said = words(client)
    assert "was not finished" in said or "does not answer as it should" in said
    assert "_auth_user_id" not in client.session


def forged(token, key, *, brings=None, **claims):
    """The directory's token with other claims, signed anew as the directory signs."""
    read = jwt.decode(token, options={"verify_signature": False}) | claims
    head = {"kid": jwt.get_unverified_header(token)["kid"], **(brings or {})}
    return jwt.encode(read, key, algorithm="RS256", headers=head)


ANOTHER_KEY = made_key()
PUBLIC = load_pem_private_key(ANOTHER_KEY.encode(), None).public_key()
BROUGHT = {"jwk": json.loads(RSAAlgorithm.to_jwk(PUBLIC)), "jku": "https://elsewhere.example/keys"}

FORGERIES = {
    "another signature": lambda token, key: token[:-6] + ("AAAAAA" if token[-6:] != "AAAAAA" else "BBBBBB"),
    "no signature": lambda token, key: f"{token.rsplit('.', 1)[0]}.",
    "for somebody else": lambda token, key: forged(token, key, aud="another-application"),
    "by somebody else": lambda token, key: forged(token, key, iss="https://elsewhere.example"),
    "with a key that it brings": lambda token, key: forged(token, ANOTHER_KEY, brings=BROUGHT),
    "of last year": lambda token, key: forged(token, key, exp=1_700_000_000),
    "metadata of another issuer": None,
}


@pytest.mark.parametrize("what", FORGERIES)
def test_a_token_that_is_not_the_directorys_own_for_us_and_for_now_opens_nothing(
    what, clinic, client, directory, key, monkeypatch
):
    there, carry = directory("dana@riverside.example"), InProcess.send

    def forge(self, request, **how):
        answer = carry(self, request, **how)
        told = answer.json()
        if "id_token" in told and FORGERIES[what]:
            answer._content = json.dumps(told | {"id_token": FORGERIES[what](told["id_token"], key)}).encode()
        if "jwks_uri" in told and not FORGERIES[what]:
            answer._content = json.dumps(told | {"issuer": "https://elsewhere.example"}).encode()
        return answer

    page = client.post(reverse("single-sign-on"))
    back = urlsplit(there.get(page.context["address"].removeprefix(ISSUER))["Location"])
    monkeypatch.setattr(InProcess, "send", forge)
    answer = client.get(f"{back.path}?{back.query}")
    assert (answer.status_code, answer["Location"]) == (302, reverse("sign-in"))
    assert "does not answer as it should" in words(client)
    assert "_auth_user_id" not in client.session
    assert not SocialAccount.objects.exists()


def test_a_directory_that_does_not_answer_is_said_and_is_no_failure_of_ours(client, directory, monkeypatch):
    def down(self, request, **how):
        raise requests.ConnectionError("no route to the host")

    monkeypatch.setattr(InProcess, "send", down)
    answer = client.post(reverse("single-sign-on"))
    assert (answer.status_code, answer["Location"]) == (302, reverse("sign-in"))
    assert "Riverside ID does not answer as it should" in words(client)


def test_what_was_configured_is_asked_and_nothing_that_it_points_at():
    asked = []

    class PointsElsewhere(requests.adapters.BaseAdapter):
        def send(self, request, **how):
            asked.append(request.url)
            answer = requests.Response()
            answer.status_code, answer.url, answer.request = 302, request.url, request
            answer.headers["Location"] = "http://169.254.169.254/"
            return answer

        def close(self):
            pass

    session = single_sign_on.Directory().get_requests_session()
    session.mount("http://", PointsElsewhere())
    with pytest.raises(requests.TooManyRedirects):
        session.get(ISSUER)
    assert asked == [f"{ISSUER}/"]


def test_where_it_is_not_set_up_nothing_offers_it(clinic, client):
    assert "directory" not in words(client)
    assert client.post(reverse("single-sign-on"))["Location"] == reverse("sign-in")
    assert client.get(reverse("openid_connect_callback"), {"code": "x", "state": "\x00"}).status_code == 302


# --- The second factor --------------------------------------------------------------------------------------


def test_the_second_factor_is_midlines_unless_the_directory_asks_for_it(clinic, client, directory, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    there = directory("dana@riverside.example")
    # Whoever has none adds one before a chart opens …
    come_back(client, there)
    assert client.get(reverse("patients"))["Location"] == reverse("second-factor")
    # … whoever has one is asked for it …
    TOTP.activate(clinic.tess, generate_totp_secret())
    asked = come_back(Client(), there)
    assert asked["Location"] == reverse("mfa_authenticate")
    # … and where the directory asks everybody, Midline does not ask a second time.
    settings.OIDC_SECOND_FACTOR = True
    browser = Client()
    come_back(browser, there)
    assert browser.session[factors.GIVEN] is True
    assert browser.get(reverse("patients")).status_code == 200
    # A passphrase alone is still only one factor.
    Authenticator.objects.all().delete()
    from apps.demo.world import PASSPHRASE

    by_hand = Client()
    by_hand.post(reverse("sign-in"), {"username": clinic.tess.email, "password": PASSPHRASE})
    assert by_hand.get(reverse("patients"))["Location"] == reverse("second-factor")


def test_a_person_without_a_password_is_added_and_signs_in_there(clinic, client, directory, told_just_now):
    client.force_login(clinic.alex)
    told_just_now()
    sent = {"name": "Nora Vale", "email": "nora@riverside.example", "role": "records"}
    assert client.post(reverse("person-add"), sent).status_code == 302
    nora = User.objects.get(email="nora@riverside.example")
    assert not nora.has_usable_password()
    browser = Client()
    browser.post(reverse("sign-in"), {"username": nora.email, "password": ""})
    assert "_auth_user_id" not in browser.session
    come_back(browser, directory("nora@riverside.example"))
    assert browser.session["_auth_user_id"] == str(nora.pk)


def test_an_action_without_a_password_makes_nobody_whom_an_empty_one_lets_in(clinic):
    person = actions.add_person(
        clinic=clinic.riverside, role="records", email="x@y.example", name="X", password="", by=clinic.alex
    )
    assert not person.has_usable_password() and not person.check_password("")
