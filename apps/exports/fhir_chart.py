"""A whole chart as one FHIR R4 bundle: the person as the desk knows them today, then each signed note's own
document bundle (fhir.py) as it stands. Written piece by piece, so that a long chart takes no more memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import IO, Any

from apps.audit import clock
from apps.patients.models import Patient

from .fhir import GENDERS, bundle, kept
from .fhir_shelf import HL7, Resource, system
from .store import entries_of


def write(patient: Patient, records: Iterable[Patient], notes: Iterable[Any], to: IO[str]) -> int:
    """Write the bundle of a person's records and notes; how many resources stand in it."""
    head = {
        "resourceType": "Bundle",
        "id": str(patient.pk),
        "type": "collection",
        "timestamp": clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    to.write(f'{json.dumps(head, ensure_ascii=False)[:-1]}, "entry": [')
    count = 0
    for resource in _resources(patient, records, notes):
        entry = {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource}
        to.write(f"{',' if count else ''}\n{json.dumps(kept(entry), ensure_ascii=False)}")
        count += 1
    to.write("\n]}\n")
    return count


def _resources(patient: Patient, records: Iterable[Patient], notes: Iterable[Any]) -> Iterator[Resource]:
    for record in records:
        yield _patient(record, patient)
        for coverage in record.coverages.select_related("payer"):
            yield {
                "resourceType": "Coverage",
                "id": str(coverage.pk),
                "status": "active",
                "subscriberId": coverage.member_number,
                "beneficiary": _about(record),
                "period": _period(coverage.starts_on, coverage.ends_on),
                "payor": [{"display": coverage.payer.name}],
                "order": coverage.rank,
            }
        for diagnosis in record.diagnoses.all():
            yield _condition(record, diagnosis)
    for note in notes:
        found = bundle(entries_of(note))
        if found is not None:
            yield found


def _patient(record: Patient, stays: Patient) -> Resource:
    """A record that was put to another one says so."""
    link = [{"other": _about(stays), "type": "replaced-by"}] if record.pk != stays.pk else []
    return {
        "resourceType": "Patient",
        "id": str(record.pk),
        "identifier": [
            {
                "type": {"coding": [{"system": f"{HL7}v2-0203", "code": "MR"}]},
                "system": f"urn:uuid:{record.clinic_id}",
                "value": record.mrn,
            }
        ],
        "name": [{"use": "official", "family": record.family_name, "given": [record.given_name]}],
        "telecom": [{"system": "phone", "value": record.phone}] if record.phone else [],
        "gender": GENDERS.get(record.sex, "unknown"),
        "birthDate": record.born_on.isoformat(),
        "link": link,
    }


def _condition(record: Patient, diagnosis) -> Resource:
    is_over = diagnosis.ended_on is not None
    return {
        "resourceType": "Condition",
        "id": str(diagnosis.pk),
        "clinicalStatus": {
            "coding": [
                {"system": f"{HL7}condition-clinical", "code": "inactive" if is_over else "active"},
            ]
        },
        "category": [
            {
                "coding": [{"system": f"{HL7}condition-category", "code": "problem-list-item"}],
                "text": diagnosis.get_type_display(),
            }
        ],
        "code": {
            "coding": [
                {"system": system("icd10cm"), "version": diagnosis.release, "code": diagnosis.code},
            ],
            "text": diagnosis.words,
        },
        "subject": _about(record),
        "onsetDateTime": diagnosis.onset_on and diagnosis.onset_on.isoformat(),
        "abatementDateTime": diagnosis.ended_on and diagnosis.ended_on.isoformat(),
        "recordedDate": diagnosis.added_on.isoformat(),
    }


def _period(starts_on, ends_on) -> Resource:
    return {"start": starts_on.isoformat(), "end": ends_on and ends_on.isoformat()}


def _about(record: Patient) -> Resource:
    return {"reference": f"urn:uuid:{record.pk}"}
