"""What a column of the file may hold, and by which headings it is known. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

NEAR_ENOUGH = 88
"""How alike a heading and a known word must be (of 100) to be taken for each other."""


@dataclass(frozen=True)
class Field:
    """Something of a patient that a column may hold."""

    name: str
    label: str
    headings: tuple[str, ...]
    is_needed: bool = False
    hint: str = ""


FIELDS = (
    Field(
        "family_name",
        "Family name",
        ("family name", "last name", "surname", "lastname", "last", "patient last name", "pt last name"),
        hint="Or choose the whole name instead.",
    ),
    Field(
        "given_name",
        "Given name",
        ("given name", "first name", "firstname", "first", "forename", "patient first name", "pt first name"),
    ),
    Field(
        "whole_name",
        "Whole name",
        ("patient name", "full name", "name", "patient", "client name", "client"),
        hint="“Family, Given” in one column.",
    ),
    Field(
        "born_on",
        "Date of birth",
        ("date of birth", "dob", "birth date", "birthdate", "birthday", "born", "patient dob", "d.o.b."),
        is_needed=True,
        hint="03/14/1955, 3/14/55 or 1955-03-14.",
    ),
    Field("sex", "Sex", ("sex", "gender", "sex at birth", "birth sex", "administrative sex", "m/f")),
    Field(
        "mrn",
        "MRN",
        (
            "mrn",
            "medical record number",
            "chart number",
            "chart no",
            "chart",
            "patient id",
            "patient number",
            "account number",
            "account",
            "id",
            "record number",
            "patient account number",
        ),
        is_needed=True,
    ),
    Field("phone", "Phone", ("phone", "telephone", "mobile", "cell", "home phone", "phone number", "tel")),
    Field("precautions", "Precautions", ("precautions", "alerts", "precaution", "alert")),
    Field(
        "payer",
        "Payer",
        ("payer", "insurance", "insurance name", "primary insurance", "payor", "plan name", "carrier"),
        hint="As it is called under Payers.",
    ),
    Field(
        "member_number",
        "Member number",
        ("member number", "member id", "policy number", "subscriber id", "insurance id", "mbi", "policy"),
    ),
    Field(
        "covered_from",
        "Covered from",
        ("covered from", "effective date", "coverage start", "start date", "effective", "coverage from"),
    ),
    Field(
        "diagnoses",
        "Diagnosis codes",
        ("diagnosis", "diagnoses", "icd-10", "icd10", "dx", "diagnosis code", "diagnosis codes", "icd"),
        hint="ICD-10-CM; several with a space, comma or semicolon between.",
    ),
)

BY_NAME = {field.name: field for field in FIELDS}
NEEDED = "Choose the column of"


def plainly(heading: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    return " ".join(re.sub(r"[_#:*]+", " ", spaced).casefold().split())


def guess(heading: Sequence[str]) -> dict[str, int]:
    """Field → column, by the words of the headings; each column once, the likeliest first."""
    names = [plainly(name) for name in heading]
    likely = sorted(
        (
            (-_likeness(name, known), order, at, field.name)
            for field in FIELDS
            for order, known in enumerate(field.headings)
            for at, name in enumerate(names)
            if _likeness(name, known) >= NEAR_ENOUGH
        ),
    )
    chosen: dict[str, int] = {}
    for _, _, at, field_name in likely:
        if field_name not in chosen and at not in chosen.values():
            chosen[field_name] = at
    if "family_name" in chosen and "given_name" in chosen:
        chosen.pop("whole_name", None)
    return chosen


def _likeness(name: str, known: str) -> float:
    if name == known:
        return 100
    # Short words are alike by chance: "id" and "dx" are not.
    return fuzz.ratio(name, known) if len(known) >= 5 else 0


def missing(columns: dict[str, int]) -> list[str]:
    """The labels of what no column was chosen for, and without which nobody can be added."""
    lacks = [field.label for field in FIELDS if field.is_needed and field.name not in columns]
    if "whole_name" not in columns:
        lacks += [BY_NAME[name].label for name in ("family_name", "given_name") if name not in columns]
    return lacks
