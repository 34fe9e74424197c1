"""Who of a list may be somebody that is here already: by MRN, by name and date of birth, by a name near it.

Nothing is decided here. Whoever brings the list in is asked.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any, NamedTuple

from django.db.models.functions import Coalesce
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from apps.accounts.models import Clinic, User
from apps.patients.models import Patient
from apps.patients.search import folded

from .access import charts_known_to

NEAR_NAME = 84
"""How alike two names of the same date of birth must be (of 100) to be asked about."""


class Alike(NamedTuple):
    """The patient, or the line of the same file, and why somebody should look."""

    patient: Any
    line: int | None
    why: str
    may_be_new: bool = True


class One(NamedTuple):
    """Somebody to compare with: of the clinic (`patient`), or of the file (`line`)."""

    patient: Any
    line: int | None
    name: str
    born_on: dt.date


def name_of(family_name: str, given_name: str) -> str:
    return f"{folded(family_name)}, {folded(given_name)}"


class Known:
    """Those who are known so far: the clinic's patients whom `by` may see, and the rows read before."""

    def __init__(self, clinic: Clinic, by: User):
        self.by_mrn: dict[str, One] = {}
        self.by_day: dict[dt.date, list[One]] = defaultdict(list)
        self.by_name: dict[str, list[One]] = defaultdict(list)
        # An MRN that somebody out of reach has is taken all the same, as it is where one patient is added.
        taken = Patient.objects.filter(clinic=clinic).values_list("mrn", flat=True)
        self.taken = {mrn.casefold() for mrn in taken.iterator()}
        seen = charts_known_to(by, clinic).values_list(
            Coalesce("merged_into", "pk"), "mrn", "family_name", "given_name", "born_on"
        )
        for pk, mrn, family_name, given_name, born_on in seen.iterator():
            self._add(One(pk, None, name_of(family_name, given_name), born_on), mrn)

    def _add(self, one: One, mrn: str) -> None:
        self.by_mrn.setdefault(mrn.casefold(), one)
        self.by_day[one.born_on].append(one)
        self.by_name[one.name].append(one)

    def read(self, line: int, values: dict[str, Any]) -> None:
        """From now on this row of the file is known too."""
        one = One(None, line, name_of(values["family_name"], values["given_name"]), values["born_on"])
        self._add(one, values["mrn"])

    def is_out_of_reach(self, mrn: str) -> bool:
        return mrn.casefold() in self.taken and mrn.casefold() not in self.by_mrn

    def find(self, values: dict[str, Any]) -> Alike | None:
        if found := self.by_mrn.get(values["mrn"].casefold()):
            return Alike(found.patient, found.line, "The same MRN", may_be_new=False)
        name, born_on = name_of(values["family_name"], values["given_name"]), values["born_on"]
        same_day = self.by_day.get(born_on, ())
        for one in same_day:
            if one.name == name:
                return Alike(one.patient, one.line, "The same name and date of birth")
        near = max(((_nearness(one.name, name), one) for one in same_day), default=None, key=_first)
        if near and near[0] >= NEAR_NAME:
            return Alike(near[1].patient, near[1].line, "The same date of birth, and a name near it")
        for one in self.by_name.get(name, ()):
            if _is_a_slip(one.born_on, born_on):
                return Alike(one.patient, one.line, "The same name, and a date of birth near it")
        return None


def _first(pair: tuple[float, One]) -> float:
    return pair[0]


def _nearness(one: str, other: str) -> float:
    return max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other))


def _is_a_slip(one: dt.date, other: dt.date) -> bool:
    """Day and month changed places, or one sign written wrong."""
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return True
    return OSA.distance(one.isoformat(), other.isoformat(), score_cutoff=1) <= 1
