"""Where the resources of a bundle are gathered, and the names of other people's code systems."""

from __future__ import annotations

import tomllib
import uuid
from functools import cache
from pathlib import Path
from typing import Any

Resource = dict[str, Any]

HL7 = "http://terminology.hl7.org/CodeSystem/"


@cache
def terms() -> dict[str, dict[str, dict[str, Any]]]:
    data = tomllib.loads((Path(__file__).parent / "data" / "fhir.toml").read_text(encoding="utf-8"))
    return {
        "systems": {row["key"]: row for row in data["systems"]},
        "notes": {row["discipline"]: row for row in data["notes"]},
        "vitals": {row["key"]: row for row in data["vitals"]},
    }


def system(key: str) -> str:
    return terms()["systems"][key]["uri"]


class Shelf:
    """The resources of a bundle in their order, each under an id that follows from the note's."""

    def __init__(self, note: str, clinic: str, payload: dict[str, Any]):
        self.note, self.clinic, self.payload = uuid.UUID(note), clinic, payload
        self.day: str = payload["visit"]["date_of_service"]
        self.resources: dict[str, Resource] = {}
        self.is_void = False

    def id(self, role: str) -> str:
        return str(uuid.uuid5(self.note, role))

    def put(self, kind: str, id: str, **elements: Any) -> Resource:
        """Put a resource on the shelf; a reference to it."""
        self.resources[id] = {"resourceType": kind, "id": id, **elements}
        return {"reference": f"urn:uuid:{id}"}

    def ref(self, id: str, display: str = "") -> Resource:
        return {"reference": f"urn:uuid:{id}", "display": display}

    def person(self, name: str, signature: dict[str, Any] | None = None) -> Resource:
        """A person by the name under their words; what else is known of them comes with their signature."""
        id = self.id(f"person/{name}")
        if id not in self.resources:
            self.put("Practitioner", id, name=[{"text": name}])
        if signature:
            licence = " ".join(filter(None, (signature["licence_state"], signature["licence_number"])))
            known = self.resources[id]
            known["identifier"] = [
                {"system": "http://hl7.org/fhir/sid/us-npi", "value": signature["npi"]}
                if signature["npi"]
                else {}
            ]
            known["qualification"] = (
                [
                    {
                        "identifier": [{"value": licence}] if signature["licence_number"] else [],
                        "code": {"text": signature["credential"]},
                        "period": {"end": signature["licence_expires_on"]},
                    }
                ]
                if signature["credential"]
                else []
            )
        return self.ref(id, name)

    @property
    def patient(self) -> Resource:
        return self.ref(self.payload["patient"]["id"])

    @property
    def encounter(self) -> Resource:
        return self.ref(self.payload["visit"]["id"])

    def status(self, usual: str) -> str:
        return "entered-in-error" if self.is_void else usual
