"""What a person's roles let them reach: the sets of clinics that every other app's access starts from.

The other apps' `access.py` turn these into querysets (`patients_visible_to`,
`notes_visible_to` …). What is not in a queryset does not exist for the person.
"""

from __future__ import annotations

from functools import wraps

from allauth.usersessions.models import UserSession
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404

from .models import Membership, Role, User

CHARTING = (Role.THERAPIST, Role.ASSISTANT, Role.SUPERVISOR)
"""Roles that see every chart of their clinic, except restricted ones."""

KEEPS_CHARTS = (*CHARTING, Role.RECORDS)
"""Roles that add and edit patients, coverage and diagnoses."""


def memberships_of(user: User) -> list[Membership]:
    """The person's active memberships, asked once per request (kept on the user object)."""
    if not user.is_authenticated or not user.is_active:
        return []
    kept = getattr(user, "_memberships", None)
    if kept is None:
        found = user.memberships.filter(is_active=True).select_related("clinic")
        # Nobody arrives in a practice clinic, and without a real one there is nothing to practise for.
        kept = sorted(found, key=lambda membership: membership.clinic.is_practice)
        kept = kept if kept and not kept[0].clinic.is_practice else []
        user._memberships = kept
    return kept


def clinics_where(user: User, *roles: Role) -> list:
    """Ids of the clinics in which the person has one of `roles`: the practice clinic, or every other one."""
    is_practising = getattr(user, "is_practising", False)
    return [
        membership.clinic_id
        for membership in memberships_of(user)
        if membership.role in roles and membership.clinic.is_practice == is_practising
    ]


def role_in(user: User, clinic) -> str:
    """The person's role in the clinic, or "" for none."""
    for membership in memberships_of(user):
        if membership.clinic_id == clinic.pk:
            return membership.role
    return ""


def people_visible_to(user: User) -> QuerySet[User]:
    """The people whom an administrator keeps: everybody of the clinics they administer."""
    clinics = clinics_where(user, Role.ADMINISTRATOR)
    return User.objects.filter(memberships__clinic__in=clinics).distinct()


def people_of(clinic) -> QuerySet[User]:
    """Everybody who has or had a role in the clinic, by name."""
    return User.objects.filter(memberships__clinic=clinic).order_by("name")


def charted_in(clinic) -> QuerySet[User]:
    """Those who chart or charted in the clinic, by name."""
    return User.objects.filter(memberships__clinic=clinic, memberships__role__in=CHARTING).order_by("name")


def charting_in(clinic) -> QuerySet[User]:
    """Those who chart in the clinic now, by name."""
    return User.objects.filter(
        memberships__clinic=clinic, memberships__is_active=True, memberships__role__in=CHARTING
    ).order_by("name")


def active_memberships() -> QuerySet[Membership]:
    """Who works now, and where; whoever asks says for which clinics."""
    return Membership.objects.filter(is_active=True)


def sign_ins_of(user: User) -> QuerySet[UserSession]:
    """Where somebody is signed in, with what has ended meanwhile cleared away."""
    UserSession.objects.purge_and_list(user)
    return UserSession.objects.filter(user=user)


def for_roles(*roles: Role):
    """Let a view be reached by people who have one of `roles` somewhere; for others it does not exist."""

    def decorate(view):
        @wraps(view)
        @login_required
        def guarded(request, *args, **kwargs):
            if request.membership is None or request.membership.role not in roles:
                raise Http404
            return view(request, *args, **kwargs)

        guarded.roles = roles
        return guarded

    return decorate
