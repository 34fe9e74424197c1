"""Who else has a draft open. Told to people, never a lock: whoever saves second is shown both texts.

An open page says so every twenty seconds (static/js/editor/presence.js), and says when it goes away. What a
script asks by itself is no person's input, so none of this keeps a sign-in alive (apps/accounts/presence.py).
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet

from apps.accounts.models import User
from apps.audit import clock

from .access import notes_visible_to
from .models import OPEN, DraftOpen, Note

KEPT = dt.timedelta(seconds=90)
"""Without a word for so long, a page is gone. Browsers let one that nobody sees speak once a minute."""


def drafts_seen_by(user: User) -> QuerySet[Note]:
    """The drafts that `user` may have open, to write or to read."""
    return notes_visible_to(user).filter(status__in=OPEN)


def here(note: Note, by: User) -> None:
    DraftOpen.objects.bulk_create(
        [DraftOpen(note=note, user=by, seen_at=clock.now())],
        update_conflicts=True,
        unique_fields=["note", "user"],
        update_fields=["seen_at"],
    )


def gone(note: Note, by: User) -> None:
    DraftOpen.objects.filter(note=note, user=by).delete()


def of_others(by: User) -> QuerySet[DraftOpen]:
    return DraftOpen.objects.filter(seen_at__gte=clock.now() - KEPT).exclude(user=by)


def with_company(notes: QuerySet[Note], by: User) -> QuerySet[Note]:
    """`notes`, each knowing whether somebody else has it open: `has_company`."""
    return notes.annotate(has_company=Exists(of_others(by).filter(note=OuterRef("pk"))))


def company(note: Note, by: User) -> list[str]:
    """The names of the others who have it open."""
    rows = of_others(by).filter(note=note).select_related("user").order_by("user__name")
    return [row.user.signature_name for row in rows]


def words(names: list[str]) -> str:
    """What is said of them, or ""."""
    if not names:
        return ""
    *first, last = names
    who = f"{', '.join(first)} and {last} have" if first else f"{last} has"
    return f"{who} this draft open too."


def greet(note: Note, by: User) -> str:
    """`by` opened the draft, or has it open still: note it, and say who else is there."""
    here(note, by)
    return words(company(note, by))
