"""The letters and requests of a clinic that wait for an answer, for whoever answers them. Only reading."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from apps.accounts.models import Clinic, User
from apps.audit import clock
from apps.patients.access import records_requests_kept_by
from apps.patients.models import RecordsRequest

from . import contents
from .access import builds_visible_to, packets_visible_to
from .models import Build, Packet


@dataclass(frozen=True)
class Open:
    """A packet that has not left, and the time that its letter gives. `packet.ready`: what was made of it."""

    packet: Packet
    clock: contents.Clock


def clock_of(packet) -> contents.Clock:
    """How long the letter still gives, on the clinic's wall."""
    today = clock.today(packet.clinic.time_zone)
    return contents.clock_of(packet.letter_kind, packet.letter_on, packet.due_on, today)


def letters_of(user: User, clinic: Clinic) -> QuerySet[Packet]:
    """The clinic's letters about one patient each, sent or not."""
    done = builds_visible_to(user).filter(status=Build.Status.DONE)
    visible = packets_visible_to(user).filter(clinic=clinic, sample=None)
    return visible.select_related("patient", "clinic").prefetch_related(
        Prefetch("builds", done, to_attr="ready")
    )


def open_letters(user: User, clinic: Clinic) -> list[Open]:
    """Those still to be answered, what is due first before what has no date."""
    found = [Open(one, clock_of(one)) for one in letters_of(user, clinic).filter(sent_on=None)]
    return sorted(found, key=lambda one: (one.clock.due_on is None, one.clock.due_on or one.packet.letter_on))


def unanswered_requests(user: User, clinic: Clinic) -> QuerySet[RecordsRequest]:
    """Requests written down in a chart that no packet answers, and of which nothing has left."""
    asked = records_requests_kept_by(user).filter(patient__clinic=clinic, packet=None, packets_sent=None)
    return asked.order_by("received_on", "pk")
