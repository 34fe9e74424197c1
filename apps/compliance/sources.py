"""The texts that several rules cite, and which of them somebody has read.

`text_verified` follows the tags of our domain notes: read for [V] and for data
decoded from a CMS file, not read for what is commonly known or inferred. The day
is the month of those notes, as they keep no day.
"""

from __future__ import annotations

from datetime import date

from .rule import Authority, Citation

_CHECKED = date(2026, 11, 1)


def read(source: str, locator: str, authority: Authority | None = None) -> Citation:
    """A text that somebody has read, at the source or quoted in full elsewhere."""
    whose = authority or _authority(source)
    return Citation(source, locator, text_verified=True, verified_on=_CHECKED, authority=whose)


def not_read(source: str, locator: str, authority: Authority | None = None) -> Citation:
    """Commonly known, or inferred. The finding says so."""
    return Citation(source, locator, text_verified=False, authority=authority or _authority(source))


def _authority(source: str) -> Authority:
    """A text of CMS or of the law is a federal requirement, unless the rule says otherwise."""
    if source.startswith(("CMS", "42 CFR", "Medicare")):
        return Authority.FEDERAL
    return Authority.CLINIC if source.startswith("Clinic") else Authority.PRACTICE


TREATMENT_NOTE = read("CMS Pub. 100-02 ch.15", "§220.3.E, treatment note")
TREATMENT_NOTE_OPTIONAL = not_read("CMS Pub. 100-02 ch.15", "§220.3.E, optional content", Authority.PRACTICE)
SKILLED = read("CMS Pub. 100-02 ch.15", "§220.2, skilled and necessary services")
PLAN_OF_CARE = read("CMS Pub. 100-02 ch.15", "plan of care and certification, as quoted by Noridian")
STUDENTS = read("CMS Pub. 100-02 ch.15", "§230.B, students")
COUNTING_UNITS = read("CMS Pub. 100-04 ch.5", "§20.2.C, counting minutes for timed codes")
DISCIPLINE_MODIFIERS = read("CMS Pub. 100-04 ch.5", "§10.4, as quoted by NGS")
SIGNATURE = read("CMS Pub. 100-08 ch.3", "§3.3.2.4, signature requirements")
ELEMENTS = read("Clinic policy for 97112", "after LifeCare's auditor formula: what, why, how")
CERTIFICATION = read("42 CFR 424.24(c)", "certification of the plan, as quoted by Noridian (8 Sep 2025)")
PROGRESS_REPORT = read("CMS Pub. 100-02 ch.15", "§220.3.D, progress report")
AMENDMENTS = read("CMS Pub. 100-08 ch.3", "§3.3.2.5, amendments, corrections and delayed entries")
PAIRS = read("CMS NCCI PTP practitioner file", "1 July 2024, pairs with 97112")
THRESHOLD = read("CMS KX thresholds, as listed by Noridian", "2024 to 2026, PT with SLP, and OT")
WORDS = read("CMS Pub. 100-02 ch.15", "§220.2, skilled services; the words are a hint", Authority.PRACTICE)
CODING = not_read("CPT coding practice", "97110, 97112, 97116 and 97530 differ by purpose")
CLINIC = not_read("Clinic policy", "no outside source")
