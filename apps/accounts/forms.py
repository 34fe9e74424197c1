"""Signing in, and the people of a clinic."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError

from .fields import ActionForm, Capitals, Day, Words
from .limits import TOO_MANY, TOO_MANY_CODE, Attempt
from .models import STATE, Credential, Discipline, Role, User
from .npi import possible_npi


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": (
            "The e-mail address and the password do not belong together. Type both again; "
            "if you have forgotten the password, ask your clinic's administrator for a link to a new one."
        ),
        "inactive": "Ask your clinic's administrator to let you in again.",
    }

    def __init__(self, request=None, *args, **kwargs):
        super().__init__(request, *args, **kwargs)
        email, password = self.fields["username"], self.fields["password"]
        email.label = "E-mail address"
        email.widget = forms.EmailInput(
            attrs={"autocomplete": "username", "autofocus": True, "maxlength": 254, "autocapitalize": "none"}
        )
        email.error_messages["required"] = "Write your e-mail address."
        password.error_messages["required"] = "Write your password."
        password.max_length = 1000
        # Long passwords cost the hasher time, so that a megabyte would be a way to keep the server busy.
        password.validators.append(too_long)

    def clean(self):
        """As Django's, but counted: see limits.py."""
        attempt = Attempt(self.request, self.cleaned_data.get("username") or "")
        if attempt.refused:
            raise ValidationError(TOO_MANY, code=TOO_MANY_CODE)
        values = super().clean()
        attempt.worked()
        return values


def too_long(password: str) -> None:
    if len(password) > 1000:
        raise ValidationError("This is longer than a password can be.")


class PersonForm(ActionForm):
    """Somebody who is to sign in, with their role in the administrator's clinic."""

    rows = (
        ("name", "letters"),
        ("email", "role"),
        ("credential", "discipline"),
        ("licence_number", "licence_state"),
        ("licence_expires_on", "npi"),
        "is_active",
    )

    name = Words(max_length=200)
    letters = Words(
        label="Letters after the name",
        max_length=60,
        required=False,
        help_text="As they are to print, such as PT, DPT, NCS.",
    )
    email = forms.EmailField(label="E-mail address", max_length=254)
    role = forms.ChoiceField(choices=Role, help_text="Decides what they see.")
    credential = forms.ChoiceField(
        choices=[("", "None"), *((key, words) for key, words in Credential.choices if key)],
        required=False,
        help_text="Decides what they may sign.",
    )
    discipline = forms.ChoiceField(choices=[("", "None"), *Discipline.choices], required=False)
    licence_number = Words(max_length=40, required=False)
    licence_state = Capitals(max_length=2, required=False, validators=[STATE], help_text="Two letters.")
    licence_expires_on = Day(label="Licence expires on", required=False)
    npi = Words(label="NPI", max_length=10, required=False, validators=[possible_npi])
    is_active = forms.BooleanField(
        label="Works in this clinic", required=False, help_text="Without this they cannot open anything here."
    )

    def __init__(self, *args, person: User | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person
        if person is None:
            del self.fields["is_active"]
            self.helper.layout.pop()  # the last row, which is is_active alone

    @staticmethod
    def values_of(person: User, membership) -> dict:
        names = (
            "name",
            "letters",
            "email",
            "credential",
            "discipline",
            "licence_number",
            "licence_state",
            "licence_expires_on",
            "npi",
        )
        return {
            **{name: getattr(person, name) for name in names},
            "role": membership.role,
            "is_active": membership.is_active,
        }
