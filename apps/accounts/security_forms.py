"""The small forms of one's own sign-in."""

from __future__ import annotations

from allauth.mfa.totp.internal import auth as totp
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from . import codes
from .fields import Words
from .limits import TOO_MANY, TOO_MANY_CODE, attempt_by
from .password import PasswordAgain


class ConfirmForm(PasswordAgain):
    """The password again (or a code), or a passkey."""

    ASKS_FOR = "For the next five minutes you will not be asked again."
    NOTHING_DONE = "Try again."
    credential = codes.Credential(required=False)

    def clean_password(self):
        if self.data.get("credential"):
            return ""
        return super().clean_password()

    def clean_credential(self):
        credential = self.cleaned_data["credential"]
        if credential and codes.passkey_of(credential, self.request.user) is None:
            raise ValidationError(codes.WRONG_KEY)
        return credential


class AppForm(forms.Form):
    """The first code of a new authenticator app: proof that it holds the secret."""

    code = forms.CharField(
        label="The code that it shows",
        max_length=20,
        error_messages={"required": "Type the six digits that the app shows."},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request
        # The picture stays the same while somebody has it before them: a new secret comes with a new visit.
        self.secret = totp.get_totp_secret(regenerate=False)

    def clean_code(self):
        attempt = attempt_by(self.request, self.request.user, kind="new app")
        if attempt.refused:
            raise ValidationError(TOO_MANY, code=TOO_MANY_CODE)
        code = "".join(self.cleaned_data["code"].split())
        if not code.isascii() or not totp.validate_totp_code(self.secret, code):
            raise ValidationError(
                "This code does not fit. Check that the phone's time is set by itself, and type the next one."
            )
        attempt.worked()
        return code


class PasskeyForm(forms.Form):
    name = Words(
        label="Name of this device",
        max_length=60,
        required=False,
        help_text="So that you know it again, such as Work laptop.",
    )
    credential = codes.Credential(error_messages={"required": codes.WRONG_KEY})

    def clean_name(self):
        return self.cleaned_data["name"] or "Passkey"

    def clean_credential(self):
        credential = self.cleaned_data["credential"]
        if not codes.registered(credential):
            raise ValidationError(codes.WRONG_KEY)
        return credential


class RemoveForm(forms.Form):
    id = forms.RegexField(r"^[0-9]{1,15}\Z")


class NewPassphraseForm(forms.Form):
    new = forms.CharField(
        label="New passphrase",
        strip=False,
        max_length=1000,
        help_text="15 characters or more. Four words that have nothing to do with each other are good.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_new(self):
        password_validation.validate_password(self.cleaned_data["new"], self.person)
        return self.cleaned_data["new"]


class FirstPassphraseForm(NewPassphraseForm):
    """Typed twice: whoever mistypes the first one has no old one to go back to."""

    again = forms.CharField(
        label="The same again",
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self):
        if "new" in self.cleaned_data and self.cleaned_data["again"] != self.cleaned_data["new"]:
            raise ValidationError("This is not the same. Type it once more in both places.")
        return self.cleaned_data["again"]
