"""What somebody has seen of their inbox, and what they were mailed about. No event is recorded of it: it says
nothing of the record, and what they then open is recorded there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from apps.accounts.models import Clinic, Membership, User
from apps.audit import clock

from . import count
from .matters import Matter
from .models import Mark

KEPT = dt.timedelta(days=400)
"""After that a mark is cleared away: what is still there by then is worth seeing once more."""


@dataclass(frozen=True)
class Line:
    """A matter, and which of what it counts the person has not seen."""

    matter: Matter
    new: tuple[str, ...]

    @property
    def is_new(self) -> bool:
        return bool(self.new) and not self.matter.is_done


def lines_of(membership: Membership, matters: Iterable[Matter]) -> list[Line]:
    matters = list(matters)
    keys = {key for matter in matters for key in matter.keys}
    seen = set(
        Mark.objects.filter(
            user=membership.user_id, clinic=membership.clinic_id, digest__in=keys, read_at__isnull=False
        ).values_list("digest", flat=True)
    )
    return [Line(one, tuple(key for key in one.keys if key not in seen)) for one in matters]


@transaction.atomic
def read(*, membership: Membership, keys: Iterable[str], by: User) -> None:
    """`by` has seen these matters of their own."""
    _mark(by, membership.clinic, keys, read_at=clock.now())
    Mark.objects.filter(user=by, clinic=membership.clinic, made_at__lt=clock.now() - KEPT).delete()
    count.forget(membership)


@transaction.atomic
def unread(*, membership: Membership, keys: Iterable[str], by: User) -> None:
    """As if they had not been seen."""
    Mark.objects.filter(user=by, clinic=membership.clinic, digest__in=set(keys)).update(read_at=None)
    count.forget(membership)


def _mark(user: User, clinic: Clinic, keys: Iterable[str], **how: dt.datetime) -> None:
    now = clock.now()
    made = [Mark(user=user, clinic=clinic, digest=key, made_at=now, **how) for key in sorted(set(keys))]
    Mark.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["user", "clinic", "digest"],
        update_fields=["made_at", *how],
    )


# --- Mail -------------------------------------------------------------------------------------------------


@transaction.atomic
def claim(*, membership: Membership, keys: Iterable[str]) -> set[str]:
    """Those of `keys` that nobody has mailed this person about; from now on somebody has.

    Kept before the mail is sent: two workers at one time, or one that begins again, find nothing left.
    """
    user, clinic, now = membership.user, membership.clinic, clock.now()
    made = [Mark(user=user, clinic=clinic, digest=key, made_at=now) for key in sorted(set(keys))]
    Mark.objects.bulk_create(made, ignore_conflicts=True)
    free = Mark.objects.select_for_update().filter(
        user=user, clinic=clinic, digest__in=set(keys), mailed_at=None, read_at=None
    )
    rows = list(free.order_by("digest"))
    Mark.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=now)
    return {row.digest for row in rows}


def release(*, membership: Membership, keys: Iterable[str]) -> None:
    """The mail about these was not taken by the server, so that it can be tried again."""
    Mark.objects.filter(user=membership.user, clinic=membership.clinic, digest__in=set(keys)).update(
        mailed_at=None
    )


def mailed(membership: Membership, keys: Iterable[str]) -> set[str]:
    """Of `keys`, those about which the person had a mail."""
    found = Mark.objects.filter(user=membership.user_id, clinic=membership.clinic_id, digest__in=set(keys))
    return set(found.filter(mailed_at__isnull=False).values_list("digest", flat=True))
