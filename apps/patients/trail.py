"""What was looked at and what was refused, recorded for every address, whichever view answers there.

Views and actions record what they know best: a note signed, a chart opened. This
middleware sees to the rest, so that no page about a patient can be forgotten: a
page of a chart that recorded nothing itself, a list of patients, something out
of reach (404), and a move that an action refused, whose own transaction is gone.

No event holds what was typed: the address by its name, and ids.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import F, ForeignKey, Model, UUIDField, Value

from apps.audit import events, refused, verbs

from .models import Patient

LISTS = frozenset({"today", "patients", "notes", "worklist", "attendance-log"})
"""Addresses of pages that name many patients. An app adds its own in its AppConfig: `show_patients`."""

_more_lists: set[str] = set()
ANY = UUID(int=0)
FARTHEST = 3
"""Steps from a row to its patient: measure → note → visit → patient."""


def show_patients(*addresses: str) -> None:
    """Say that pages of these addresses name patients, so that opening them is recorded."""
    _more_lists.update(addresses)


class Thing(NamedTuple):
    """What an id in an address names: its model, its clinic and its patient, as text."""

    label: str = ""
    patient: str = ""
    clinic: str = ""


class Trail:
    """Records what the view did not."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with events.watched() as recorded, refused.watched() as refusals:
            response = self.get_response(request)
            match = request.resolver_match
            if match is None or not match.url_name or not request.user.is_authenticated:
                return response
            if response.status_code == 404:
                self.record(verbs.ACCESS_DENIED, request, outcome="refused")
            elif refusals and request.method == "POST":
                fields = sorted({refusal.field for refusal in refusals if refusal.field})
                self.record(verbs.MOVE_REFUSED, request, outcome="refused", fields=fields)
            elif request.method == "GET" and response.status_code == 200 and not recorded:
                self.seen(request, match)
        return response

    def seen(self, request, match) -> None:
        if match.url_name in LISTS or match.url_name in _more_lists:
            self.record(verbs.LIST_OPENED, request)
        elif (thing := thing_of(_id(match))) and thing.patient:
            self.record(verbs.PAGE_OPENED, request, thing=thing)

    def record(self, verb: str, request, *, thing: Thing | None = None, outcome: str = "done", **details):
        match = request.resolver_match
        # Asked for a made-up id as well, so that time does not tell which ids are real.
        thing = thing or thing_of(_id(match))
        clinic = thing.clinic or str(request.membership.clinic_id if request.membership else "")
        events.record_plain(
            verb,
            by=request.user,
            clinic=clinic,
            patient=thing.patient,
            target_type=thing.label,
            target=str(_id(match) or "") if thing.label else "",
            outcome=outcome,
            details={"page": match.url_name, **{name: value for name, value in details.items() if value}},
        )


def _id(match) -> UUID | None:
    return next((value for value in match.kwargs.values() if isinstance(value, UUID)), None)


def thing_of(id: UUID | None) -> Thing:
    """What `id` names. Ids are random, so one names one row of whichever table; one query asks all."""
    if id is None:
        return Thing()
    sql, values = _question(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, [_stored(id) if value == _stored(ANY) else value for value in values])
        found = cursor.fetchone()
    if not found:
        return Thing()
    label, *ids = found
    return Thing(label, *(str(UUID(str(value))) if value else "" for value in ids))


@cache
def _question(vendor: str) -> tuple[str, tuple[Any, ...]]:
    """The query with ANY in the id's place. It never changes, and writing it takes longer than asking it."""
    first, *others = [
        model._base_manager.order_by()
        .filter(pk=ANY)
        .annotate(_label=Value(model._meta.label), _patient=_path(patient), _clinic=_path(clinic))
        .values_list("_label", "_patient", "_clinic")
        for model, patient, clinic in _named_by_ids()
    ]
    return first.union(*others, all=True).query.sql_with_params()


def _stored(id: UUID) -> Any:
    return UUIDField().get_db_prep_value(id, connection)


def _path(path: str):
    return F(path) if path else Value(None, output_field=UUIDField())


@cache
def _named_by_ids() -> tuple[tuple[type[Model], str, str], ...]:
    """Our models with random ids, with the ways to their patient and clinic. Patients first: their columns
    tell PostgreSQL what the empty ones of the others are.
    """
    models: list[Any] = [
        model
        for model in apps.get_models()
        if model.__module__.startswith("apps.") and isinstance(model._meta.pk, UUIDField)
    ]
    models.sort(key=lambda model: model is not Patient)
    rows = []
    for model in models:
        patient = "pk" if model is Patient else _way(model, "patients.Patient")
        clinic = "pk" if model._meta.label == "accounts.Clinic" else _way(model, "accounts.Clinic")
        if patient or clinic:
            rows.append((model, patient, clinic))
    return tuple(rows)


def _way(model, label: str) -> str:
    """The shortest way along foreign keys from `model` to one with this label, as a lookup of its id."""
    waiting: list[tuple[Any, tuple[str, ...]]] = [(model, ())]
    while waiting:
        at, path = waiting.pop(0)
        keys = [field for field in at._meta.concrete_fields if isinstance(field, ForeignKey)]
        for key in keys:
            if key.related_model._meta.label == label:
                return "__".join((*path, key.attname))
        if len(path) < FARTHEST:
            waiting += [
                (key.related_model, (*path, key.name))
                for key in keys
                if key.related_model._meta.label != "accounts.User"
            ]
    return ""
