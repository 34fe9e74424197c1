"""Setting some fields of a row, and saying which of them became different. Used by the actions."""

from __future__ import annotations

from django.db.models import Model


def set_fields(row: Model, values: dict, allowed: tuple[str, ...]) -> list[str]:
    """Set and save those of `values` that differ; return their names, for the audit line.

    Raises TypeError for a name that is not in `allowed`: that is our mistake, not a person's.
    """
    unknown = set(values) - set(allowed)
    if unknown:
        raise TypeError(f"{type(row).__name__} cannot be changed in: {', '.join(sorted(unknown))}")
    changed = []
    for name, value in values.items():
        value = value.strip() if isinstance(value, str) else value
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed.append(name)
    if changed:
        row.save(update_fields=changed)
    return sorted(changed)
