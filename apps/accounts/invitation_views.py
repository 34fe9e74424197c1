"""Inviting somebody, and what opens from the link that they were given."""

from __future__ import annotations

import uuid

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import auth, messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.audit.refused import Refused

from . import invitations, security_actions
from .access import for_roles, people_visible_to
from .models import Role
from .password import confirm_first, is_fresh
from .security_forms import FirstPassphraseForm
from .security_views import pages

KEY = "invitation"
"""In the session: the key of the link that was opened, so that it does not stay in the address."""


def send(request, person) -> None:
    """The link by mail, where the clinic set that up; the page shows it in any case."""
    if not settings.EMAIL_HOST:
        return
    link = request.build_absolute_uri(invitations.address_for(person))
    if invitations.sent(person, request.membership.clinic, link):
        messages.success(request, f"The link was also sent to {person.email}.")
    else:
        messages.error(request, "The mail could not be sent. Hand the link over yourself.")


@for_roles(Role.ADMINISTRATOR)
@pages
def invitation(request, pk: uuid.UUID):
    """The link to hand over. Sent, it makes a new one: what was chosen before ends, and so do older links."""
    clinic = request.membership.clinic
    somebody = get_object_or_404(people_visible_to(request.user), pk=pk)
    get_object_or_404(clinic.memberships, user=somebody)
    if not is_fresh(request):
        return confirm_first(request, back_to=request.path)
    try:
        if request.method == "POST":
            security_actions.invite(person=somebody, clinic=clinic, by=request.user)
            send(request, somebody)
            return redirect("person-invitation", pk)
        security_actions.may_be_invited(person=somebody, clinic=clinic, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("person", pk)
    link = ""
    if not somebody.has_usable_password():
        link = request.build_absolute_uri(invitations.address_for(somebody))
    context = {"person": somebody, "link": link, "hours": invitations.HOURS, "directory": settings.OIDC_NAME}
    return render(request, "accounts/invitation.html", context)


@pages
def welcome(request):
    """Whoever was invited chooses a passphrase, and goes on to the second factor."""
    if request.method != "POST" and "key" in request.GET:
        # A look at the page uses nothing up, and a key that does not work makes no session.
        request.session.pop(KEY, None)
        if invitations.person_of(key := request.GET["key"]):
            request.session[KEY] = key
        return redirect("welcome")
    key = request.session.get(KEY, "")
    person = invitations.person_of(key)
    if person is None:
        return render(request, "accounts/welcome.html", {"is_over": True})
    form = FirstPassphraseForm(request.POST if request.method == "POST" else None, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            person = security_actions.accept_invitation(
                person=person, key=key, passphrase=form.cleaned_data["new"]
            )
        except Refused:
            return render(request, "accounts/welcome.html", {"is_over": True})
        # Whoever sat here before, such as the administrator who tried the link, is signed out.
        auth.logout(request)
        return perform_password_login(request, {}, Login(user=person, redirect_url=reverse("today")))
    return render(request, "accounts/welcome.html", {"form": form, "person": person})
