"""The texts that several rules cite, and which of them somebody has read.

`text_verified` follows the tags of our domain notes: read for [V] and for data
decoded from a CMS file, not read for what is commonly known or inferred. The day
is the month of those notes, as they keep no day.
"""

from __future__ import annotations

from datetime import date

from .rule import Citation

_CHECKED = date(2026, 11, 1)


def read(source: str, locator: str) -> Citation:
    """A text that somebody has read, at the source or quoted in full elsewhere."""
    return Citation(source, locator, text_verified=True, verified_on=_CHECKED)


def not_read(source: str, locator: str) -> Citation:
    """Commonly known, or inferred. The finding says so."""
    return Citation(source, locator, text_verified=False)


TREATMENT_NOTE = read("CMS Pub. 100-02 ch.15", "§220.3.E, treatment note")
TREATMENT_NOTE_OPTIONAL = not_read("CMS Pub. 100-02 ch.15", "§220.3.E, optional content")
SKILLED = read("CMS Pub. 100-02 ch.15", "§220.2, skilled and necessary services")
PLAN_OF_CARE = read("CMS Pub. 100-02 ch.15", "plan of care and certification, as quoted by Noridian")
STUDENTS = read("CMS Pub. 100-02 ch.15", "§230.B, students")
COUNTING_UNITS = read("CMS Pub. 100-04 ch.5", "§20.2.C, counting minutes for timed codes")
DISCIPLINE_MODIFIERS = read("CMS Pub. 100-04 ch.5", "§10.4, as quoted by NGS")
SIGNATURE = read("CMS Pub. 100-08 ch.3", "§3.3.2.4, signature requirements")
ELEMENTS = read("Clinic policy for 97112", "after LifeCare's auditor formula: what, why, how")
CLINIC = not_read("Clinic policy", "no outside source")
