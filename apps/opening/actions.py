"""Setting up the clinic of an installation, with everything that its first day needs. Once."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.accounts import actions as accounts
from apps.accounts.models import User
from apps.audit import clock
from apps.audit.refused import Refused
from apps.compliance import payers as policies
from apps.exports import letterhead as paper
from apps.notes import record_policy
from apps.patients import actions as patients
from apps.patients import diagnosis_table

from . import link
from .models import SetUpLink


@transaction.atomic
def open_clinic(
    *,
    key: str,
    name: str,
    address: str,
    phone: str,
    npi: str,
    time_zone: str,
    administrator_name: str,
    administrator_email: str,
    payers: list[str],
    late_after_hours: int | None,
    cosigns_assistants: bool,
    source: str,
    organisation: str,
    words: str,
    logo: bytes | None,
) -> User:
    """The clinic, its first administrator, payers, policy of the record and letterhead. Uses the key up.

    Returns the administrator, who has no passphrase yet. Raises Refused; then nothing was stored.
    """
    # The row is locked, so that of two who send the page at once the second finds the key used.
    found = SetUpLink.objects.select_for_update().filter(id=1).first()
    if found is None or link.standing_of(key) != link.Key.OPENS:
        raise Refused("This link has been used, or has ended.")
    try:
        person = accounts.add_clinic(
            name=name,
            address=address,
            phone=phone,
            npi=npi,
            time_zone=time_zone,
            administrator_name=administrator_name,
            administrator_email=administrator_email,
        )
    except ValidationError as problem:  # the form checked it; whoever calls without one is told as well
        raise Refused(" ".join(problem.messages)) from problem
    clinic = person.memberships.get().clinic
    for policy in policies.all():
        if policy.key in payers:
            patients.add_payer(clinic=clinic, name=policy.label, policy=policy.key, by=person)
    if source:
        record_policy.set_policy(
            clinic=clinic,
            applies_from=clock.today(clinic.time_zone),
            cosigns_assistants=cosigns_assistants,
            late_after_hours=late_after_hours or 0,
            source=source,
            by=person,
        )
    if organisation or words or logo:
        paper.set_letterhead(clinic=clinic, organisation=organisation, words=words, logo=logo, by=person)
    diagnosis_table.load()
    found.used_at = clock.now()
    found.save(update_fields=["used_at"])
    return person


def left_without_passphrase() -> User | None:
    """The only person of an installation, who closed the browser before choosing a passphrase."""
    people = list(User.objects.filter(is_active=True)[:2])
    return people[0] if len(people) == 1 and not people[0].has_usable_password() else None
