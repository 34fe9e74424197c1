"""The only writer of people and of their roles."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction

from apps.audit import events, verbs
from apps.audit.models import Deployment
from apps.audit.refused import Refused

from . import row_security
from .changes import set_fields
from .models import Clinic, Membership, Role, User
from .npi import possible_npi

CLINIC_FIELDS = ("name", "address", "phone", "npi", "time_zone")
"""What an administrator can change of a clinic. Its paper has a page of its own."""

ADDRESS_TAKEN = "Somebody signs in with this e-mail address already. Write another address."

PERSON_FIELDS = (
    "email",
    "name",
    "credential",
    "letters",
    "discipline",
    "licence_number",
    "licence_state",
    "licence_expires_on",
    "npi",
)


@transaction.atomic
def add_clinic(*, name, address, phone, time_zone, administrator_name, administrator_email, npi="") -> User:
    """A clinic, and its first administrator, who adds everybody else. For whoever runs the server."""
    if settings.DEMO or Deployment.is_demo_database():
        raise Refused("This is the database of the demo. A real clinic needs one of its own.")
    clinic = Clinic(
        name=name.strip(),
        address=address.strip(),
        phone=phone.strip(),
        time_zone=time_zone.strip(),
        npi=npi.strip(),
    )
    clinic.full_clean()
    if clinic.npi:
        possible_npi(clinic.npi)
    clinic.save()
    if not row_security.sees_all():
        row_security.show([clinic.pk])
    events.record(verbs.CLINIC_ADDED, clinic=clinic, target=clinic)
    return add_person(
        clinic=clinic, role=Role.ADMINISTRATOR, email=administrator_email, name=administrator_name, by=None
    )


@transaction.atomic
def change_clinic(*, clinic, by, **fields) -> Clinic:
    """What its paper and its clock say from now on. What is signed keeps what it was signed with."""
    clinic = Clinic.objects.select_for_update().get(pk=clinic.pk)
    was = {name: getattr(clinic, name) for name in CLINIC_FIELDS}
    changed = set_fields(clinic, fields, CLINIC_FIELDS)
    if not changed:
        raise Refused("It is so already, so nothing was changed.")
    events.record(
        verbs.CLINIC_CHANGED,
        by=by,
        clinic=clinic,
        target=clinic,
        changed=changed,
        was={name: was[name] for name in changed},
        now={name: getattr(clinic, name) for name in changed},
    )
    return clinic


@transaction.atomic
def add_person(
    *,
    clinic,
    role,
    email,
    name,
    password="",
    credential="",
    letters="",
    discipline="",
    licence_number="",
    licence_state="",
    licence_expires_on=None,
    npi="",
    by,
) -> User:
    """A new sign-in with a role in `clinic`. `by` is None only for the first person of an installation.

    Only the demo gives a password: others choose their own (invitations.py), or come by the directory.
    """
    email = email.strip().lower()
    if User.objects.filter(email__iexact=email).exists():
        raise Refused(ADDRESS_TAKEN, field="email")
    try:
        with transaction.atomic():
            person = User.objects.create_user(
                email=email,
                password=password or None,
                name=name.strip(),
                credential=credential,
                letters=letters.strip(),
                discipline=discipline,
                licence_number=licence_number.strip(),
                licence_state=licence_state.strip().upper(),
                licence_expires_on=licence_expires_on,
                npi=npi.strip(),
            )
    except IntegrityError as error:  # somebody else was quicker
        raise Refused(ADDRESS_TAKEN, field="email") from error
    Membership.objects.create(user=person, clinic=clinic, role=role)
    events.record(verbs.PERSON_ADDED, by=by, clinic=clinic, target=person, role=str(role))
    return person


@transaction.atomic
def add_to_clinic(*, person, clinic, role, by) -> Membership:
    """Give somebody who signs in already a role in another clinic."""
    if person.memberships.filter(clinic=clinic).exists():
        raise Refused("This person has a role in the clinic already.", field="role")
    membership = Membership.objects.create(user=person, clinic=clinic, role=role)
    events.record(verbs.PERSON_ADDED, by=by, clinic=clinic, target=person, role=str(role))
    return membership


@transaction.atomic
def change_person(*, person, clinic, role, is_active, by, **fields) -> User:
    """Change somebody's particulars, and their role in `clinic`.

    `is_active` ends or renews the role in this clinic; whoever has no active role
    left cannot sign in.
    """
    # Locked, so that two administrators cannot remove each other at the same moment and leave nobody.
    memberships = list(Membership.objects.select_for_update().filter(clinic=clinic).order_by("pk"))
    membership = next((one for one in memberships if one.user_id == person.pk), None)
    if membership is None:
        raise Refused("This person has no role in the clinic.")
    person = User.objects.get(pk=person.pk)
    if by is not None and person.pk == by.pk:
        if role != membership.role and membership.role == Role.ADMINISTRATOR:
            raise Refused(
                "You cannot give up your own administrator role. Ask another administrator.", field="role"
            )
        if not is_active:
            raise Refused("You cannot deactivate yourself. Ask another administrator.", field="is_active")
    if "email" in fields:
        fields["email"] = fields["email"].strip().lower()
        if User.objects.filter(email__iexact=fields["email"]).exclude(pk=person.pk).exists():
            raise Refused(ADDRESS_TAKEN, field="email")
    if fields.get("email", person.email) != person.email:
        refuse_if_elsewhere(person, clinic, field="email")

    changed = set_fields(person, fields, PERSON_FIELDS)
    of_role = set_fields(membership, {"role": role, "is_active": is_active}, ("role", "is_active"))
    person.is_active = real_roles(person).exists()
    person.save(update_fields=["is_active"])
    if of_role:
        end_sessions(person)
    events.record(verbs.PERSON_CHANGED, by=by, clinic=clinic, target=person, changed=changed + of_role)
    return person


def real_roles(person):
    """The person's active roles; to have a practice clinic is none."""
    return person.memberships.filter(is_active=True, clinic__is_practice=False)


def refuse_if_elsewhere(person, clinic, *, field="") -> None:
    """Otherwise an administrator of one clinic could sign in to another as this person. Raises Refused."""
    if real_roles(person).exclude(clinic=clinic).exists():
        raise Refused(
            "This person also works in another clinic, so their sign-in cannot be changed here.", field=field
        )


def end_sessions(person, *, keep: str = "") -> None:
    """Sign the person out everywhere, `keep` (a session's key) aside.

    A session's owner is inside its data, so each is opened: whatever way it began, it ends.
    """
    theirs = [
        session.pk
        for session in Session.objects.exclude(pk=keep).iterator()
        if session.get_decoded().get(SESSION_KEY) == str(person.pk)
    ]
    Session.objects.filter(pk__in=theirs).delete()
    UserSession.objects.filter(user=person).exclude(session_key=keep).delete()
