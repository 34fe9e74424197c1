"""What a clinic wants its rules to do, where that is not what they do by themselves: read, and changed.

How far a clinic may go is apps/compliance/severity.py's business.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.accounts.models import Clinic, User
from apps.audit import clock, events, verbs
from apps.audit.refused import Refused
from apps.compliance import rules
from apps.compliance.severity import problems_with

from .models import ClinicSeverity


def policy_of(clinic: UUID) -> dict[str, str]:
    """Rule's code → the severity that the clinic chose. One query, so ask once per request."""
    return dict(ClinicSeverity.objects.filter(clinic=clinic).values_list("code", "severity"))


@transaction.atomic
def set_severity(*, clinic: Clinic, code: str, severity: str | None, reason: str, by: User) -> None:
    """Choose what a rule does in a clinic; with None, or the rule's own severity, it does its own again.

    Raises Refused for a rule that there is not, for a severity beyond the rule's
    limits, without a reason, and when nothing would change.
    """
    rule = rules.get(code)
    if rule is None:
        raise Refused("There is no such rule.", field="code")
    if severity is not None and (problems := problems_with({code: severity}, {code: rule})):
        raise Refused(problems[0], field="severity")
    reason = reason.strip()
    if not reason:
        raise Refused("Say why. Whoever reads the history should understand it.", field="reason")
    # The clinic's row, because the choice may have none yet that could be locked.
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    chosen = ClinicSeverity.objects.filter(clinic=clinic, code=code).first()
    was, own = chosen.severity if chosen else rule.severity.value, rule.severity.value
    now = severity or own
    if now == was and (chosen is None or chosen.reason == reason):
        raise Refused("It is so already, so nothing was changed.", field="severity")
    if now == own:
        ClinicSeverity.objects.filter(clinic=clinic, code=code).delete()
    else:
        values = {"severity": now, "reason": reason, "set_by": by, "set_at": clock.now()}
        ClinicSeverity.objects.update_or_create(clinic=clinic, code=code, defaults=values)
    # The reason is about a rule and names nobody; without it the history would not say why.
    events.record(verbs.SEVERITY_SET, by=by, clinic=clinic, rule=code, was=was, now=now, reason=reason)
