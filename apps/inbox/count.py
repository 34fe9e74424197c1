"""The number of the inbox in the bar of every page.

It stands beside the person's role, which every page reads anyway, and is counted anew by a page that finds it
old: at most once a minute, and by no clock of its own.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from apps.accounts.access import active_memberships
from apps.accounts.models import Membership
from apps.audit import clock

OLD = dt.timedelta(minutes=1)
MOST = 99


def needs_counting(membership: Membership) -> bool:
    counted = membership.inbox_counted_at
    # A demo's clock goes by leaps, and what was counted then is no younger for it.
    return counted is None or not dt.timedelta() <= clock.now() - counted <= OLD


def is_old(clinic: UUID) -> None:
    """Something happened in the clinic: the next page of anybody there counts anew."""
    active_memberships().filter(clinic=clinic, inbox_counted_at__isnull=False).update(inbox_counted_at=None)


def forget(membership: Membership) -> None:
    active_memberships().filter(pk=membership.pk).update(inbox_counted_at=None)


def keep(membership: Membership, number: int) -> None:
    membership.inbox_unread, membership.inbox_counted_at = min(number, MOST + 1), clock.now()
    membership.save(update_fields=["inbox_unread", "inbox_counted_at"])
