"""The clinic's period of keeping charts. The only writer."""

from __future__ import annotations

from django.db import transaction

from apps.accounts.models import Clinic, User
from apps.audit import clock, events, verbs
from apps.audit.refused import Refused
from apps.compliance import retention
from apps.compliance.retention import Period

from .models import RetentionRule

LONGEST = 100


def of(clinic: Clinic) -> RetentionRule | None:
    """What the clinic said last; None while it has said nothing."""
    return RetentionRule.objects.filter(clinic=clinic).select_related("set_by").first()


def period_of(clinic: Clinic) -> Period:
    """The clinic's own period, never shorter than the sourced one."""
    least = retention.floor(clock.today(clinic.time_zone)).value
    rule = of(clinic)
    if rule is None:
        return Period(least)
    return Period(max(least, rule.years), rule.period.minors_until)


@transaction.atomic
def state(
    *,
    clinic: Clinic,
    years: int,
    majority_age: int | None = None,
    minors_extra_years: int | None = None,
    reason: str = "",
    by: User,
) -> RetentionRule:
    """Say how long the clinic keeps charts. Raises Refused for less than the sourced floor, for half a rule
    about minors, and for what differs from the floor without a reason.
    """
    least = retention.floor(clock.today(clinic.time_zone))
    if years < least.value:
        raise Refused(
            f"At least {least.value} years: {least.source}. A clinic may keep charts longer.", field="years"
        )
    if (majority_age is None) != (minors_extra_years is None):
        field = "majority_age" if majority_age is None else "minors_extra_years"
        raise Refused("Fill in both fields about minors, or neither.", field=field)
    reason = reason.strip()
    if not reason and (years > least.value or majority_age is not None):
        raise Refused("Say which law or policy asks for it, so that others can check.", field="reason")
    rule = RetentionRule.objects.create(
        clinic=clinic,
        years=years,
        majority_age=majority_age,
        minors_extra_years=minors_extra_years,
        reason=reason,
        set_by=by,
        set_at=clock.now(),
    )
    events.record(
        verbs.RETENTION_SET,
        by=by,
        clinic=clinic,
        target=rule,
        years=years,
        majority_age=majority_age,
        minors_extra_years=minors_extra_years,
    )
    return rule
