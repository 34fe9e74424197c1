"""Signing in and out, choosing a clinic, and the people of a clinic."""

from __future__ import annotations

import uuid

from django.contrib import auth, messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from apps.audit import clock, events, verbs
from apps.audit.models import Deployment

from . import access, actions
from .access import for_roles, people_visible_to
from .forms import PersonForm, SignInForm
from .middleware import SESSION_KEY
from .models import Membership, Role
from .password import PASSWORD_GIVEN_AT


class SignIn(LoginView):
    """The one view that is a class: Django's own knows which addresses are safe to return to."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm

    def form_valid(self, form):
        response = super().form_valid(form)
        # Signing a note asks for the password unless it was given a short while ago.
        self.request.session[PASSWORD_GIVEN_AT] = int(clock.now().timestamp())
        events.record(verbs.SIGNED_IN, by=form.get_user())
        return response

    def get_context_data(self, **context):
        return super().get_context_data(is_demo_clinic=Deployment.is_demo_database(), **context)


@require_POST
def sign_out(request):
    if request.user.is_authenticated:
        events.record(verbs.SIGNED_OUT, by=request.user)
    auth.logout(request)
    messages.success(request, "You are signed out.")
    return redirect("sign-in")


@login_required
@require_POST
def choose_clinic(request):
    """Work in another of one's clinics."""
    chosen = request.POST.get("clinic", "")
    clinics = {str(membership.clinic_id) for membership in access.memberships_of(request.user)}
    if chosen not in clinics:
        raise Http404
    request.session[SESSION_KEY] = chosen
    return redirect("today")


@for_roles(Role.ADMINISTRATOR)
@require_safe
def people(request):
    memberships = request.membership.clinic.memberships.select_related("user")
    return render(
        request,
        "accounts/people.html",
        {"memberships": memberships.order_by("-is_active", "user__name", "user__id")},
    )


@for_roles(Role.ADMINISTRATOR)
def person_add(request):
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.carry_out(
        actions.add_person, clinic=request.membership.clinic, by=request.user
    ):
        messages.success(request, "Added. They can sign in now.")
        return redirect("people")
    return render(request, "accounts/person.html", {"form": form})


@for_roles(Role.ADMINISTRATOR)
def person(request, pk: uuid.UUID):
    clinic = request.membership.clinic
    somebody = get_object_or_404(people_visible_to(request.user), pk=pk)
    membership = get_object_or_404(Membership, user=somebody, clinic=clinic)
    form = PersonForm(
        request.POST or None, person=somebody, initial=PersonForm.values_of(somebody, membership)
    )
    if request.method == "POST" and form.carry_out(
        actions.change_person, person=somebody, clinic=clinic, by=request.user
    ):
        messages.success(request, "Saved.")
        return redirect("people")
    return render(request, "accounts/person.html", {"form": form, "person": somebody})
