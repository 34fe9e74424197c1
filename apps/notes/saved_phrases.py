"""Phrases of one's own and of the clinic: who may keep which, and what a phrase must leave blank.

A phrase is a frame: it helps to say what was done, and it states no finding before anybody made it. So each
leaves a blank for what was found, done or seen, and a blank that is left stops the signature (NOT521).
"""

from __future__ import annotations

import re
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from apps.accounts.access import CHARTING, clinics_where, role_in
from apps.accounts.models import Clinic, Role, User
from apps.audit import clock, events, verbs
from apps.audit.refused import Refused
from apps.compliance import blanks

from .models import SavedPhrase
from .phrases import KINDS, Phrase, shipped

WRITES = (*CHARTING, Role.STUDENT)
"""Who charts, and so has phrases of their own."""

SHARES = (Role.ADMINISTRATOR, Role.SUPERVISOR)
"""Who keeps those of the whole clinic."""

KEEPS = tuple(dict.fromkeys((*WRITES, *SHARES)))

MOST = 100
"""Of one person, and of one clinic: a list that is longer is not looked through between two patients."""

MISSING = {
    "deficit": "what was found",
    "task": "what the patient did",
    "cue": "what you did or saw",
    "response": "what was seen",
}


def kept_by(user: User) -> QuerySet[SavedPhrase]:
    """The phrases that `user` may change: their own, and the clinic's where they keep those."""
    return SavedPhrase.objects.filter(
        Q(owner=user, clinic__in=clinics_where(user, *WRITES))
        | Q(owner=None, clinic__in=clinics_where(user, *SHARES)),
        retired_at=None,
    )


def of(user: User, clinic: UUID) -> QuerySet[SavedPhrase]:
    """What stands in `user`'s list in a clinic: their own first, then the clinic's, newest first in each."""
    found = SavedPhrase.objects.filter(Q(owner=user) | Q(owner=None), clinic=clinic, retired_at=None)
    return found.order_by(F("owner").asc(nulls_last=True), "-saved_at")


def offered(user: User, clinic: UUID) -> tuple[Phrase, ...]:
    """Everything that the editor puts in: one's own, the clinic's, and those that Midline brings."""
    saved = (
        Phrase(f"phrase-{row.pk}", row.kind, row.words, "yours" if row.owner_id else "clinic")
        for row in of(user, clinic)
    )
    return (*saved, *shipped())


def problem_with(kind: str, words: str) -> str:
    """Why these words are no frame; "" when they are one."""
    if not words:
        return "Write the phrase."
    if not blanks.is_left(words):
        return (
            f"Leave a blank for {MISSING[kind]}: three low lines, ___. Without one the phrase would say it "
            "before anybody did."
        )
    if not re.search(r"[^\W_]", words):
        return "Write the words around the blank too."
    return ""


@transaction.atomic
def add(*, clinic: Clinic, kind: str, words: str, shared: bool, by: User) -> SavedPhrase:
    """Keep a phrase. Raises Refused for words that are no frame, or when it is not theirs to keep."""
    if role_in(by, clinic) not in (SHARES if shared else WRITES):
        raise Refused("Phrases of the clinic are kept by its administrators and supervisors.", field="shared")
    words = _checked(kind, words)
    owner = None if shared else by
    kept = SavedPhrase.objects.filter(clinic=clinic, owner=owner, retired_at=None)
    if kept.filter(kind=kind, words=words).exists():
        raise Refused("This phrase is there already.", field="words")
    if kept.count() >= MOST:
        raise Refused(f"There are {MOST} already. Retire some that are not used.", field="words")
    phrase = SavedPhrase.objects.create(
        clinic=clinic, owner=owner, kind=kind, words=words, saved_by=by, saved_at=clock.now()
    )
    _record(verbs.PHRASE_ADDED, phrase, by)
    return phrase


@transaction.atomic
def change(*, phrase: SavedPhrase, kind: str, words: str, by: User) -> SavedPhrase:
    """Say it in other words. Notes into which it was put keep theirs."""
    phrase = _to_change(phrase, by)
    phrase.words = _checked(kind, words)
    phrase.kind = kind
    kept = SavedPhrase.objects.filter(clinic=phrase.clinic_id, owner=phrase.owner_id, retired_at=None)
    if kept.filter(kind=kind, words=phrase.words).exclude(pk=phrase.pk).exists():
        raise Refused("This phrase is there already.", field="words")
    phrase.saved_by, phrase.saved_at = by, clock.now()
    phrase.save(update_fields=["kind", "words", "saved_by", "saved_at"])
    _record(verbs.PHRASE_CHANGED, phrase, by)
    return phrase


@transaction.atomic
def retire(*, phrase: SavedPhrase, by: User) -> None:
    """Offer it no more. The row is kept."""
    phrase = _to_change(phrase, by)
    phrase.retired_at = clock.now()
    phrase.save(update_fields=["retired_at"])
    _record(verbs.PHRASE_RETIRED, phrase, by)


def _to_change(phrase: SavedPhrase, by: User) -> SavedPhrase:
    found = kept_by(by).filter(pk=phrase.pk).select_for_update().first()
    if found is None:
        raise Refused("This phrase is kept by somebody else, or was retired.")
    return found


def _checked(kind: str, words: str) -> str:
    if kind not in KINDS:
        raise Refused("Choose what the phrase is for.", field="kind")
    words = " ".join(words.split())
    if problem := problem_with(kind, words):
        raise Refused(problem, field="words")
    return words


def _record(verb: str, phrase: SavedPhrase, by: User) -> None:
    """Not the words: somebody may have typed a name into them."""
    whose = "own" if phrase.owner_id else "clinic"
    events.record(verb, by=by, clinic=phrase.clinic, target=phrase, kind=phrase.kind, whose=whose)
