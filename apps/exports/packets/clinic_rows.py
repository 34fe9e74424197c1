"""What all charts of a clinic share, as tables for a clinic that leaves: people, payers, fees and so on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps.accounts.models import Clinic, Membership
from apps.exports.models import ClinicFee
from apps.notes.models import SavedPhrase
from apps.patients.models import LegalHold, Payer

Rows = Iterator[tuple[Any, ...]]


def tables_of(clinic: Clinic) -> Iterator[tuple[str, Rows]]:
    """Name and rows of each table, its heading first."""
    yield "clinic", iter([CLINIC, tuple(getattr(clinic, name) for name in CLINIC)])
    yield "people", _people(clinic)
    yield "payers", _payers(clinic)
    yield "phrases", _phrases(clinic)
    yield "fees", _fees(clinic)
    yield "legal-holds", _holds(clinic)


CLINIC = ("id", "name", "address", "phone", "npi", "time_zone", "paper")
PERSON = (
    "id",
    "name",
    "email",
    "credential",
    "letters",
    "discipline",
    "npi",
    "licence_state",
    "licence_number",
    "licence_expires_on",
)


def _people(clinic: Clinic) -> Rows:
    yield (*PERSON, "role", "works_here")
    rows = Membership.objects.filter(clinic=clinic).select_related("user").order_by("user__name", "pk")
    for membership in rows:
        person = tuple(_text(getattr(membership.user, name)) for name in PERSON)
        is_here = membership.is_active and membership.user.is_active
        yield (*person, membership.role, "yes" if is_here else "no")


def _payers(clinic: Clinic) -> Rows:
    yield ("id", "name", "policy", "in_use")
    for payer in Payer.objects.filter(clinic=clinic).order_by("name"):
        yield (str(payer.pk), payer.name, payer.policy, "yes" if payer.is_active else "no")


def _phrases(clinic: Clinic) -> Rows:
    yield ("of", "kind", "words")
    rows = SavedPhrase.objects.filter(clinic=clinic, retired_at=None).select_related("owner")
    for phrase in rows.order_by("kind", "words", "pk"):
        yield (phrase.owner.name if phrase.owner else "everybody", phrase.kind, phrase.words)


def _fees(clinic: Clinic) -> Rows:
    yield ("code", "from", "charge", "source")
    for fee in ClinicFee.objects.filter(clinic=clinic).order_by("code", "starts_on"):
        yield (fee.code, _text(fee.starts_on), str(fee.charge), fee.source)


def _holds(clinic: Clinic) -> Rows:
    yield ("chart", "mrn", "reason", "placed_at", "placed_by", "lifted_at", "lifted_by", "lifted_because")
    held = LegalHold.objects.filter(patient__clinic=clinic)
    for hold in held.select_related("patient", "placed_by", "lifted__lifted_by").order_by("placed_at", "pk"):
        end = getattr(hold, "lifted", None)
        ended = (end.lifted_at.isoformat(), end.lifted_by.name, end.reason) if end else ("", "", "")
        begun = (hold.reason, hold.placed_at.isoformat(), hold.placed_by.name)
        yield (str(hold.patient_id), hold.patient.mrn, *begun, *ended)


def _text(value: Any) -> str:
    return "" if value is None else str(value)
