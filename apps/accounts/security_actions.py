"""The writer of what belongs to somebody's sign-in."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from apps.audit import events, verbs
from apps.audit.refused import Refused

from .actions import end_sessions
from .models import User


@transaction.atomic
def change_passphrase(*, person: User, new: str, keep: str = "") -> None:
    """A new passphrase, chosen by the person. Their other sign-ins end; `keep` is the session that stays."""
    person.set_password(new)
    person.save(update_fields=["password"])
    end_sessions(person, keep=keep)
    events.record(verbs.PASSPHRASE_CHANGED, by=person, target=person)


@transaction.atomic
def reset_factors(*, person: User, clinic, by: User) -> None:
    """For somebody who lost what they prove themselves with. They add a new one at the next sign-in.

    Which account of the directory is theirs is forgotten as well, and learned again at the next sign-in.
    """
    if person.pk == by.pk:
        raise Refused("Your own second factor is changed on the page Your sign-in.")
    if person.memberships.filter(is_active=True).exclude(clinic=clinic).exists():
        raise Refused("This person also works in another clinic, so their sign-in cannot be changed here.")
    removed, _ = Authenticator.objects.filter(user=person).delete()
    SocialAccount.objects.filter(user=person).delete()
    end_sessions(person)
    events.record(verbs.FACTORS_RESET, by=by, clinic=clinic, target=person, removed=removed)
