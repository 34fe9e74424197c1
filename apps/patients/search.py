"""Finding a patient by a part of the name, by MRN or by date of birth, also with a slip of the pen.

The database is asked only for whole names and beginnings of numbers, which its indexes know; which names hold
what was typed, or something near it, is looked up among the clinic's names. They are read once a minute, and
when somebody added or changed one. So a search costs what it finds, and not what the clinic holds.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.core.cache import cache
from django.db import connections, transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat, Lower
from rapidfuzz import process
from rapidfuzz.distance import OSA

from apps.accounts.fields import day_from, plain
from apps.accounts.models import Clinic
from apps.audit import clock

from .models import Patient

MOST_WORDS = 6
MOST_NAMES = 60
"""As many names as are taken for near one word, the nearest first."""

TOO_MANY_NAMES = 400
"""What stands in more names, or begins more MRNs, is looked for in the rows: the first are found at once."""

MOST_LOOKED_AT = 200
FRESH = dt.timedelta(seconds=60)
"""How long names are kept that were read, whatever is heard of them."""

SOON = dt.timedelta(seconds=5)
"""How often it is asked whether somebody elsewhere added or changed one."""

MOST_CLINICS = 16
FIELDS = ("family_name", "given_name")


def parts_of(words: str) -> list[str]:
    return plain(words[:200].replace("\x00", "")).replace(",", " ").split()[:MOST_WORDS]


def folded(name: str) -> str:
    """A name as it is compared: without case, accents, hyphens and apostrophes."""
    if name.isascii() and name.isalpha():
        return name.lower()
    letters = unicodedata.normalize("NFKD", name.casefold())
    signs = (sign if sign.isalnum() else " " for sign in letters if not unicodedata.combining(sign))
    return " ".join("".join(signs).split())


class Names:
    """The names of one field in one clinic, as they are compared."""

    def __init__(self, names: Iterable[str]):
        self.by_word: dict[str, list[str]] = {}
        self.folded: dict[str, list[str]] = {}
        self._take(names)

    def _take(self, names: Iterable[str]) -> None:
        for name in names:
            plain_name = folded(name)
            self.folded.setdefault(plain_name, []).append(name)
            # "dela cruz" is looked for in "de la Cruz" as well.
            for word in {*plain_name.split(), plain_name.replace(" ", "")}:
                self.by_word.setdefault(word, []).append(name)
        self.words = list(self.by_word)
        self.beginnings: dict[int, dict[str, list[str]]] = {}

    def and_also(self, names: Iterable[str]) -> Names:
        """These names and some more, as another object: somebody may be searching in this one."""
        more = Names(())
        more.by_word, more.folded = dict(self.by_word), dict(self.folded)
        more._take(name for name in names if name not in more.folded.get(folded(name), ()))
        return more

    def holding(self, part: str) -> list[str]:
        return [name for plain_name, names in self.folded.items() if part in plain_name for name in names]

    def near(self, part: str) -> dict[str, int]:
        """Names in which a word, or the beginning of one, is near `part`; how many slips away each is."""
        slips = 0 if len(part) < 3 else 1 if len(part) < 6 else 2
        if len(part) not in self.beginnings:
            begun: dict[str, list[str]] = {}
            for word in self.words:
                begun.setdefault(word[: len(part)], []).append(word)
            self.beginnings = {len(part): begun}  # of one length: the next letter asks for another
        begun = self.beginnings[len(part)]
        near: dict[str, int] = {}
        options: dict[str, Any] = {"scorer": OSA.distance, "score_cutoff": slips, "limit": MOST_NAMES}
        for word, distance, _ in process.extract(part, self.words, **options):
            near |= dict.fromkeys(self.by_word[word], distance)
        for beginning, distance, _ in process.extract(part, list(begun), **options):
            for word in begun[beginning]:
                for name in self.by_word[word]:
                    near[name] = min(distance, near.get(name, distance))
        nearest = sorted(near, key=lambda name: (near[name], name))[:MOST_NAMES]
        return {name: near[name] for name in nearest}


@dataclass
class Known:
    """A clinic's names by field, when they were read, and of which version they are."""

    names: dict[str, Names]
    version: str
    read_at: dt.datetime
    looked_at: dt.datetime
    """When the version was last asked for."""


_known: dict[Any, Known] = {}


def forget() -> None:
    """Keep no names any more. For tests, whose database goes back in time."""
    _known.clear()


def names_of(clinic: Clinic) -> dict[str, Names]:
    """The clinic's names by field. They say which names to ask for, never who has them."""
    now, kept = clock.now(), _known.get(clinic.pk)
    if kept and not _is_soon(kept.looked_at, now, SOON):
        kept.looked_at = now
        if cache.get(_version_key(clinic.pk), "") != kept.version:
            kept = None
    if kept is None or not _is_soon(kept.read_at, now, FRESH):
        version = cache.get(_version_key(clinic.pk), "")  # before the names: what comes between is read again
        rows = Patient.objects.filter(clinic=clinic).order_by()
        names = {field: Names(rows.values_list(field, flat=True).distinct()) for field in FIELDS}
        if len(_known) >= MOST_CLINICS:
            _known.clear()
        kept = _known[clinic.pk] = Known(names, version, now, now)
    return kept.names


