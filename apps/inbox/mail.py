"""Mail about the inbox: how many of what is new, the way to it, and not a word about anybody.

At once is the worker's: something happened in a clinic, and it looks for those who asked to be told at once.
Once a day is `manage.py inbox_mail`. Both claim what they mail about before they send it, so that nothing is
mailed about twice. What the mail server did not take is given back, and goes with the next mail. What it may
have taken (the line broke off) is not sent again: the inbox has it in any case.
"""

from __future__ import annotations

import logging
import smtplib
import socket
import ssl
from collections import Counter
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse

from apps.accounts import addresses
from apps.accounts.access import active_memberships
from apps.accounts.models import Membership
from apps.audit import events, verbs
from apps.exports.work import long_work

from . import choices, marks, matters
from .kinds import COUNTED, Kind, in_words
from .models import MailChoice

logger = logging.getLogger(__name__)

SUBJECT = "Something waits in your Midline inbox"
When = MailChoice.When

NOT_TAKEN = (
    smtplib.SMTPResponseException,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPNotSupportedError,
    ConnectionRefusedError,
    socket.gaierror,
    ssl.SSLCertVerificationError,
)
"""Failures after which the server certainly has not taken the mail."""


def is_sent_here() -> bool:
    """Does whoever runs the server send mail at all?"""
    return bool(settings.EMAIL_HOST)


def look_soon(clinic: UUID) -> None:
    """Something happened in the clinic: have the worker look, where somebody asked to be told at once."""
    if is_sent_here() and MailChoice.objects.filter(clinic=clinic, when=When.AT_ONCE).exists():
        at_once.enqueue(str(clinic))


@long_work
def at_once(clinic: str) -> int:
    """Mail everybody of the clinic who asked to be told at once of what is new; how many mails went."""
    wanted = MailChoice.objects.filter(clinic=clinic, when=When.AT_ONCE).values("user")
    return sum(send_new(one, When.AT_ONCE) for one in _members().filter(clinic=clinic, user__in=wanted))


def daily() -> int:
    """Mail everybody about what is new of the kinds that they want to hear of; how many mails went."""
    return sum(send_new(one, When.AT_ONCE, When.DAILY) for one in _members())


def _members():
    return (
        active_memberships()
        .filter(clinic__is_practice=False, user__is_active=True)
        .select_related("user", "clinic")
        .order_by("pk")
    )


def send_new(membership: Membership, *when: str) -> bool:
    """One mail about all that is new of the kinds wanted `when`; False where there was none to send."""
    kinds = [kind for kind, chosen in choices.of(membership).items() if chosen in when]
    if not kinds or not is_sent_here():
        return False
    lines = marks.lines_of(membership, matters.of(membership.user, membership, kinds))
    lines = [line for line in lines if line.is_new]
    if When.DAILY not in when:
        # Calm: whoever had a mail about a kind and did not look yet needs no second one.
        told = marks.mailed(membership, [key for line in lines for key in line.new])
        quiet = {line.matter.kind for line in lines if told & set(line.new)}
        lines = [line for line in lines if line.matter.kind not in quiet]
    claimed = marks.claim(membership=membership, keys=[key for line in lines for key in line.new])
    numbers = Counter({line.matter.kind: 0 for line in lines})
    for line in lines:
        numbers[line.matter.kind] += len(claimed & set(line.new))
    if not +numbers:
        return False
    try:
        send_mail(SUBJECT, text_of(membership, +numbers), None, [membership.user.email])
    except (OSError, smtplib.SMTPException) as failure:
        if isinstance(failure, NOT_TAKEN):
            marks.release(membership=membership, keys=claimed)
        logger.warning("mail about an inbox not sent: %s", type(failure).__name__)
        return False
    counted: dict[str, Any] = {str(kind): number for kind, number in (+numbers).items()}
    events.record(verbs.MAIL_SENT, clinic=membership.clinic, target=membership.user, **counted)
    return True


def text_of(membership: Membership, numbers: Counter[Kind]) -> str:
    said = [f"- {in_words(number, COUNTED[kind])}" for kind, number in numbers.items()]
    inbox, choice = (addresses.whole(reverse(name)) for name in ("inbox", "inbox-mail"))
    return (
        f"New for you at {membership.clinic.name}:\n\n"
        + "\n".join(said)
        + f"\n\nOpen your inbox: {inbox}\n\n"
        + f"What is mailed to you, and when: {choice}\n"
        + "Nobody reads answers to this mail.\n"
    )
