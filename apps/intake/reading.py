"""A row of text into the values of a patient, with everything that is wrong said at once.

What may be stored is judged by the fields of the form in which one patient is added, so that a list and a
form can never differ.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from apps.accounts.models import Clinic
from apps.audit.refused import Refused
from apps.patients import actions, diagnosis_codes
from apps.patients.forms import CoverageForm, DiagnosisForm, PatientForm
from apps.patients.models import Payer

from . import columns as known

MIDNIGHT = re.compile(r"[ T]0{1,2}:00(:00(\.0+)?)?( ?AM)?Z?$")
MOST_DIAGNOSES = 12

SEXES = {
    **dict.fromkeys(("f", "female", "woman", "w", "fem"), "F"),
    **dict.fromkeys(("m", "male", "man"), "M"),
    **dict.fromkeys(("x", "u", "o", "other", "unknown", "not stated", "nonbinary", "non-binary", ""), "X"),
}

PATIENT = ("family_name", "given_name", "born_on", "mrn", "phone", "precautions")


@dataclass
class Reading:
    """What a row says. `coverage` is None and `diagnoses` empty where it says nothing of them."""

    patient: dict[str, Any] = field(default_factory=dict)
    coverage: dict[str, Any] | None = None
    diagnoses: list[str] = field(default_factory=list)
    problems: list[list[str]] = field(default_factory=list)

    @property
    def mrn(self) -> str:
        return self.patient["mrn"].casefold()


class Reader:
    """Reads the rows of one import. The clinic's payers and the codes are asked for once."""

    def __init__(self, clinic: Clinic, columns: Mapping[str, int], width: int):
        self.clinic, self.columns, self.width = clinic, columns, width
        listed = Payer.objects.filter(clinic=clinic, is_active=True)
        self.payers = {payer.name.casefold(): payer for payer in listed}
        self.codes: dict[str, str] = {}
        self.fields = {**PatientForm.base_fields, "onset_on": DiagnosisForm.base_fields["onset_on"]}
        self.of_coverage = CoverageForm.base_fields

    def read(self, cells: Sequence[str]) -> Reading:
        found = Reading()
        said = {name: cells[at] if at < len(cells) else "" for name, at in self.columns.items()}
        if len(cells) > self.width:
            found.problems.append(
                ["Row", "It has more cells than the heading. A cell with a separator needs quotation marks."]
            )
        self._split_name(said)
        for name in PATIENT:
            text = said.get(name, "")
            text = MIDNIGHT.sub("", text) if name == "born_on" else text
            found.patient[name] = self._value(self.fields[name], name, text, found)
        self._sex(said.get("sex", ""), found)
        if found.patient["born_on"]:
            try:
                actions.check_birth(found.patient["born_on"], self.clinic.time_zone)
            except Refused as refusal:
                found.problems.append([known.BY_NAME["born_on"].label, str(refusal)])
        self._coverage(said, found)
        self._diagnoses(said.get("diagnoses", ""), found)
        return found

    def _split_name(self, said: dict[str, str]) -> None:
        family, comma, given = said.get("whole_name", "").partition(",")
        if comma:
            said["family_name"] = said.get("family_name") or family
            said["given_name"] = said.get("given_name") or given

    def _value(self, form_field, name: str, text: str, found: Reading) -> Any:
        label = known.BY_NAME[name].label
        try:
            return form_field.clean(text)
        except ValidationError as error:
            words = " ".join(error.messages)
            if form_field.required and not text:
                words = "This is missing."
                if name in ("family_name", "given_name") and "whole_name" in self.columns:
                    words = "This is missing. Write the whole name as “Family, Given”."
            found.problems.append([label, words])
            return form_field.empty_value if hasattr(form_field, "empty_value") else None

    def _sex(self, text: str, found: Reading) -> None:
        sex = SEXES.get(text.strip().casefold())
        if sex is None:
            found.problems.append(["Sex", "Write F, M or X, or leave it empty for “not stated”."])
        found.patient["sex"] = sex or "X"

    def _coverage(self, said: dict[str, str], found: Reading) -> None:
        names = ("payer", "member_number", "covered_from")
        if not any(said.get(name, "").strip() for name in names):
            return
        said["covered_from"] = MIDNIGHT.sub("", said.get("covered_from", ""))
        payer = self.payers.get(" ".join(said.get("payer", "").casefold().split()))
        if payer is None:
            words = "This is missing." if not said.get("payer") else "No payer in use is called so. "
            if said.get("payer"):
                words += "An administrator adds it under Payers; or leave this column out."
            found.problems.append(["Payer", words])
        member = self._value(
            self.of_coverage["member_number"], "member_number", said.get("member_number", ""), found
        )
        starts_on = self._value(self.of_coverage["starts_on"], "covered_from", said["covered_from"], found)
        found.coverage = {"payer": payer, "member_number": member, "starts_on": starts_on}

    def _diagnoses(self, text: str, found: Reading) -> None:
        codes = list(dict.fromkeys(code for code in re.split(r"[\s,;|]+", text.strip()) if code))
        if len(codes) > MOST_DIAGNOSES:
            found.problems.append(["Diagnosis codes", f"More than {MOST_DIAGNOSES} in one row."])
            return
        for code in codes:
            plain = diagnosis_codes.dotted(code[:20])
            if plain not in self.codes:
                is_known = diagnosis_codes.get(code[:20]) is not None
                self.codes[plain] = "" if is_known else diagnosis_codes.why_unknown(code[:20])
            if self.codes[plain]:
                found.problems.append(["Diagnosis codes", f"{code[:20]}: {self.codes[plain]}"])
            elif plain not in found.diagnoses:
                found.diagnoses.append(plain)
