"""Signing asks for the password again unless it was given a few minutes ago. Shared by all that is signed."""

from __future__ import annotations

from django import forms
from django.contrib.auth import authenticate

from apps.audit import clock

from .requests import SignedInRequest

PASSWORD_MINUTES = 5
"""For how long after it was given the password need not be given again to sign."""

PASSWORD_GIVEN_AT = "password_given_at"  # noqa: S105 - the name of a session value


def is_fresh(request: SignedInRequest) -> bool:
    given = request.session.get(PASSWORD_GIVEN_AT, 0)
    return 0 <= clock.now().timestamp() - given <= PASSWORD_MINUTES * 60


class PasswordAgain(forms.Form):
    """A form that signs. It has a `password` field only when the password was not given just now."""

    def __init__(self, *args, request: SignedInRequest, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request
        if not is_fresh(request):
            self.fields["password"] = forms.CharField(
                label="Your password",
                help_text="Signing asks for it unless you gave it in the last five minutes.",
                strip=False,
                required=False,
                max_length=4096,
                widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            )

    def clean_password(self):
        password = self.cleaned_data["password"]
        if authenticate(self.request, username=self.request.user.email, password=password) is None:
            raise forms.ValidationError("This is not your password. Nothing was signed; try again.")
        self.request.session[PASSWORD_GIVEN_AT] = int(clock.now().timestamp())
        return password
