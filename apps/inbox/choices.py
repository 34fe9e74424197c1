"""When somebody wants a mail, kind by kind."""

from __future__ import annotations

from django.db import transaction

from apps.accounts.models import Clinic, Membership, User
from apps.audit import events, verbs

from .kinds import OF_ROLE, Kind
from .models import MailChoice

When = MailChoice.When

BEGINS_WITH = {Kind.RETURNED: When.DAILY, Kind.LICENCE: When.DAILY}
"""What holds until somebody chooses; everything else is never mailed."""


def of(membership: Membership) -> dict[Kind, str]:
    """Of each kind that the person's role has: when."""
    chosen = dict(
        MailChoice.objects.filter(user=membership.user_id, clinic=membership.clinic_id).values_list(
            "kind", "when"
        )
    )
    return {
        kind: chosen.get(kind, BEGINS_WITH.get(kind, When.NEVER)) for kind in OF_ROLE.get(membership.role, ())
    }


@transaction.atomic
def choose(*, clinic: Clinic, by: User, **when: str) -> None:
    """From now on, for oneself in this clinic. The kinds that are not named stay as they are."""
    for kind, chosen in when.items():
        MailChoice.objects.update_or_create(
            user=by, clinic=clinic, kind=Kind(kind), defaults={"when": When(chosen)}
        )
    events.record(verbs.MAIL_CHOSEN, by=by, clinic=clinic, target=by, **when)
