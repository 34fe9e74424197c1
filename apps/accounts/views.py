"""Signing in and out, choosing a clinic, and the people of a clinic."""

from __future__ import annotations

import uuid

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.audit import clock, events, verbs
from apps.audit.models import Deployment
from apps.audit.refused import Refused

from . import access, actions, factors, leaving, licences, security_actions
from .access import for_roles, people_visible_to
from .forms import PersonForm, SignInForm
from .invitation_views import send
from .limits import status_of
from .middleware import SESSION_KEY
from .models import Role
from .password import StepUp, confirm_first, is_fresh


class SignIn(LoginView):
    """The one view that is a class: Django's own knows which addresses are safe to return to."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm

    def form_valid(self, form):
        person = form.get_user()
        if self.request.user.is_authenticated and self.request.user != person:
            # Otherwise the page for the second factor would show the work of whoever sat here before.
            auth.logout(self.request)
        # On to the second factor, for whoever has one; adapter.Account.login is where every sign-in ends.
        return perform_password_login(
            self.request, {}, Login(user=person, redirect_url=self.get_success_url())
        )

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=status_of(form))

    def get_context_data(self, **context):
        return super().get_context_data(
            is_demo_clinic=Deployment.is_demo_database(), single_sign_on=settings.OIDC_NAME, **context
        )


@require_POST
def sign_out(request):
    if request.user.is_authenticated:
        events.record(verbs.SIGNED_OUT, by=request.user)
    auth.logout(request)
    messages.success(request, "You are signed out.")
    answer = redirect("sign-in")
    # What the browser kept of the pages goes as well, whatever it took no-store to mean.
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer


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
    clinic = request.membership.clinic
    found = clinic.memberships.select_related("user").order_by("-is_active", "user__name", "user__id")
    today = clock.today(clinic.time_zone)
    enrolled = factors.owners([one.user_id for one in found])
    rows = [
        {
            "membership": one,
            "licence": licences.of(one.user, today) if one.is_active else None,
            "lacks_factor": factors.are_required() and one.user_id not in enrolled,
        }
        for one in found
    ]
    return render(request, "accounts/people.html", {"rows": rows, "directory": settings.OIDC_NAME})


@for_roles(Role.ADMINISTRATOR)
def person_add(request):
    form = PersonForm(request.POST or None)
    again = StepUp(request.POST or None, request=request)
    is_asked = request.method == "POST" and again.is_valid()
    if is_asked and form.carry_out(actions.add_person, clinic=request.membership.clinic, by=request.user):
        if not settings.OIDC_NAME:  # otherwise most need no link; the page has it for those who do
            send(request, form.result)
        return redirect("person-invitation", form.result.pk)
    return render(request, "accounts/person.html", {"form": form, "again": again})


@for_roles(Role.ADMINISTRATOR)
def person(request, pk: uuid.UUID):
    clinic = request.membership.clinic
    somebody = get_object_or_404(people_visible_to(request.user), pk=pk)
    membership = get_object_or_404(clinic.memberships, user=somebody)
    form = PersonForm(
        request.POST or None, person=somebody, initial=PersonForm.values_of(somebody, membership)
    )
    again = StepUp(request.POST or None, request=request)
    is_asked = request.method == "POST" and again.is_valid()
    if is_asked and form.carry_out(actions.change_person, person=somebody, clinic=clinic, by=request.user):
        messages.success(request, "Saved.")
        if membership.is_active and not form.cleaned_data["is_active"]:
            for said in leaving.left_by(somebody, clinic):
                messages.warning(request, said)
        return redirect("people")
    context = {"form": form, "again": again, "person": somebody}
    context["left"] = leaving.left_by(somebody, clinic) if membership.is_active else []
    context["licence"] = licences.of(somebody, clock.today(clinic.time_zone))
    return render(request, "accounts/person.html", context)


@for_roles(Role.ADMINISTRATOR)
@require_POST
def factors_reset(request, pk: uuid.UUID):
    somebody = get_object_or_404(people_visible_to(request.user), pk=pk)
    get_object_or_404(request.membership.clinic.memberships, user=somebody)
    if not is_fresh(request):
        messages.info(request, "Nothing was reset yet: press the button again.")
        return confirm_first(request, back_to=reverse("person", args=[pk]))
    try:
        security_actions.reset_factors(person=somebody, clinic=request.membership.clinic, by=request.user)
        messages.success(request, "Reset. They add a new second factor when they next sign in.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("person", pk)
