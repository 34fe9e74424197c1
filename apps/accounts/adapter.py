"""What Midline decides where allauth asks: the end of every sign-in, and how seeds are kept."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse

from apps.audit import events, verbs

from . import factors, password
from .addresses import client_address


class Account(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return ["apps.accounts.single_sign_on.SecondFactorStage"]

    def get_client_ip(self, request) -> str:
        return client_address(request)

    def is_reauthentication_required(self, app: str | None = None) -> bool:
        # The one answer to "was it given just now?" is password.is_fresh.
        return not password.is_fresh(self.request)

    def get_reauthentication_methods(self, user) -> list[dict]:
        return [{"id": "confirm", "description": "", "url": reverse("confirm")}]

    def login(self, request, user) -> None:
        """The end of every sign-in: by passphrase, by passkey, by single sign-on."""
        ways = get_authentication_records(request, user)
        super().login(request, user)
        named = [way.get("type", way["method"]) for way in ways]
        password.mark_fresh(request, *named)
        by_provider = any(way["method"] == "socialaccount" for way in ways)
        if any(way["method"] == "mfa" for way in ways) or (by_provider and settings.OIDC_SECOND_FACTOR):
            request.session[factors.GIVEN] = True
        events.record(verbs.SIGNED_IN, by=user, by_way_of=named)

    def add_message(self, *args, **kwargs) -> None:
        """Our pages say what happened themselves."""

    def send_notification_mail(self, *args, **kwargs) -> None:
        """There is no mail; the audit has its line."""

    def respond_user_inactive(self, request, user):
        messages.error(request, "Ask your clinic's administrator to let you in again.")
        return redirect("sign-in")


class Factors(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This code does not fit. Wait for the next one, and type that.",
    }

    def encrypt(self, text: str) -> str:
        return factors.vault().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return factors.vault().decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Midline"}
