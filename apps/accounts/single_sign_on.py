"""Signing in through the clinic's own directory (OpenID Connect). docs/single-sign-on.md says how to have it.

allauth does the protocol; here is what Midline decides. Nobody gets an account by it: a person is
added by an administrator first, is found by an address that the directory vouches for, and is from
then on known by the directory's own lasting id, so that an address given to somebody else opens nothing.
"""

from __future__ import annotations

import logging

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from apps.audit import events, verbs

from .models import User

log = logging.getLogger("midline.single_sign_on")

PROVIDER = "directory"
"""The id that allauth knows the one provider by; it is in no address."""

NOT_SET_UP = "Single sign-on is not set up here. Sign in with your e-mail address and password."
NO_ANSWER = (
    "{name} does not answer as it should. Try again in a minute; if it happens twice, tell your "
    "administrator."
)
NOT_FINISHED = "The sign-in with {name} was not finished. Try it again."
UNKNOWN = (
    "{name} knows you, but nobody in Midline has the e-mail address {email}. Ask your clinic's administrator "
    "to add you with this address; then sign in again."
)
NO_ADDRESS = (
    "{name} did not vouch for an e-mail address, so Midline cannot tell who you are. Tell your administrator."
)
ENDED = "Ask your clinic's administrator to let you in again."
SOMEBODY_ELSE = (
    "This e-mail address belongs to somebody who has signed in with another account of {name}. Ask your "
    "clinic's administrator."
)


def is_set_up() -> bool:
    return bool(settings.OIDC_NAME)


def sent_back(request, words: str, *, person: User | None = None, **more: str) -> HttpResponse:
    """To the sign-in page, with what went wrong and what to do."""
    events.record(verbs.SIGN_IN_FAILED, by=person, outcome="refused", single_sign_on=True)
    messages.error(request, words.format(name=settings.OIDC_NAME, **more))
    return redirect("sign-in")


@require_POST
def begin(request) -> HttpResponse:
    """To the directory. A page in between, because the policy lets a form lead to us alone."""
    if not is_set_up():
        messages.error(request, NOT_SET_UP)
        return redirect("sign-in")
    answer = _asking_the_directory(request, OAuth2LoginView)
    if answer.status_code == 302 and answer["Location"].startswith(("https://", "http://")):
        context = {"address": answer["Location"], "name": settings.OIDC_NAME}
        return render(request, "accounts/single_sign_on.html", context)
    return answer


@require_safe
def finish(request, provider_id: str) -> HttpResponse:
    """Back from the directory."""
    if not is_set_up():
        messages.error(request, NOT_SET_UP)
        return redirect("sign-in")
    return _asking_the_directory(request, OAuth2CallbackView)


class Configured(OpenIDConnectOAuth2Adapter):
    """The one directory that was configured, and no other that calls itself so."""

    @property
    def openid_config(self):
        told = super().openid_config
        if str(told["issuer"]).rstrip("/") != self.get_provider().app.settings["server_url"]:
            raise ValueError("the metadata is another issuer's")
        return told

    def _decode_id_token(self, app, id_token: str) -> dict:
        # allauth leaves out the signature of a token that came over TLS; it costs one question to look.
        self.did_fetch_access_token = False
        return super()._decode_id_token(app, id_token)


def _asking_the_directory(request, view) -> HttpResponse:
    try:
        return view.adapter_view(Configured(request, PROVIDER))(request)
    except (RequestException, LookupError, TypeError, ValueError, AttributeError) as error:
        # What a directory sends is not ours to trust: a page instead of JSON, a list instead of an object.
        log.error("The directory's answer cannot be used: %s", type(error).__name__)
        return sent_back(request, NO_ANSWER)


class Directory(DefaultSocialAccountAdapter):
    """Who is it? Asked by allauth when the directory has answered."""

    def is_open_for_signup(self, request, sociallogin) -> bool:
        return False

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None):
        words = NO_ANSWER if exception is not None else NOT_FINISHED
        raise ImmediateHttpResponse(sent_back(request, words))

    def get_requests_session(self):
        session = super().get_requests_session()
        session.max_redirects = 0  # what was configured is what is asked
        return session

    def pre_social_login(self, request, sociallogin: SocialLogin) -> None:
        if sociallogin.is_existing:
            return
        email = self._address(sociallogin)
        if not email:
            raise ImmediateHttpResponse(sent_back(request, NO_ADDRESS))
        person = User.objects.filter(email__iexact=email).first()
        if person is None:
            raise ImmediateHttpResponse(sent_back(request, UNKNOWN, email=email[:254]))
        if SocialAccount.objects.filter(user=person).exists():
            raise ImmediateHttpResponse(sent_back(request, SOMEBODY_ELSE, person=person))
        if not person.is_active:
            raise ImmediateHttpResponse(sent_back(request, ENDED, person=person))
        sociallogin.connect(request, person)
        events.record(verbs.DIRECTORY_LINKED, by=person, target=person)

    def _address(self, sociallogin: SocialLogin) -> str:
        for one in sociallogin.email_addresses:
            if one.verified in (True, "true") or settings.OIDC_EMAIL_TRUSTED:
                return str(one.email).strip().lower()
        return ""


class SecondFactorStage(AuthenticateStage):
    """The second factor at the door, unless the directory is the one that asks for it."""

    def handle(self) -> tuple:
        ways = get_authentication_records(self.request, self.login.user)
        if settings.OIDC_SECOND_FACTOR and any(way["method"] == "socialaccount" for way in ways):
            return None, True
        return super().handle()
