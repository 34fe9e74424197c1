"""Codes of authenticator apps, recovery codes, and answers of passkeys: does what was sent fit?"""

from __future__ import annotations

from allauth.core import context
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as ceremony
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError

from .limits import TOO_MANY, TOO_MANY_CODE, attempt_by
from .models import User

WRONG_CODE = "This code does not fit. Wait for the next one, and type that; or use a recovery code."
WRONG_KEY = "The passkey did not answer as it should. Try again, or use another way."


def code_fits(person: User, code: str) -> Authenticator | None:
    """What the code belongs to, or None. Each code works once."""
    code = "".join(code.split())
    if not code.isascii() or not code.isalnum():
        return None
    for authenticator in Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.WEBAUTHN):
        if not authenticator.wrap().validate_code(code):
            continue
        # allauth remembers a used code for thirty seconds, and with clocks that may be off by as much it
        # would fit for longer than that.
        if authenticator.type == Authenticator.Type.TOTP and not cache.add(
            f"code-used:{person.pk}:{code}", True, timeout=180
        ):
            return None
        authenticator.user = person
        return authenticator
    return None


def passkey_of(credential, person: User | None = None) -> Authenticator | None:
    """The passkey that gave this answer to the challenge in the session, or None. Any JSON may come in."""
    if not isinstance(credential, dict):
        return None
    try:
        ceremony.parse_authentication_response(credential)
        owner = person or ceremony.extract_user_from_response(credential)
        found = ceremony.complete_authentication(owner, credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError, IndexError, ArithmeticError):
        return None
    found.user = owner
    return found if owner.is_active else None


def registered(credential) -> bool:
    """Is this the answer of a new passkey to the challenge in the session?"""
    if not isinstance(credential, dict):
        return False
    try:
        ceremony.parse_registration_response(credential)
        return ceremony.complete_registration(credential).is_user_verified()
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError, IndexError, ArithmeticError):
        return False


class Credential(forms.JSONField):
    """What a passkey answered, put into a hidden field by passkey.js."""

    widget = forms.HiddenInput
    LONGEST = 20_000

    def to_python(self, value):
        if isinstance(value, str) and len(value) > self.LONGEST:
            raise ValidationError(WRONG_KEY)
        try:
            return super().to_python(value)
        except (ValidationError, RecursionError) as error:
            raise ValidationError(WRONG_KEY) from error


class SecondFactorForm(forms.Form):
    """A code, or the answer of a passkey, from somebody whose passphrase was right."""

    code = forms.CharField(
        label="Code",
        required=False,
        max_length=100,
        help_text="Six digits from your authenticator app, or a recovery code.",
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autofocus": True,
                "spellcheck": "false",
            }
        ),
    )
    credential = Credential(required=False)

    def __init__(self, *args, person: User, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.person, self.request = person, request

    def clean(self):
        values = super().clean() or {}
        if self.errors:
            return values
        attempt = attempt_by(self.request, self.person, kind="code")
        if attempt.refused:
            raise ValidationError(TOO_MANY, code=TOO_MANY_CODE)
        if values.get("credential"):
            self.authenticator = passkey_of(values["credential"], self.person)
            wrong = ("credential", WRONG_KEY)
        else:
            self.authenticator = code_fits(self.person, values.get("code", ""))
            wrong = ("code", WRONG_CODE)
        if self.authenticator is None:
            self.add_error(None if wrong[0] == "credential" else "code", wrong[1])
        else:
            attempt.worked()
        return values

    def save(self, *, again: bool = False) -> None:
        post_authentication(context.request, self.authenticator, reauthenticated=again)
