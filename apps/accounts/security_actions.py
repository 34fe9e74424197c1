"""The writer of what belongs to somebody's sign-in."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from apps.audit import events, verbs
from apps.audit.refused import Refused

from . import invitations
from .actions import end_sessions, refuse_if_elsewhere
from .models import User


@transaction.atomic
def change_passphrase(*, person: User, new: str, keep: str = "") -> None:
    """A new passphrase, chosen by the person. Their other sign-ins end; `keep` is the session that stays."""
    person.set_password(new)
    person.save(update_fields=["password"])
    end_sessions(person, keep=keep)
    events.record(verbs.PASSPHRASE_CHANGED, by=person, target=person)


def may_be_invited(*, person: User, clinic, by: User | None) -> None:
    """Raises Refused where a link would hand somebody's sign-in to the wrong person."""
    if by is not None and person.pk == by.pk:
        raise Refused("Your own passphrase is changed on the page Your sign-in.")
    if not person.is_active:
        raise Refused("This person does not work in the clinic now. Let them in again first.")
    refuse_if_elsewhere(person, clinic)


@transaction.atomic
def invite(*, person: User, clinic, by: User) -> None:
    """The person is to choose a new passphrase. Older links, the old passphrase and their sign-ins end."""
    may_be_invited(person=person, clinic=clinic, by=by)
    person.set_unusable_password()
    person.save(update_fields=["password"])
    end_sessions(person)
    events.record(verbs.PERSON_INVITED, by=by, clinic=clinic, target=person)


@transaction.atomic
def accept_invitation(*, person: User, key: str, passphrase: str) -> User:
    """The first passphrase, chosen by the person. Two at once: the second finds the link used up."""
    person = User.objects.select_for_update().get(pk=person.pk)
    if not person.is_active or not invitations.fits(person, key):
        raise Refused("This link has been used, or has ended.")
    person.set_password(passphrase)
    person.save(update_fields=["password"])
    events.record(verbs.PASSPHRASE_CHANGED, by=person, target=person, invited=True)
    return person


@transaction.atomic
def reset_factors(*, person: User, clinic, by: User) -> None:
    """For somebody who lost what they prove themselves with. They add a new one at the next sign-in.

    Which account of the directory is theirs is forgotten as well, and learned again at the next sign-in.
    """
    if person.pk == by.pk:
        raise Refused("Your own second factor is changed on the page Your sign-in.")
    refuse_if_elsewhere(person, clinic)
    removed, _ = Authenticator.objects.filter(user=person).delete()
    SocialAccount.objects.filter(user=person).delete()
    end_sessions(person)
    events.record(verbs.FACTORS_RESET, by=by, clinic=clinic, target=person, removed=removed)
