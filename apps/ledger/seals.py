"""Seals over the audit trail: a run of events hashed, each seal over the one before.

Reads are recorded all day, and a chain over single events would make every page
wait for one lock. So events are sealed some minutes later, in runs: what was
added, changed or taken out after its seal is found. What is not sealed yet is
not protected this way.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator

import rfc8785
from django.db import DatabaseError, transaction

from apps.audit import clock
from apps.audit.models import Event

from .framing import framed_text, sha256
from .models import AuditSeal

ALG = "midline-audit-seal-v1"
FIRST = "0" * 64
SETTLED = dt.timedelta(minutes=10)
"""An event this old has no transaction beside it that is still to commit a lower id."""
MOST = 1000
FIELDS = (
    "id",
    "at",
    "verb",
    "actor",
    "actor_name",
    "clinic",
    "patient",
    "target_type",
    "target",
    "outcome",
    "details",
)


def root_of(*, after: int, through: int, using: str = "default") -> tuple[str, int]:
    """The root over the events with after < id ≤ through, and how many they are."""
    total, count = hashlib.sha256(), 0
    events = Event.objects.using(using).filter(id__gt=after, id__lte=through).order_by("id")
    for id, at, *texts, details in events.values_list(*FIELDS).iterator():
        moment = at.astimezone(dt.UTC).isoformat()
        total.update(framed_text(id, moment, *texts, rfc8785.dumps(details).decode()))
        count += 1
    return total.hexdigest(), count


def hash_of(seal: AuditSeal) -> str:
    return sha256(
        framed_text(
            seal.alg,
            seal.number,
            seal.after,
            seal.through,
            seal.count,
            seal.root,
            seal.prev_hash,
            seal.sealed_at,
        )
    )


@transaction.atomic
def seal() -> list[AuditSeal]:
    """Seal every settled event that has no seal yet, in runs of about MOST.

    Two at once: the second fails on the number that the first took, and loses nothing.
    """
    settled = Event.objects.filter(at__lte=clock.now() - SETTLED)
    last = AuditSeal.objects.order_by("-number").first()
    made = []
    while True:
        after = last.through if last else 0
        run = list(settled.filter(id__gt=after).order_by("id").values_list("id", flat=True)[:MOST])
        if not run:
            return made
        through = run[-1]
        root, count = root_of(after=after, through=through)
        last = AuditSeal(
            number=last.number + 1 if last else 1,
            after=after,
            through=through,
            count=count,
            root=root,
            prev_hash=last.hash if last else FIRST,
            sealed_at=clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            alg=ALG,
        )
        last.hash = hash_of(last)
        last.save(force_insert=True)
        made.append(last)


def problems(*, using: str = "default", witnessed: frozenset[str] = frozenset()) -> Iterator[str]:
    """What is wrong with the seals, in sentences. `witnessed` are seals that checkpoints name."""
    number, after, prev = 0, 0, FIRST
    missing = set(witnessed)
    for found in AuditSeal.objects.using(using).order_by("number").iterator():
        seal = f"seal {found.number}"
        missing.discard(found.hash)
        if found.number != number + 1:
            yield f"The audit trail was changed: before {seal}, seal {number + 1} is missing."
        elif found.prev_hash != prev or found.after != after:
            yield f"The audit trail was changed: {seal} does not follow the one before it."
        if hash_of(found) != found.hash:
            yield f"The audit trail was changed: the fields of {seal} do not give its hash."
        yield from _events(found, using)
        number, after, prev = found.number, found.through, found.hash
    if missing:
        yield (
            "The audit trail was cut short, or an older copy of it restored: "
            "a checkpoint names a seal that is not there."
        )


def _events(found: AuditSeal, using: str) -> Iterator[str]:
    span = f"events {found.after + 1} to {found.through} (seal {found.number})"
    try:
        root, count = root_of(after=found.after, through=found.through, using=using)
    except (DatabaseError, ValueError, TypeError, AttributeError) as error:
        # A row that no longer holds a time or JSON stops the ORM: it was not Midline that wrote it.
        yield f"The audit trail was changed: {span} cannot be read ({type(error).__name__})."
        return
    if count != found.count:
        yield f"The audit trail was changed: of {span} there were {found.count}, and {count} are there."
    elif root != found.root:
        yield f"The audit trail was changed: one of {span} is not what it was."
