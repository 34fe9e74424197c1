"""A password or code that was wrong is recorded, whichever page asked for it."""

from __future__ import annotations

from django.contrib.auth.signals import user_login_failed
from django.dispatch import receiver

from apps.audit import events, verbs

from .models import User


@receiver(user_login_failed, dispatch_uid="a_failed_sign_in_is_recorded")
def failed(sender, credentials, request=None, **kwargs):
    """Record it under the account that was tried. The typed address is not kept:
    people type passwords into it.
    """
    typed = credentials.get("username") or credentials.get("email") or ""
    person = User.objects.filter(email=str(typed).strip().lower()[:254].replace("\x00", "")).first()
    membership = (
        person.memberships.filter(is_active=True, clinic__is_practice=False).first() if person else None
    )
    events.record_plain(
        verbs.SIGN_IN_FAILED,
        by=None,
        clinic=str(membership.clinic_id) if membership else "",
        target_type=User._meta.label if person else "",
        target=str(person.pk) if person else "",
        outcome="refused",
    )
