"""Recording an event, in the same transaction as the change that it tells of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from . import clock, figures, verbs
from .models import Event

_recorded: ContextVar[list[str] | None] = ContextVar("recorded", default=None)


@contextmanager
def watched() -> Iterator[list[str]]:
    """The verbs that are recorded meanwhile: whoever answers a request asks whether anything was."""
    recorded: list[str] = []
    token = _recorded.set(recorded)
    try:
        yield recorded
    finally:
        _recorded.reset(token)


def record(
    verb: str,
    *,
    by=None,
    clinic=None,
    patient=None,
    target=None,
    outcome: str = "done",
    clinic_id="",
    **details,
):
    """Add one event. `by`, `clinic`, `patient` and `target` are model instances or None.

    `clinic_id` stands for `clinic` where only the id is known, as in the ledger.

    `details` are plain values without clinical or identifying text: field names,
    counts, codes of rules. Raises ValueError for a verb that verbs.py does not list.
    """
    return record_plain(
        verb,
        by=by,
        clinic=str(clinic.pk) if clinic else str(clinic_id),
        patient=str(patient.pk) if patient else "",
        target_type=target._meta.label if target else "",
        target=str(target.pk) if target else "",
        outcome=outcome,
        details=details,
    )


def record_plain(
    verb: str,
    *,
    by,
    clinic: str,
    patient: str = "",
    target_type: str = "",
    target: str = "",
    outcome: str = "done",
    details: dict | None = None,
) -> Event:
    """Add one event about rows of which only the ids are at hand."""
    if verb not in verbs.ALL:
        raise ValueError(f"{verb!r} is not a verb of apps/audit/verbs.py")
    if (recorded := _recorded.get()) is not None:
        recorded.append(verb)
    figures.EVENTS.labels(verb).inc()
    return Event.objects.create(
        at=clock.now(),
        verb=verb,
        actor=str(by.pk) if by else "",
        actor_name=by.name if by else "",
        clinic=clinic,
        patient=patient,
        target_type=target_type,
        target=target,
        outcome=outcome,
        details=details or {},
    )
