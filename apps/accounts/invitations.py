"""The link by which somebody chooses their own passphrase, so that nobody else ever knows one.

An administrator hands it over, or Midline sends it where the clinic set up mail. It is made by
Django's generator for such links, out of the person's row and the server's secret: nothing of it is
stored, and it ends by itself when a passphrase is chosen, when somebody signs in or gets another
address, when another invitation takes its place, and after three days.
"""

from __future__ import annotations

import datetime as dt
import uuid
from smtplib import SMTPException

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import send_mail
from django.urls import reverse

from apps.audit import clock

from .models import User

HOURS = settings.PASSWORD_RESET_TIMEOUT // 3600


class Links(PasswordResetTokenGenerator):
    key_salt = "midline.invitations"

    def _now(self) -> dt.datetime:
        return clock.now().replace(tzinfo=None)


_links = Links()


def key_for(person: User) -> str:
    return f"{person.pk.hex}.{_links.make_token(person)}"


def address_for(person: User) -> str:
    """Where the link leads, without the host. In the query: Midline's log holds no query."""
    return f"{reverse('welcome')}?key={key_for(person)}"


def person_of(key: str) -> User | None:
    """Whom the link invites, while it works."""
    name, _, _ = key.partition(".")
    try:
        person = User.objects.get(pk=uuid.UUID(name), is_active=True)
    except (ValueError, User.DoesNotExist):
        return None
    return person if fits(person, key) else None


def fits(person: User, key: str) -> bool:
    token = key.partition(".")[2]
    return not person.has_usable_password() and _links.check_token(person, token)


def sent(person: User, clinic, link: str) -> bool:
    """Send the link by mail, and say whether it went."""
    text = (
        f"{clinic.name} invites you to Midline, where its therapy notes are written.\n\n"
        f"Choose your passphrase here; the link works once, for {HOURS} hours:\n{link}\n\n"
        "If you do not work there, ignore this message.\n"
    )
    try:
        return send_mail("Your invitation to Midline", text, None, [person.email]) == 1
    except (OSError, SMTPException):
        return False
