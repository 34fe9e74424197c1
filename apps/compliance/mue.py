"""How many units of a code CMS thinks likely for one patient and day, by where it was given.

The figures are in data/mue.toml (practitioner) and data/mue_hospital.toml.
"""

from __future__ import annotations

from datetime import date

from .timeline import dated

# On-campus and off-campus outpatient hospital departments.
HOSPITAL = frozenset({"19", "22"})


def limit(code: str, day: date, place: str = "") -> int | None:
    """The limit on that day; None when it is not known. An unknown place is an office."""
    return dated("mue_hospital" if place in HOSPITAL else "mue", code).value_on(day)
