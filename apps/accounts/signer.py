"""Whoever signs, as they stand at the moment of signing: not as the page had them."""

from __future__ import annotations

from apps.audit.refused import Refused

from .models import Membership, User

PRACTICE = "This is a practice note, so it is never signed."
PRACTICE_PLAN = "This is a practice plan, so it is never signed. In a real chart, this is where you sign."


def at_this_moment(by: User, clinic) -> User:
    """The person read anew, with their role in `clinic` locked until the transaction ends.

    A role that is taken away at the same moment either waits for the signature, or comes first and
    refuses it. Raises Refused when there is no role any more, and always in a practice clinic.
    """
    held = Membership.objects.select_for_update(of=("self",)).select_related("user", "clinic")
    membership = held.filter(user=by.pk, clinic=clinic, is_active=True, user__is_active=True).first()
    if membership is None:
        raise Refused("You have no role in this clinic any more, so nothing was signed.")
    if membership.clinic.is_practice:
        raise Refused(PRACTICE)
    return membership.user
