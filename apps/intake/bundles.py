"""A FHIR R4 bundle of Patient, Coverage and Condition into the same rows that a spreadsheet gives. Pure."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from apps.audit.refused import Refused

from .files import MOST_IN_A_CELL, MOST_ROWS, check_storable

HEADING = (
    "family_name",
    "given_name",
    "born_on",
    "sex",
    "mrn",
    "phone",
    "payer",
    "member_number",
    "covered_from",
    "diagnoses",
)
GENDERS = {"female": "F", "male": "M", "other": "X", "unknown": "X"}
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
NO_BUNDLE = "This is no FHIR bundle: a JSON object with resourceType Bundle and its entries (R4) is read."
ENDED = ("inactive", "remission", "resolved")


def rows_of(text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """A row for each Patient, numbered as its entry. Raises Refused for what is no bundle."""
    try:
        bundle = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused("This file begins like JSON and cannot be read as such.", field="file") from error
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise Refused(NO_BUNDLE, field="file")
    # The file may hold half a sign written as an escape, which only now is one.
    if "\\u" in text:
        check_storable("".join(_texts(bundle)))
    patients: list[tuple[int, str, dict[str, Any]]] = []
    coverages: dict[str, list[dict[str, Any]]] = defaultdict(list)
    conditions: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for number, address, resource in _entries(bundle):
        kind = resource.get("resourceType")
        if kind == "Patient":
            patients.append((number, address, resource))
        elif kind == "Coverage":
            coverages[_reference(resource.get("beneficiary"))].append(resource)
        elif kind == "Condition":
            conditions[_reference(resource.get("subject"))].append(resource)
    if not patients:
        raise Refused("There is no Patient in this bundle.", field="file")
    if len(patients) > MOST_ROWS:
        raise Refused(f"This bundle has more than {MOST_ROWS:,} patients. Split it.", field="file")
    rows = []
    for number, address, patient in patients:
        names = {address, f"Patient/{_text(patient.get('id'))}"} - {"", "Patient/"}
        mine = [one for name in names for one in coverages.get(name, ())]
        codes = [code for name in names for one in conditions.get(name, ()) for code in _codes(one)]
        rows.append((number, _row(patient, mine, codes)))
    return list(HEADING), rows


def _texts(value: Any) -> Iterator[str]:
    """Every text in it, names of fields as well."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one


def _entries(bundle: dict[str, Any]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    for number, entry in enumerate(_list(bundle.get("entry")), start=1):
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
            yield number, _text(entry.get("fullUrl")), entry["resource"]


def _row(patient: dict[str, Any], coverages: list[dict[str, Any]], codes: list[str]) -> list[str]:
    names = [name for name in _list(patient.get("name")) if isinstance(name, dict)]
    name = next((one for one in names if one.get("use") == "official"), names[0] if names else {})
    # One coverage fits in a row: the active one that is billed first.
    active = [one for one in coverages if one.get("status", "active") == "active"]
    coverage = min(active, key=_order, default={})
    payor = _first(coverage.get("payor"))
    gender = _text(patient.get("gender"))
    return [
        part[: MOST_IN_A_CELL + 1]
        for part in (
            _text(name.get("family")),
            " ".join(_text(one) for one in _list(name.get("given"))),
            _text(patient.get("birthDate")),
            GENDERS.get(gender, gender),
            _mrn(patient),
            _phone(patient),
            _text(payor.get("display")),
            _text(coverage.get("subscriberId")),
            _text(_dict(coverage.get("period")).get("start"))[:10],
            " ".join(dict.fromkeys(codes)),
        )
    ]


def _order(coverage: dict[str, Any]) -> float:
    order = coverage.get("order")
    return order if isinstance(order, int) else 99


def _mrn(patient: dict[str, Any]) -> str:
    """The identifier that is typed MR, or else the first."""
    identifiers = [one for one in _list(patient.get("identifier")) if isinstance(one, dict)]
    for one in identifiers:
        codings = _list(_dict(one.get("type")).get("coding"))
        if any(_dict(coding).get("code") == "MR" for coding in codings):
            return _text(one.get("value"))
    return _text(identifiers[0].get("value")) if identifiers else ""


def _phone(patient: dict[str, Any]) -> str:
    points = [one for one in _list(patient.get("telecom")) if _dict(one).get("system") == "phone"]
    return _text(points[0].get("value")) if points else ""


def _codes(condition: dict[str, Any]) -> Iterator[str]:
    """ICD-10-CM of what is still a problem. What is coded otherwise has no place here, and is left out."""
    status = [_dict(one).get("code") for one in _list(_dict(condition.get("clinicalStatus")).get("coding"))]
    if any(code in ENDED for code in status):
        return
    for coding in _list(_dict(condition.get("code")).get("coding")):
        if _dict(coding).get("system") == ICD_10_CM:
            yield _text(_dict(coding).get("code"))


def _reference(value: Any) -> str:
    return _text(_dict(value).get("reference"))


def _first(value: Any) -> dict[str, Any]:
    return _dict(next(iter(_list(value)), {}))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
