"""What every page shows around its content: whose clinic it is, where one can go, whether it is a demo."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from . import access
from .models import Membership, Role, User

TODAY = ("today", "Today")
HOME = ("home", "Home")
PATIENTS = ("patients", "Patients")
NOTES = ("notes", "Notes")
REVIEW = ("review", "Review")
WORKLIST = ("worklist", "Worklist")
ATTENDANCE = ("attendance-log", "Attendance")
PEOPLE = ("people", "People")
PAYERS = ("payers", "Payers")
RULES = ("rules", "Rules")
TRAIL = ("trail", "Audit trail")
PACKETS = ("packets", "Packets")
CLINIC = ("clinic-details", "Clinic")
IMPORTS = ("imports", "Patients in")
CHARTS_OUT = ("clinic-copy", "Patients out")

# The first is where the wordmark leads.
NAVIGATION = {
    Role.THERAPIST: (TODAY, WORKLIST, PATIENTS, NOTES, REVIEW, ATTENDANCE, RULES),
    Role.ASSISTANT: (TODAY, WORKLIST, PATIENTS, NOTES, ATTENDANCE, RULES),
    Role.SUPERVISOR: (TODAY, WORKLIST, PATIENTS, NOTES, REVIEW, ATTENDANCE, PACKETS, TRAIL, RULES),
    Role.STUDENT: (TODAY, NOTES, RULES),
    Role.RECORDS: (HOME, PATIENTS, PACKETS, NOTES, WORKLIST, ATTENDANCE),
    Role.ADMINISTRATOR: (
        HOME,
        PEOPLE,
        CLINIC,
        PAYERS,
        RULES,
        IMPORTS,
        CHARTS_OUT,
        TRAIL,
    ),
}

CLINIC_PAGES = (
    ("clinic-details", "Details"),
    ("record-policy", "Record"),
    ("fees", "Fees"),
    ("locality", "Locality"),
    ("paper", "Paper"),
    ("letterhead", "Letterhead"),
    ("packet-policy", "Packets"),
    ("retention", "Retention"),
)
"""What an administrator decides for the clinic, side by side below the link to it."""

Number = Callable[[User, Membership], "int | None"]
NUMBERS: dict[str, Number] = {}
"""What counts what waits behind a link. None: the person has no such page, and so no link to it."""


def show_number(address: str, number: Number) -> None:
    """Show beside the link to `address` how much waits there. An app says so in its AppConfig."""
    NUMBERS[address] = number


def deployment(request):
    """A made-up clinic says so on every page."""
    return {"is_demo": settings.DEMO}


def surroundings(request):
    """The links and clinics of the person who asks; nothing for somebody who has not signed in."""
    membership = getattr(request, "membership", None)
    if membership is None:
        return {"navigation": (), "my_memberships": ()}
    return {
        "navigation": _Navigation(request.user, membership),
        "my_memberships": access.memberships_of(request.user),
        "finds_patients": membership.role in access.KEEPS_CHARTS,
        "keeps_phrases": membership.role != Role.RECORDS,
        "clinic_pages": CLINIC_PAGES,
    }


class _Navigation:
    """The person's links, each as (address, words, number or None). Counted only where a page shows them."""

    def __init__(self, user: User, membership: Membership):
        self.user, self.membership = user, membership
        self.links = NAVIGATION.get(Role(membership.role), ())

    def __getitem__(self, index):
        return self.links[index]

    def __iter__(self):
        if not hasattr(self, "_counted"):
            counted = [
                (name, words, NUMBERS[name](self.user, self.membership) if name in NUMBERS else 0)
                for name, words in self.links
            ]
            self._counted = [link for link in counted if link[2] is not None]
        return iter(self._counted)
