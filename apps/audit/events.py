"""Recording an event, in the same transaction as the change that it tells of."""

from __future__ import annotations

from . import clock, verbs
from .models import Event


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
    if verb not in verbs.ALL:
        raise ValueError(f"{verb!r} is not a verb of apps/audit/verbs.py")
    return Event.objects.create(
        at=clock.now(),
        verb=verb,
        actor=str(by.pk) if by else "",
        actor_name=by.name if by else "",
        clinic=str(clinic.pk) if clinic else str(clinic_id),
        patient=str(patient.pk) if patient else "",
        target_type=target._meta.label if target else "",
        target=str(target.pk) if target else "",
        outcome=outcome,
        details=details,
    )