def _is_soon(moment: dt.datetime, now: dt.datetime, within: dt.timedelta) -> bool:
    return dt.timedelta(0) <= now - moment < within


def _version_key(clinic: UUID) -> str:
    return f"patient-names:{clinic}"


def names_changed(clinic: UUID, patients: Iterable[Patient]) -> None:
    """Patients have these names now, once it is kept: this process knows them at once, and every other one is
    told by a new version, which says nothing about them.
    """
    by_field = {field: [getattr(patient, field) for patient in patients] for field in FIELDS}

    def learn() -> None:
        if kept := _known.get(clinic):
            kept.names = {field: kept.names[field].and_also(names) for field, names in by_field.items()}
        cache.set(_version_key(clinic), uuid4().hex, timeout=None)

    transaction.on_commit(learn, robust=True)


def find(patients: QuerySet, words: str, *, clinic: Clinic) -> QuerySet:
    """Those of `patients`, all of `clinic`, in whom every word is found: in a name, as the date of birth, or
    where the MRN begins with it.
    """
    parts = parts_of(words)
    names = names_of(clinic)
    for part in parts:
        patients = patients.filter(_held(part, names, clinic))
    return patients if parts else patients.none()


def nearest(patients: QuerySet, words: str, *, clinic: Clinic, most: int) -> tuple[list[Patient], int]:
    """The first `most` of `patients` in whom every word is found or, where there are none, is found nearly:
    letters changed places, one wrong, missing or too many. Accents make no difference.

    With them, how many were found as they were written: all of them, or none.
    """
    parts = parts_of(words)
    if not parts:
        return [], 0
    if found := list(find(patients, words, clinic=clinic)[:most]):
        return found, len(found)
    names = names_of(clinic)
    distances: dict[str, dict[str, int]] = {field: {} for field in FIELDS}
    for part in parts:
        patients = patients.filter(_near(part, names, distances, clinic))

    def distance(patient: Patient) -> tuple[int, str, str]:
        far = sum(distances[field].get(getattr(patient, field), 3) for field in FIELDS)
        return far, patient.family_name, patient.given_name

    return sorted(patients[:MOST_LOOKED_AT], key=distance)[:most], 0


def _by_number(part: str, clinic: Clinic) -> Q:
    born_on = day_from(part, is_past=True)
    wanted = _mrn_begins(part, clinic)
    return wanted | Q(born_on=born_on) if born_on else wanted


def _mrn_begins(part: str, clinic: Clinic) -> Q:
    """Whose MRN begins so: the few whom an index finds, or a question to each row, of which the first are
    found at once.
    """
    rows = Q(mrn__istartswith=part)
    if not part.isascii():
        return rows  # what is a small letter there, each database has its own opinion of
    begins = _mrns(clinic).filter(lower_mrn__startswith=part.lower())
    if connections[begins.db].vendor == "sqlite":
        # Whatever begins with it lies between it and it with the last of all signs after it.
        lower = Lower(Value(part))
        begins = _mrns(clinic).filter(lower_mrn__gte=lower, lower_mrn__lt=Concat(lower, Value("\U0010ffff")))
    found = list(begins.values_list("pk", flat=True)[: TOO_MANY_NAMES + 1])
    return rows if len(found) > TOO_MANY_NAMES else Q(pk__in=found)


def _mrns(clinic: Clinic) -> QuerySet:
    """Patients of the clinic in no order, with their MRN as the indexes have it."""
    return Patient.objects.filter(clinic=clinic).alias(lower_mrn=Lower("mrn")).order_by()


def _held(part: str, names: dict[str, Names], clinic: Clinic) -> Q:
    """In whom a word is found: in a name, as a date, or where an MRN begins with it."""
    if any(sign.isdigit() for sign in part):
        return _by_number(part, clinic)
    # Asked before, and not by an OR to names: with that, SQLite sorts all who bear them to show the first.
    whole = list(_mrns(clinic).filter(lower_mrn=Lower(Value(part))).values_list("pk", flat=True)[:1])
    wanted = Q(pk=whole[0]) if whole else Q()
    for field in FIELDS if folded(part) else ():
        holding = names[field].holding(folded(part))
        if len(holding) > TOO_MANY_NAMES:
            wanted |= Q(**{f"{field}__icontains": part})
        elif holding:
            wanted |= Q(**{f"{field}__in": holding})
    return wanted or Q(pk=None)


def _near(part: str, names: dict[str, Names], distances: dict[str, dict[str, int]], clinic: Clinic) -> Q:
    if any(sign.isdigit() for sign in part) or not folded(part):
        return _by_number(part, clinic)
    wanted = Q(pk=None)
    for field in FIELDS:
        near = names[field].near(folded(part))
        wanted |= Q(**{f"{field}__in": list(near)})
        for name, distance in near.items():
            distances[field][name] = min(distance, distances[field].get(name, distance))
    return wanted
