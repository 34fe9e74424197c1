"""The step-up: what is signed, exported or given to others asks again who is there, unless just told.

`PasswordAgain` is for forms that do such a thing, and `asks_again` for pages. Both
know one moment in the session, so that confirming once is enough for five minutes.
"""

from __future__ import annotations

from functools import wraps
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from apps.audit import clock, events, verbs

from .limits import TOO_MANY, TOO_MANY_CODE, attempt_by
from .requests import SignedInRequest

PASSWORD_MINUTES = 5
"""For how long after it was given the password need not be given again to sign."""

PASSWORD_GIVEN_AT = "password_given_at"  # noqa: S105 - the name of a session value
RECOGNISED_BY = "recognised_by"
WAYS = {
    "totp": "authenticator app",
    "webauthn": "passkey",
    "recovery_codes": "recovery code",
    "socialaccount": "single sign-on",
}
"""How somebody was recognised, in a signature's words. Anything else is called as it is: a password."""


def is_fresh(request: SignedInRequest) -> bool:
    given = request.session.get(PASSWORD_GIVEN_AT, 0)
    return 0 <= clock.now().timestamp() - given <= PASSWORD_MINUTES * 60


def mark_fresh(request: SignedInRequest, *ways: str) -> None:
    """They told just now who they are, in these ways: "password", or a key of WAYS."""
    request.session[PASSWORD_GIVEN_AT] = int(clock.now().timestamp())
    request.session[RECOGNISED_BY] = " and ".join(WAYS.get(way, way) for way in ways)


def recognised_by(request: SignedInRequest) -> str:
    """How the person was recognised the last time they were asked: what a signature says."""
    return request.session.get(RECOGNISED_BY) or "password"


def confirm_first(request: SignedInRequest, *, back_to: str) -> HttpResponse:
    """To the page that asks who is there, and from it to `back_to`."""
    address = f"{reverse('confirm')}?{urlencode({'next': back_to})}"
    if request.htmx:
        # The whole page goes there: a redirect would put it where a fragment belongs.
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def asks_again(view):
    """Lets a page open only to somebody who told just now who they are; others confirm it first.

    For pages about oneself. Where an address names an object, look the object up first and
    then ask `is_fresh`: out of reach must look like nothing at all.
    """

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if is_fresh(request):
            return view(request, *args, **kwargs)
        return confirm_first(request, back_to=request.path)

    return guarded


def before_it_leaves(request: SignedInRequest, *, back_to: str) -> HttpResponse | None:
    """For a link to a file that leaves Midline: None when it may, else the way to the page that asks first.

    From there one comes back to `back_to`, the page with the link, and presses it again. Such a link has no
    `download` attribute: with one, the browser would save the page that asks.
    """
    if is_fresh(request):
        return None
    messages.info(request, "Nothing was given out yet: press it again.")
    return confirm_first(request, back_to=back_to)


class PasswordAgain(forms.Form):
    """A form that signs. It has a `password` field only when the password was not given just now.

    Whoever signs in through the clinic's single sign-on has no password here, and gives a
    code of their authenticator app in its place.
    """

    ASKS_FOR = "Signing asks for it unless you gave it in the last five minutes."
    NOTHING_DONE = "Nothing was signed; try again."

    def __init__(self, *args, request: SignedInRequest, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request
        if not is_fresh(request):
            self.fields["password"] = self._password() if self._has_password else self._code()

    @property
    def _has_password(self) -> bool:
        return self.request.user.has_usable_password()

    def _password(self):
        return forms.CharField(
            label="Your password",
            help_text=self.ASKS_FOR,
            strip=False,
            required=False,
            max_length=4096,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        )

    def _code(self):
        return forms.CharField(
            label="Code from your authenticator app",
            help_text=f"{self.ASKS_FOR} A recovery code works too.",
            required=False,
            max_length=100,
            widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        )

    def clean_password(self):
        given = self.cleaned_data["password"]
        if not given:
            what = "your password" if self._has_password else "a code"
            raise forms.ValidationError(f"Type {what}. {self.NOTHING_DONE}")
        attempt = attempt_by(
            self.request, self.request.user, kind="passphrase" if self._has_password else "code"
        )
        if attempt.refused:
            raise forms.ValidationError(TOO_MANY, code=TOO_MANY_CODE)
        way = self._recognised_by(given)
        if not way:
            events.record(
                verbs.CONFIRM_FAILED,
                by=self.request.user,
                clinic=self.request.membership and self.request.membership.clinic,
                outcome="refused",
            )
            what = "your password" if self._has_password else "a code that fits"
            raise forms.ValidationError(f"This is not {what}. {self.NOTHING_DONE}")
        attempt.worked()
        mark_fresh(self.request, way)
        return given

    def _recognised_by(self, given: str) -> str:
        """In which way what was given fits, or "" when it does not."""
        if self._has_password:
            # Django's `authenticate` would have it recorded as a failed sign-in too, and nobody signed in.
            return "password" if self.request.user.check_password(given) else ""
        from .codes import code_fits

        fitting = code_fits(self.request.user, given)
        return fitting.type if fitting else ""


class StepUp(PasswordAgain):
    """The same question inside a form of another kind: who may sign in, what is made to be given out.

    `asks` says whether the page shows it. It stands in the same <form>, so that nothing typed there is lost.
    """

    prefix = "again"
    ASKS_FOR = "This asks for it unless you gave it in the last five minutes."
    NOTHING_DONE = "Nothing was done; try again."

    @property
    def asks(self) -> bool:
        return not is_fresh(self.request)
